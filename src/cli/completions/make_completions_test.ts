import assert from "node:assert/strict";
import { type Shell, SHELLS } from "../completions.ts";
import { describeProgram, listCommands } from "../describe_program.ts";
import { createProgram } from "../program.ts";
import { completeInShell, hasShell } from "./complete_in_shell_double.ts";
import { makeCompletions } from "./make_completions.ts";

const program = describeProgram(createProgram({ words: [], exit: () => {} }));

interface Case {
  readonly line: string;
  readonly offered: readonly string[];
  /** What bash offers: it takes what stands before "=" or ":" as given. */
  readonly bash?: readonly string[];
}

const FILES = ["a 1.json", "b.json", "法.json"];
const CASES: readonly Case[] = [
  { line: "houqa ev", offered: ["eval"] },
  { line: "houqa dataset s", offered: ["split"] },
  { line: "houqa help dataset f", offered: ["fetch", "finetune"] },
  { line: "houqa eval --no-f", offered: ["--no-few-shot"] },
  { line: "houqa eval --context gold --samp", offered: ["--samples"] },
  { line: "houqa eval --context ", offered: ["gold", "none", "retrieved"] },
  { line: "houqa eval --hf-dtype q", offered: ["q4", "q4f16", "q8"] },
  {
    line: "houqa eval --baseline always:",
    offered: ["always:a", "always:b", "always:c", "always:d"],
    bash: ["a", "b", "c", "d"],
  },
  { line: "houqa laws embed --grain ", offered: ["row", "unit"] },
  { line: "houqa docs log ba", offered: ["baseline"] },
  { line: "houqa completions ", offered: ["bash", "fish", "zsh"] },
  { line: "houqa eval --data ", offered: FILES },
  { line: "houqa eval --data b", offered: ["b.json"] },
  { line: "houqa compare b.json ", offered: FILES },
  { line: "houqa docs log baseline --from b.json 法", offered: ["法.json"] },
  { line: "houqa eval --samples ", offered: [] },
  { line: "houqa eval xyz", offered: [] },
  { line: "houqa --vers", offered: ["--version"] },
];

for (const shell of SHELLS) {
  Deno.test({
    name: `${shell} completes commands, options, values and file names`,
    ignore: !hasShell(shell),
    fn: () =>
      withScript(shell, async (script, folder) => {
        for (const { line, offered, bash } of CASES) {
          const expected = shell === "bash" ? bash ?? offered : offered;
          assert.deepEqual(await completeInShell(shell, script, line, folder), expected, line);
        }
      }),
  });
}

Deno.test({
  name: "every command and every option stands in what the shells complete",
  ignore: !hasShell("bash"),
  fn: () =>
    withScript("bash", async (script, folder) => {
      for (const { path, commands, options } of listCommands(program)) {
        const line = ["houqa", ...path, ""].join(" ");
        const flags = await completeInShell("bash", script, `${line}--`, folder);
        assert.deepEqual(flags, options.map(({ long }) => long).sort(), line);
        if (commands.length === 0) continue;
        const names = commands.map((command) => command.path.at(-1)!);
        assert.deepEqual(
          await completeInShell("bash", script, line, folder),
          [...names, "help"].sort(),
        );
      }
    }),
});

Deno.test({
  name: "bash completes an option with =, also where = does not part words",
  ignore: !hasShell("bash"),
  fn: () =>
    withScript("bash", async (script, folder) => {
      assert.deepEqual(
        await completeInShell("bash", script, "houqa eval --context=g", folder),
        ["gold"],
      );
      await Deno.writeTextFile(script, "\nCOMP_WORDBREAKS=' '\n", { append: true });
      assert.deepEqual(
        await completeInShell("bash", script, "houqa eval --context=g", folder),
        ["--context=gold"],
      );
    }),
});

Deno.test("every value is a word of a list, a file, or known to be free text", () => {
  const free = new Set<string>();
  for (const { options, arguments: values } of listCommands(program)) {
    for (const value of [...values, ...options.flatMap(({ value }) => value ?? [])]) {
      if (value.words.length === 0 && !value.isPath) free.add(value.name);
    }
  }
  assert.deepEqual(
    [...free].sort(),
    "GB address article date days k l law n name names question seconds t w".split(" "),
  );
});

/** Gives a folder with a few files, and a script outside of it. */
async function withScript(
  shell: Shell,
  action: (script: string, folder: string) => Promise<void>,
): Promise<void> {
  const root = await Deno.makeTempDir();
  try {
    const folder = `${root}/files`;
    await Deno.mkdir(folder);
    for (const name of FILES) await Deno.writeTextFile(`${folder}/${name}`, "");
    const script = `${root}/script`;
    await Deno.writeTextFile(script, makeCompletions(shell, program));
    await action(script, folder);
  } finally {
    await Deno.remove(root, { recursive: true });
  }
}
