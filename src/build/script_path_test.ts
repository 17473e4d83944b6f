import assert from "node:assert/strict";
import { splitScriptPath } from "./script_path.ts";

Deno.test("the path of houqa.run is taken off where it stands first, and nowhere else", () => {
  assert.deepEqual(splitScriptPath(["--houqa-run=./a b", "eval", "--houqa-run=x"]), {
    script: "./a b",
    words: ["eval", "--houqa-run=x"],
  });
  assert.deepEqual(splitScriptPath(["eval"]), { words: ["eval"] });
  assert.deepEqual(splitScriptPath([]), { words: [] });
});
