/**
 * For tests: a program that builds a vector index without a model, slowly, to be killed.
 *
 *   build_program_double.ts FOLDER DIGEST LOG MILLISECONDS
 *
 * LOG gets a line for every batch that is embedded.
 */
import { corpusStoreDouble } from "../index/corpus_store_double.ts";
import { buildVectorIndex } from "./build_vector_index.ts";
import { embedderDouble } from "./embedder_double.ts";

/** Articles in the double's corpus. */
export const PROGRAM_ARTICLES = 400;
/** Articles in a batch. */
export const PROGRAM_BATCH = 5;

/** The double's corpus. */
export function programStore() {
  return corpusStoreDouble([{
    title: "試験法",
    articles: Object.fromEntries(
      Array.from({ length: PROGRAM_ARTICLES }, (_, at) => [
        String(at + 1),
        `届出は${at * 7 % 97}日以内に第${at}号様式でしなければならない。`,
      ]),
    ),
  }]);
}

if (import.meta.main) {
  const [folder, digest, log, milliseconds] = Deno.args;
  const embedder = embedderDouble({
    digest,
    async onEmbed(texts) {
      Deno.writeTextFileSync(log!, `${texts[0]!.split("\n")[0]}\n`, { append: true });
      await new Promise((resolve) => setTimeout(resolve, Number(milliseconds)));
    },
  });
  await buildVectorIndex({
    store: programStore(),
    corpusDigest: "sha256:corpus",
    embedder,
    folder: folder!,
    passagesAtOnce: PROGRAM_BATCH,
  });
}
