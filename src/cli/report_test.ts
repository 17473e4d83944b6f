import assert from "node:assert/strict";
import { Command, CommanderError } from "commander";
import { UsageError } from "../settings/usage_error.ts";
import { makeResultFile } from "../report/html/result_file_double.ts";
import { runProgram } from "./program.ts";
import { registerReport } from "./report.ts";

type Run = (...args: string[]) => Promise<string>;

/** Runs the command in a folder with results a and b of 12 questions, and c of 8. */
async function withResults(action: (run: Run, folder: string) => Promise<void>): Promise<void> {
  const folder = await Deno.makeTempDir();
  try {
    for (
      const [name, questions, isRight] of [
        ["a", 12, (index: number) => index % 2 === 0],
        ["b", 12, (index: number) => index % 3 === 0],
        ["c", 8, () => true],
      ] as const
    ) {
      await Deno.writeTextFile(
        `${folder}/${name}.json`,
        JSON.stringify(makeResultFile({ questions, isRight })),
      );
    }
    await action(async (...args) => {
      const words = [
        "report",
        ...args.map((arg) => /\.(json|html)$/.test(arg) ? `${folder}/${arg}` : arg),
      ];
      const lines: string[] = [];
      const program = new Command("houqa").exitOverride().configureOutput({ writeErr: () => {} });
      registerReport(program, { words, exit: () => {} }, (line) => lines.push(line));
      for (const command of program.commands) command.copyInheritedSettings(program);
      await program.parseAsync(words, { from: "user" });
      return lines.join("\n");
    }, folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

Deno.test("one file is written, its folder made, and an older one replaced", () =>
  withResults(async (run, folder) => {
    const text = await run("a.json", "b.json", "--out", "new/r.html", "--resamples", "200");
    assert.match(text, /new\/r\.html \(0\.\d MB\)$/);
    const page = await Deno.readTextFile(`${folder}/new/r.html`);
    assert.match(page, /^\s*<!doctype html>/i);
    assert.match(page, /class="card verdict/);
    await run("a.json", "--out", "new/r.html");
    const single = await Deno.readTextFile(`${folder}/new/r.html`);
    assert.ok(!single.includes('class="card verdict'));
    assert.deepEqual([...Deno.readDirSync(`${folder}/new`)].map(({ name }) => name), ["r.html"]);
  }));

Deno.test("runs that can't be compared get a page without a verdict, unless it is allowed", () =>
  withResults(async (run, folder) => {
    const text = await run("a.json", "c.json", "--out", "r.html");
    assert.match(text, /no verdict.*\n?.*add --allow-differences questions\.$/);
    const args = ["a.json", "c.json", "--out", "r.html", "--resamples", "200"];
    assert.match(await run(...args, "--allow-differences", "questions"), /MB\)$/);
    assert.match(await Deno.readTextFile(`${folder}/r.html`), /Compared although these differ/);
  }));

Deno.test("as Markdown: printed, or written where --out says", () =>
  withResults(async (run, folder) => {
    const args = ["a.json", "b.json", "--markdown", "--resamples", "200"];
    const text = await run(...args);
    assert.match(text, /^# houqa report\n[\s\S]*## 判定 \/ Verdict/);
    const told = await run(...args, "--out", `${folder}/new/r.md`);
    assert.match(told, /new\/r\.md \(0\.0 MB\)$/);
    const written = await Deno.readTextFile(`${folder}/new/r.md`);
    const withoutDate = (markdown: string) => markdown.replace(/\d\d:\d\d UTC/, "");
    assert.equal(withoutDate(written), withoutDate(text));
  }));

Deno.test("wrong command lines are refused before anything is written", () =>
  withResults(async (run, folder) => {
    const cases: [string[], RegExp][] = [
      [["a.json", "a.json"], /is given twice/],
      [["a.json", "--out", "a.json"], /is given twice/],
      [["gone.json", "--out", "r.html"], /gone\.json does not exist/],
      [["a.json", "--out", "r.html", "--seed", "x"], /option --seed is "x"/],
      [["a.json", "--out", "r.html", "--allow-differences", "model"], /names "model"/],
      [["a.json", "--watch", "--port", "x"], /option --port is "x"/],
      [
        ["a.json", "--watch", "--port", "65536"],
        /"65536", but must be a whole number from 0 to 65535/,
      ],
      [["a.json", "--watch", "--port", "-1"], /"-1", but must be a whole number from 0 to 65535/],
      [["a.json", "--port", "8000"], /--port is of --watch, which is not given/],
      [["a.json", "a.json", "--watch"], /is given twice/],
    ];
    for (const [args, pattern] of cases) {
      await assert.rejects(run(...args), (error) => {
        assert.ok(error instanceof UsageError, String(error));
        assert.match(error.message, pattern);
        return true;
      });
    }
    for (const args of [["--watch", "--markdown"], ["--watch", "--out", "r.html"]]) {
      await assert.rejects(run("a.json", ...args), CommanderError);
    }
    assert.deepEqual(
      [...Deno.readDirSync(folder)].map(({ name }) => name).toSorted(),
      ["a.json", "b.json", "c.json"],
    );
  }));

Deno.test("the program knows the command", async () => {
  assert.equal(await runProgram(["report", "nowhere/a.json"]), 2);
});
