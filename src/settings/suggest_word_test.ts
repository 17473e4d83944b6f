import assert from "node:assert/strict";
import { suggestWord } from "./suggest_word.ts";

const MODES = ["none", "gold", "retrieved"];

Deno.test("the nearest word is suggested, whatever its case", () => {
  assert.equal(suggestWord("goldd", MODES), " (Did you mean gold?)");
  assert.equal(suggestWord("RETREIVED", MODES), " (Did you mean retrieved?)");
  assert.equal(suggestWord("q5", ["q8", "q4", "fp16"]), " (Did you mean one of q4, q8?)");
  assert.equal(suggestWord("always:e", ["always:a", "overlap"]), " (Did you mean always:a?)");
});

Deno.test("nothing is suggested where nothing is near, or where there is nothing", () => {
  for (const word of ["xyzzy", "", "-x", "--gold", "gold"]) {
    assert.equal(suggestWord(word, MODES), "", word);
  }
  assert.equal(suggestWord("gold", []), "");
});
