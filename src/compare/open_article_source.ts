import { loadDataset } from "../dataset/load_dataset.ts";
import type { ComparedRun } from "./compared_run.ts";
import type { ArticleSource } from "./article_clusters.ts";

/**
 * Finds the question file of compared runs: the one named, else the first that a run's provenance
 * names, if it still holds the same bytes.
 * @param dataPath named by the user: then a file that can't be read is an error.
 */
export async function openArticleSource(
  runs: readonly ComparedRun[],
  dataPath: string | undefined,
): Promise<ArticleSource> {
  const hasGoldContext = runs[0]?.hasGoldContext === true;
  if (dataPath !== undefined) {
    const { questions } = await loadDataset(dataPath);
    return { dataset: questions, hasGoldContext, reason: `${dataPath} lacks some questions` };
  }
  const known = runs.find(({ dataset }) => dataset !== undefined)?.dataset;
  if (known === undefined) {
    return { hasGoldContext, reason: "no result names its question file" };
  }
  const { path, sha256 } = known;
  const { state } = await Deno.permissions.query({ name: "read", path });
  if (state !== "granted") return { hasGoldContext, reason: `no permission to read ${path}` };
  try {
    const dataset = await loadDataset(path);
    if (dataset.sha256 !== sha256) {
      return { hasGoldContext, reason: `${path} has changed since the run` };
    }
    return { dataset: dataset.questions, hasGoldContext };
  } catch {
    return { hasGoldContext, reason: `${path} can't be read` };
  }
}
