import assert from "node:assert/strict";
import denoJson from "../../deno.json" with { type: "json" };
import { commandWords } from "./command_words.ts";

Deno.test("quotes keep a word together and are no part of it", () => {
  assert.deepEqual(
    commandWords('X=1 deno run  --allow-write="a b,$HOME/c",d "e f" "" main.ts'),
    ["X=1", "deno", "run", "--allow-write=a b,$HOME/c,d", "e f", "", "main.ts"],
  );
  assert.deepEqual(commandWords(`deno --x="$(deno eval 'a b')"`), [
    "deno",
    "--x=$(deno eval 'a b')",
  ]);
  assert.deepEqual(commandWords(""), []);
  for (
    const command of [
      'deno "run',
      "deno 'run'",
      "deno \\ run",
      "deno `x`",
      "deno $(x)",
      'deno "\\""',
    ]
  ) {
    assert.throws(() => commandWords(command), /double quotes/, command);
  }
});

Deno.test("no task's shell takes a word apart, or matches it against file names", () => {
  for (const [name, { command }] of Object.entries(denoJson.tasks)) {
    const bare = command.replace(/"[^"]*"/g, "");
    assert.ok(!/[$*?[\]~]/.test(bare), `${name}: ${bare}`);
    assert.ok(commandWords(command).length > 1, name);
  }
});
