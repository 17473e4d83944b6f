import { clusterByArticle } from "../../compare/article_clusters.ts";
import { fromResultFile } from "../../compare/from_result_file.ts";
import { type ReportModel, reportModel } from "./report_model.ts";
import { makeResultFile, type ResultDouble } from "./result_file_double.ts";

/** A report of made-up runs. */
export function makeReportModel(
  doubles: readonly ResultDouble[],
  path: (run: number) => string = (run) => `run${run}.json`,
): ReportModel {
  const runs = doubles.map((double, place) => {
    const file = makeResultFile(double);
    return { run: fromResultFile(file, path(place)), file };
  });
  return reportModel(runs, {
    allowed: new Set(),
    bootstrap: { resamples: 200, seed: 1 },
    clustering: clusterByArticle(runs[0]!.run.questions, { hasGoldContext: false }),
    madeAt: new Date("2026-01-02T03:04:00Z"),
  });
}

/** Texts that try to leave their place in a page. */
export const HOSTILE = [
  `</script><script>window.taken = 1</script>`,
  `<img src=x onerror="window.taken = 1"><svg onload="window.taken = 1">`,
  `"><style>*{display:none}</style><!-- <script> --> ]]> {{x}} \${x}`,
  `\ud800 \udfff \u0000 \u202e \u2028 \ufeff &lt;b&gt; ' "`,
] as const;

/** Puts one of {@linkcode HOSTILE} into a text, by its length, so that all occur. */
export function spoil(text: string): string {
  return `${text}${HOSTILE[text.length % HOSTILE.length]}`;
}
