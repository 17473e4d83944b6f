/**
 * For tests: a program that sends an index to a server, to be killed.
 *
 *   remote_build_program_double.ts ADDRESS
 */
import { buildOpenSearchIndex } from "./build_opensearch.ts";
import { connectionDouble, manyArticles } from "./remote_setup_double.ts";

/** Articles in the program's corpus; three rows each. */
export const PROGRAM_ARTICLES = 4000;

if (import.meta.main) {
  const { connection } = connectionDouble(Deno.args[0]!);
  await buildOpenSearchIndex({
    connection,
    store: manyArticles(PROGRAM_ARTICLES),
    corpusSha256: "program",
    batchBytes: 100_000,
  });
  connection.close();
}
