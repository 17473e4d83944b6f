/** For tests: an index of the demo statutes. */
import { join } from "node:path";
import { openCorpus } from "./corpus/open_corpus.ts";
import { buildIndex } from "./index/build_index.ts";

/** Builds it in a folder, and gives its path. */
export async function buildDemoIndex(folder: string): Promise<string> {
  const corpus = await openCorpus("datasets/demo/laws", { today: "20260101" });
  try {
    const index = join(folder, "laws");
    await buildIndex(corpus.laws(), index);
    return index;
  } finally {
    await corpus.close();
  }
}
