/** For tests, a program: builds an index of made-up laws. Arguments: folder, rows, seed. */
import { makeLaws } from "../../../tasks/bench/law_grammar.ts";
import { buildIndex } from "./build_index.ts";

const [folder, rows, seed] = Deno.args;
await buildIndex(makeLaws({ rows: Number(rows), seed: Number(seed) }), folder!, {
  source: `seed ${seed}`,
  runSize: { bytes: 1 << 20, lists: 2 ** 18, postings: 40_000 },
});
