/** For tests: an index of a small law with vectors of a tiny model, and settings to search it. */
import { join } from "node:path";
import type { SearchConfig } from "../../settings/search_config.ts";
import { openIndex } from "../index/open_index.ts";
import { buildIndex } from "../index/build_index.ts";
import { lawDouble } from "../index/index_double.ts";
import { buildVectorIndex } from "../vector/build_vector_index.ts";
import { writeEmbeddingDouble } from "../vector/embedding_model_double.ts";
import { openEmbedder } from "../vector/open_embedder.ts";

/** Articles of the double: on licences, on ledgers, and more that repeat each other. */
export const LAWS = [
  lawDouble("雲塊配達業法", [
    ["雲塊の配達を業とする者は、知事の免許を受けなければならない。"],
    ["前条の免許の有効期間は、五年とする。"],
    ["配達業者は、帳簿を備え、配達の記録を三年間保存しなければならない。"],
    ["第一条の規定に違反した者は、百万円以下の罰金に処する。"],
  ]),
  lawDouble("霧笛取締法", [
    ["霧笛を鳴らそうとする者は、あらかじめ届け出なければならない。"],
    ["届出をした者は、帳簿を備えなければならない。"],
  ]),
];

/** What is different about a search. */
export type SearchConfigChanges = Partial<SearchConfig>;

/** A search by bm25 after citations in the index of a folder. */
export function searchConfigDouble(index: string, changes: SearchConfigChanges = {}): SearchConfig {
  return {
    index,
    retriever: "bm25",
    citations: true,
    vectorStore: `${index}_vectors`,
    device: "cpu",
    ollamaHost: "http://127.0.0.1:1",
    fusion: {
      method: "rrf",
      rrfK: 60,
      vectorWeight: 0.5,
      bm25Weight: 0.5,
      fetchKMultiplier: 2,
    },
    keep: 3,
    expand: [],
    ...changes,
  };
}

/** Writes an index, a tiny embedding model and the vectors that it gives, into one folder. */
export async function writeSearchDouble(
  folder: string,
): Promise<{ readonly index: string; readonly model: string; readonly vectorStore: string }> {
  const index = join(folder, "laws");
  const model = join(folder, "model");
  const vectorStore = `${index}_vectors`;
  await buildIndex(LAWS, index);
  await writeEmbeddingDouble(model);
  await embedInto(vectorStore, index, model);
  return { index, model, vectorStore };
}

/** Embeds an index's articles. */
export async function embedInto(folder: string, index: string, model: string): Promise<void> {
  const laws = await openIndex(index);
  const embedder = await openEmbedder({ model, device: "cpu", ollamaHost: "" });
  try {
    await buildVectorIndex({
      store: laws.corpus,
      corpusDigest: laws.manifest.corpus.sha256,
      embedder,
      folder,
    });
  } finally {
    await embedder.close();
    laws.close();
  }
}
