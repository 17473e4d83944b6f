import assert from "node:assert/strict";
import { Command } from "commander";
import { makeResultFile } from "../report/html/result_file_double.ts";
import { runProgram } from "./program.ts";
import { registerResults } from "./results.ts";

async function list(folder: string, width = 160, ...args: string[]): Promise<string> {
  const words = ["results", "list", folder, ...args];
  const lines: string[] = [];
  const program = new Command("houqa").exitOverride();
  registerResults(program, { words, exit: () => {} }, (line) => lines.push(line), () => width);
  await program.parseAsync(words, { from: "user" });
  return lines.join("\n");
}

async function withFolder(action: (folder: string) => Promise<void>): Promise<void> {
  const folder = await Deno.makeTempDir();
  try {
    await action(folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

Deno.test("every run stands in one table, with a warning of those that can't be compared", () =>
  withFolder(async (folder) => {
    await Deno.mkdir(`${folder}/evaluations`);
    const write = (name: string, value: unknown) =>
      Deno.writeTextFile(`${folder}/evaluations/${name}`, JSON.stringify(value));
    const file = makeResultFile({ questions: 8, isRight: (index) => index < 2 });
    await write("first.json", file);
    await write("later.json", {
      ...file,
      provenance: { ...file.provenance, finished_at: "2026-02-01T00:00:00.000Z" },
    });
    await write("other.json", makeResultFile({ questions: 12, isRight: () => true }));
    await write("broken.json", { results: [{ question: 1 }] });
    await write("training.json", { losses: [1, 2] });
    const text = await list(folder);
    const lines = text.split("\n");
    assert.match(lines[0]!, /^file +right +95 % +group +date +context +model +adapter/);
    const rows = lines.slice(1, 4).map((line) => line.split(/ {2,}/).slice(0, 4));
    assert.deepEqual(rows.map(([path, , , group]) => [path, group]), [
      ["evaluations/first.json", "1"],
      ["evaluations/other.json", "2"],
      ["evaluations/later.json", "1"],
    ]);
    assert.match(lines[1]!, /25\.0 % \(2\/8\)/);
    assert.match(text, /Group 2 can't be compared with group 1: questions differs/);
    assert.match(text, /broken\.json is neither a houqa result nor one of the older evaluator/);
    assert.ok(!text.includes("training.json"));
    assert.match(await list(folder, 160, "--markdown"), /^\| file \| right \|/);
  }));

Deno.test("four runs of one folder are a table at 120 columns, whole names in records at 60", () =>
  withFolder(async (folder) => {
    await Deno.mkdir(`${folder}/evaluations`);
    const file = makeResultFile({ questions: 240, isRight: (index) => index % 2 === 0 });
    const names = ["demo_base", "demo_lora", "demo_lora_none", "demo_lora_retrieved"];
    for (const name of names) {
      await Deno.writeTextFile(`${folder}/evaluations/${name}.json`, JSON.stringify(file));
    }
    const wide = (await list(folder, 120)).split("\n");
    assert.match(wide[0]!, /^evaluations\/ +right +95 % +group +date +context +model +adapter$/);
    for (const [at, name] of names.entries()) {
      assert.match(wide[at + 1]!, new RegExp(`^${name} +50\\.0 % \\(120/240\\)`));
    }
    assert.equal(wide.length, 5);
    assert.match(await list(folder, 60), /^evaluations\/demo_base\.json\n {2}right /);
    assert.match(await list(folder, 60), /date +\d{4}-\d\d-\d\d \d\d:\d\d\n/);
  }));

Deno.test("an empty folder says where results come from; none is refused", () =>
  withFolder(async (folder) => {
    assert.match(await list(folder), /^No result files in .* houqa eval writes them/);
    assert.equal(await runProgram(["results", "list", `${folder}/gone`]), 2);
  }));
