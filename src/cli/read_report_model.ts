import type { DifferenceName } from "../compare/run_differences.ts";
import type { ReportModel } from "../report/html/report_model.ts";
import type { ReportRun } from "../report/html/report_run.ts";
import type { BootstrapOptions } from "../stats/cluster_bootstrap.ts";

/** How a report is made, as the command line says. */
export interface ModelOptions {
  readonly allowed: ReadonlySet<DifferenceName>;
  readonly bootstrap: BootstrapOptions;
  /** Question file, for the articles that questions share. */
  readonly dataPath?: string;
}

/**
 * Measures runs for a report, with the question file where it can be read.
 * @param runs at least one.
 */
export async function readModel(
  runs: readonly ReportRun[],
  { allowed, bootstrap, dataPath }: ModelOptions,
): Promise<ReportModel> {
  const [{ openArticleSource }, { clusterByArticle }, { reportModel }] = await Promise.all([
    import("../compare/open_article_source.ts"),
    import("../compare/article_clusters.ts"),
    import("../report/html/report_model.ts"),
  ]);
  const compared = runs.map(({ run }) => run);
  return reportModel(runs, {
    allowed,
    bootstrap,
    clustering: clusterByArticle(
      compared[0]!.questions,
      await openArticleSource(compared, dataPath),
    ),
    madeAt: new Date(),
  });
}
