import assert from "node:assert/strict";
import { bigrams } from "./bigrams.ts";

Deno.test("bigrams overlap, fold width and case, and stop at punctuation", () => {
  assert.deepEqual(bigrams("第５条"), ["第5", "5条"]);
  assert.deepEqual(bigrams("ＡＢ、c。"), ["ab", "c"]);
  assert.deepEqual(bigrams("、。 \n"), []);
  assert.deepEqual(bigrams("𠮷野家"), ["𠮷野", "野家"]);
});
