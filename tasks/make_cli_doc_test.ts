import assert from "node:assert/strict";
import { describeProgram, listCommands } from "../src/cli/describe_program.ts";
import { createProgram } from "../src/cli/program.ts";
import { VARIABLES } from "../src/settings/variable_table.ts";
import { makeCliDoc, TARGET } from "./make_cli_doc.ts";

const ROOT = new URL("../", import.meta.url);

Deno.test("docs/cli.md is what the commands give", async () => {
  assert.equal(await Deno.readTextFile(new URL(TARGET, ROOT)), makeCliDoc());
});

Deno.test("docs/cli.md has every command, option, default and variable, and no machine's names", () => {
  const text = makeCliDoc();
  const program = describeProgram(createProgram({ words: [], exit: () => {} }));
  for (const { path, options } of listCommands(program)) {
    const heading = ["houqa", ...path].join(" ");
    const start = text.indexOf(`\n## ${heading}\n`);
    assert.ok(start > 0, heading);
    assert.ok(text.includes(`- [${heading}](#${heading.replaceAll(" ", "-")})`));
    const section = text.slice(start, text.indexOf("\n## ", start + 1));
    for (const { long } of options) assert.ok(section.includes(long), `${heading} ${long}`);
    assert.match(section, /\nExamples/, heading);
  }
  for (const { name } of VARIABLES) assert.ok(text.includes(`| \`${name}\``), name);
  assert.match(text, /--top-k <n> +retrieved statutes per question \(default: 3; variable:/);
  assert.doesNotMatch(text, /\/root\/|\/home\/[a-z]+\/(?!\.)/);
  assert.ok(!text.includes("\x1b"));
});

Deno.test("no line is wider than the page", () => {
  const wide = makeCliDoc().split("\n").filter((line) => !line.startsWith("|"))
    .filter((line) => [...line].length > 120);
  assert.deepEqual(wide, []);
});
