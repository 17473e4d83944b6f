/** For tests: builds of an index without a model. */
import { corpusStoreDouble } from "../index/corpus_store_double.ts";
import { buildVectorIndex, type BuildVectorOptions } from "./build_vector_index.ts";
import { embedderDouble, type EmbedderDoubleOptions } from "./embedder_double.ts";

/** 50 articles of a paragraph and two items. */
export const store = corpusStoreDouble([{
  title: "試験法",
  articles: Object.fromEntries(
    Array.from({ length: 50 }, (_, at) => [
      String(at + 1),
      `第${at}号の届出は${at * 7}日以内にしなければならない。\n(1) 書面${at}\n(2) 添付書類${at}`,
    ]),
  ),
}]);

/** Builds with a double; batches of 8. */
export async function build(
  folder: string,
  changes: Partial<BuildVectorOptions> = {},
  double: EmbedderDoubleOptions = {},
) {
  const embedder = embedderDouble(double);
  const notes: string[] = [];
  const manifest = await buildVectorIndex({
    store,
    corpusDigest: "sha256:corpus",
    embedder,
    folder,
    passagesAtOnce: 8,
    onNote: (note) => notes.push(note),
    ...changes,
  });
  return { manifest, asked: embedder.asked, notes };
}

/** Names in a folder. */
export function namesIn(folder: string): string[] {
  return [...Deno.readDirSync(folder)].map(({ name }) => name).sort();
}

/** Makes a double fail at the given batch. */
export const failAt = (batch: number) => {
  let calls = 0;
  return {
    onEmbed: () => {
      if (++calls === batch) throw new Error("the model failed");
    },
  };
};
