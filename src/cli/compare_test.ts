import assert from "node:assert/strict";
import { Command, CommanderError } from "commander";
import { loadDataset } from "../dataset/load_dataset.ts";
import { formatSampleFile, makeSampleQuestions } from "../dataset/sample_questions.ts";
import { makeResultFile } from "../report/html/result_file_double.ts";
import { UsageError } from "../settings/usage_error.ts";
import { registerCompare } from "./compare.ts";
import { runProgram } from "./program.ts";

const QUESTIONS = makeSampleQuestions(40);

/** An older evaluator's file: the shortest that can be compared. */
function olderFile(isRight: (index: number) => boolean, config: object = {}): string {
  return JSON.stringify({
    config: { rag_enabled: true, llm_model: "m", ...config },
    results: QUESTIONS.map(({ question, choices, answer, fileName }, index) => ({
      question,
      choices,
      correct_answer: answer,
      predicted_answer: isRight(index) ? answer : answer === "a" ? "b" : "a",
      response: isRight(index) ? answer : answer === "a" ? "b" : "a",
      file_name: fileName,
    })),
  });
}

type Run = (...args: string[]) => Promise<{ code?: number; text: string }>;

/** Runs the command in a folder with results low, high and other, and the question file. */
async function withResults(action: (run: Run, folder: string) => Promise<void>): Promise<void> {
  const folder = await Deno.makeTempDir();
  try {
    await Deno.writeTextFile(`${folder}/q.json`, formatSampleFile(QUESTIONS));
    await Deno.writeTextFile(`${folder}/low.json`, olderFile((index) => index % 4 === 0));
    await Deno.writeTextFile(`${folder}/high.json`, olderFile((index) => index % 4 !== 1));
    await Deno.writeTextFile(
      `${folder}/none.json`,
      olderFile((index) => index % 2 === 0, { rag_enabled: false }),
    );
    await action(async (...args) => {
      const words = [
        "compare",
        ...args.map((arg) => arg.endsWith(".json") ? `${folder}/${arg}` : arg),
      ];
      const lines: string[] = [];
      let code: number | undefined;
      const program = new Command("houqa").exitOverride().configureOutput({ writeErr: () => {} });
      registerCompare(
        program,
        { words, exit: (given) => code = given },
        (line) => lines.push(line),
        () => ({ width: 100, color: false }),
      );
      for (const command of program.commands) command.copyInheritedSettings(program);
      await program.parseAsync(words, { from: "user" });
      return { ...(code === undefined ? {} : { code }), text: lines.join("\n") };
    }, folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

Deno.test("two results are compared, and worse is a failure only if asked for", () =>
  withResults(async (run) => {
    const up = await run("low.json", "high.json", "--resamples", "500", "--fail-if-worse");
    assert.equal(up.code, 0);
    assert.match(
      up.text,
      /B answers more of these questions correctly than A: 30 against 10 of 40/,
    );
    const down = await run("high.json", "low.json", "--resamples", "500");
    assert.equal(down.code, 0);
    assert.match(down.text, /B は A より正答が少ないと言えます/);
    const failed = await run("high.json", "low.json", "--resamples", "500", "--fail-if-worse");
    assert.equal(failed.code, 1);
  }));

Deno.test("the same seed gives the same report; the question file tells the articles", () =>
  withResults(async (run, folder) => {
    const args = ["low.json", "high.json", "--json", "--resamples", "500"];
    const { text } = await run(...args);
    assert.equal((await run(...args)).text, text);
    assert.notEqual((await run(...args, "--seed", "1")).text, text);
    const plain = JSON.parse(text);
    assert.equal(plain.clusters.by, "question");
    assert.equal(plain.comparisons[0].gained.length, 20);
    const known = JSON.parse((await run(...args, "--data", "q.json")).text);
    assert.equal(known.clusters.by, "article");
    const { questions } = await loadDataset(`${folder}/q.json`);
    assert.equal(questions.length, known.comparisons[0].statistics.total);
  }));

Deno.test("runs that differ in more than the model are refused until that is allowed", () =>
  withResults(async (run) => {
    await assert.rejects(run("low.json", "none.json"), (error) => {
      assert.ok(error instanceof UsageError);
      assert.match(
        error.message,
        /context \(context\):\n.*low\.json: retrieved\n.*none\.json: none/,
      );
      assert.match(error.message, /add --allow-differences context\.$/);
      return true;
    });
    const { code, text } = await run("low.json", "none.json", "--allow-differences", "context");
    assert.equal(code, 0);
    assert.match(text, /! context +retrieved +none/);
  }));

Deno.test("letters read again are told apart from those in the files", () =>
  withResults(async (run, folder) => {
    const file = JSON.parse(await Deno.readTextFile(`${folder}/high.json`));
    for (const result of file.results) result.predicted_answer = "unknown";
    await Deno.writeTextFile(`${folder}/unread.json`, JSON.stringify(file));
    const { text } = await run("low.json", "unread.json", "--re-extract");
    assert.match(text, /Letters changed: A 0, B 40\./);
    assert.match(text, /The verdict changes: worse before, now better\./);
    const json = JSON.parse((await run("low.json", "unread.json", "--re-extract", "--json")).text);
    assert.equal(json.comparisons[0].verdict.kind, "better");
    assert.equal(json.comparisons[0].as_recorded.verdict.kind, "worse");
    assert.equal(json.letters_read_again[1].length, 40);
  }));

Deno.test("another of the runs' answers is compared, and refused where a run lacks it", () =>
  withResults(async (run, folder) => {
    const plain = { questions: 40, isRight: (index: number) => index % 4 !== 1 };
    const inOrders = makeResultFile({ ...plain, isRight: () => true, inOrders: true });
    await Deno.writeTextFile(`${folder}/orders.json`, JSON.stringify(inOrders));
    await Deno.writeTextFile(
      `${folder}/orders2.json`,
      JSON.stringify(makeResultFile({ ...plain, isRight: (index) => index < 20, inOrders: true })),
    );
    await Deno.writeTextFile(`${folder}/plain.json`, JSON.stringify(makeResultFile(plain)));
    const args = ["orders.json", "orders2.json", "--resamples", "200", "--json"];
    const of = async (kind: string) => JSON.parse((await run(...args, "--answer", kind)).text);
    const [usual, majority, calibrated] = [
      JSON.parse((await run(...args)).text),
      await of("majority"),
      await of("calibrated"),
    ];
    assert.deepEqual([usual.answer, majority.answer, calibrated.answer], [
      "plain",
      "majority",
      "calibrated",
    ]);
    assert.equal(majority.comparisons[0].statistics.first.count, 35);
    // "d" everywhere: right for one in four, less those that ended in errors.
    assert.deepEqual(calibrated.comparisons[0].letters.first.counts.a, 0);
    assert.match(
      (await run("orders.json", "orders2.json", "--resamples", "200", "--answer", "majority")).text,
      /Compared are the majority answers \(--answer majority\)/,
    );
    const cases: [string[], RegExp][] = [
      [
        ["orders.json", "plain.json", "--answer", "majority"],
        /plain\.json has no majority answers/,
      ],
      [
        ["orders.json", "orders2.json", "--answer", "calibrated-majority"],
        /no calibrated majority answers: its run was made without --orders 4 --calibrate/,
      ],
      [
        ["orders.json", "orders2.json", "--answer", "majority", "--re-extract"],
        /does not go with --answer majority/,
      ],
    ];
    for (const [words, pattern] of cases) await assert.rejects(run(...words), pattern);
    await assert.rejects(run("orders.json", "plain.json", "--answer", "best"), CommanderError);
  }));

Deno.test("Markdown and flips", () =>
  withResults(async (run) => {
    const { text } = await run("low.json", "high.json", "--markdown", "--flips", "all");
    assert.match(text, /^# COMPARISON\n/);
    assert.equal(text.split("\n").filter((line) => /^\| \d+ \| [ab] \|/.test(line)).length, 20);
    const none = await run("low.json", "high.json", "--flips", "0");
    assert.match(none.text, /Gained \(only B right\): 20\nand 20 more/);
  }));

Deno.test("wrong command lines are refused before anything is compared", () =>
  withResults(async (run) => {
    const cases: [string[], RegExp][] = [
      [["low.json", "low.json"], /is given twice/],
      [["low.json", "gone.json"], /gone\.json does not exist/],
      [["low.json", "high.json", "--seed", "x"], /option --seed is "x"/],
      [["low.json", "high.json", "--resamples", "10"], /option --resamples is "10"/],
      [["low.json", "high.json", "--flips", "-1"], /option --flips is "-1"/],
      [["low.json", "high.json", "--allow-differences", "model"], /names "model"/],
      [["low.json", "high.json", "--data", "gone.json"], /gone\.json does not exist/],
    ];
    for (const [args, pattern] of cases) {
      await assert.rejects(run(...args), (error) => {
        assert.ok(error instanceof UsageError, String(error));
        assert.match(error.message, pattern);
        return true;
      });
    }
    for (const args of [["low.json"], ["low.json", "high.json", "--json", "--markdown"]]) {
      await assert.rejects(run(...args), CommanderError);
    }
  }));

Deno.test("the program knows the command", async () => {
  assert.equal(await runProgram(["compare", "nowhere/a.json", "nowhere/b.json"]), 2);
});
