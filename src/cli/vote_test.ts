import assert from "node:assert/strict";
import { Command, CommanderError } from "commander";
import { compareRuns } from "../compare/compare_runs.ts";
import { clusterByArticle } from "../compare/article_clusters.ts";
import { readRun } from "../compare/read_run.ts";
import { readResult } from "../eval/read_result.ts";
import type { ResultFile } from "../eval/result_schema.ts";
import { makeResultFile } from "../report/html/result_file_double.ts";
import { findResults } from "../report/find_results.ts";
import { UsageError } from "../settings/usage_error.ts";
import { runProgram } from "./program.ts";
import { registerVote } from "./vote.ts";

type Run = (...args: string[]) => Promise<string>;

/** Results a, b, c of 24 questions each, all answered; each right where the index is no multiple. */
function fileOf(multiple: number, dtype: string): ResultFile {
  const file = makeResultFile({ questions: 24, isRight: (index) => index % multiple !== 0 });
  return {
    ...file,
    provenance: {
      ...file.provenance,
      llm: { ...file.provenance.llm, model: `m${multiple}`, dtype },
    },
    results: file.results.map((result) => ({
      ...result,
      ...(result.outcome === "correct" ? { predicted_answer: result.correct_answer } : {
        predicted_answer: result.correct_answer === "a" ? "b" as const : "a" as const,
        outcome: "wrong" as const,
      }),
      finish_reason: "stop" as const,
      samples: undefined,
      error: undefined,
    })),
  };
}

async function withResults(action: (run: Run, folder: string) => Promise<void>): Promise<void> {
  const folder = await Deno.makeTempDir();
  try {
    const files = { a: fileOf(3, "q8"), b: fileOf(4, "q4"), c: fileOf(5, "fp16") };
    for (const [name, file] of Object.entries(files)) {
      await Deno.writeTextFile(`${folder}/${name}.json`, JSON.stringify(file));
    }
    const other = fileOf(3, "q8");
    await Deno.writeTextFile(
      `${folder}/none.json`,
      JSON.stringify({ ...other, config: { ...other.config, context: "none" } }),
    );
    await action(async (...args) => {
      const words = [
        "vote",
        ...args.map((arg) => arg.endsWith(".json") ? `${folder}/${arg}` : arg),
      ];
      const lines: string[] = [];
      const program = new Command("houqa").exitOverride().configureOutput({ writeErr: () => {} });
      registerVote(program, { words, exit: () => {} }, (line) => lines.push(line), () => 100);
      for (const command of program.commands) command.copyInheritedSettings(program);
      await program.parseAsync(words, { from: "user" });
      return lines.join("\n");
    }, folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

Deno.test("three runs vote, whatever their models and dtypes", () =>
  withResults(async (run) => {
    const text = await run("a.json", "b.json", "c.json");
    // A question is lost where two of 3, 4 and 5 divide its index: 0, 12, 15, 20.
    assert.match(text, /^A +66\.7 % \(16\/24\) /m);
    assert.match(text, /^vote +83\.3 % \(20\/24\) /m);
    assert.match(text, /vote corrects \d questions that C has not right/);
    assert.match(text, /C was picked as the best after looking/);
    const json = JSON.parse(await run("a.json", "b.json", "c.json", "--json"));
    assert.equal(json.vote.correct_count, 20);
    assert.deepEqual(
      json.questions.filter(({ outcome }: { outcome: string }) => outcome === "wrong")
        .map(({ index }: { index: number }) => index),
      [0, 12, 15, 20],
    );
    assert.equal(json.best_run.corrected - json.best_run.harmed, 20 - 19);
    assert.match(await run("a.json", "b.json", "c.json", "--markdown"), /^# VOTE\n/);
  }));

Deno.test("the vote as a result file: read by compare and results list, with its voters", () =>
  withResults(async (run, folder) => {
    const text = await run("a.json", "b.json", "c.json", "--output", "new/v.json");
    assert.match(text, /Output: .*new\/v\.json$/);
    const path = `${folder}/new/v.json`;
    const file = (await readResult(path))!;
    assert.equal(file.summary.correct_count, 20);
    assert.equal(file.config.llm_backend, "vote");
    assert.equal(file.config.ensemble_runs, 3);
    assert.equal(file.config.llm_model, "m3 + LoRA adapter, m4 + LoRA adapter, m5 + LoRA adapter");
    assert.equal(file.provenance.llm.dtype, "q8 + q4 + fp16");
    assert.deepEqual(
      file.provenance.voters!.map(({ model, config }) => [model, config!.llm_model]),
      [["m3", "model"], ["m4", "model"], ["m5", "model"]],
    );
    assert.match(file.provenance.voters![0]!.sha256, /^[0-9a-f]{64}$/);
    const [first] = file.results;
    assert.deepEqual(first!.ensemble_votes, { b: 3 });
    assert.equal(first!.samples!.length, 3);
    const [one, vote] = [await readRun(`${folder}/a.json`), await readRun(path)];
    const { pairs } = compareRuns(
      [one, vote],
      clusterByArticle(one.questions, { hasGoldContext: false }),
      { resamples: 200, seed: 1 },
    );
    assert.equal(pairs[0]!.statistics.counts.gained, 5);
    assert.equal(pairs[0]!.statistics.counts.lost, 1);
    assert.match(vote.facts.get("provenance.voters.2")!, /b\.json \([0-9a-f]{64}\)$/);
    const found = await findResults(folder);
    assert.equal(found.unreadable.length, 0);
    assert.ok(found.results.some(({ run: { path: at } }) => at === path));
    await assert.rejects(
      run("a.json", "b.json", "--output", "new/v.json"),
      /finished result and is not overwritten/,
    );
    await run("a.json", "b.json", "--output", "new/v.json", "--overwrite");
    assert.equal((await readResult(path))!.config.ensemble_runs, 2);
  }));

Deno.test("an unfinished evaluation and any other file are not written over", () =>
  withResults(async (run, folder) => {
    await Deno.writeTextFile(`${folder}/r.json.journal.jsonl`, "");
    await assert.rejects(
      run("a.json", "b.json", "--output", "r.json"),
      /belongs to an evaluation that is not finished/,
    );
    await Deno.writeTextFile(`${folder}/notes.json`, "[]");
    await assert.rejects(
      run("a.json", "b.json", "--output", "notes.json", "--overwrite"),
      /is no result file/,
    );
  }));

Deno.test("runs that were asked otherwise are refused until that is allowed", () =>
  withResults(async (run) => {
    await assert.rejects(run("a.json", "none.json"), (error) => {
      assert.ok(error instanceof UsageError);
      assert.match(error.message, /add --allow-differences context\.$/);
      return true;
    });
    const text = await run("a.json", "none.json", "--allow-differences", "context");
    assert.match(text, /Allowed by --allow-differences: context/);
    assert.match(text, /A and B gave the same output to every question: together/);
  }));

Deno.test("wrong command lines are refused", () =>
  withResults(async (run) => {
    const cases: [string[], RegExp][] = [
      [["a.json", "a.json"], /is given twice/],
      [["a.json", "b.json", "--output", "a.json"], /is given twice/],
      [["a.json", "gone.json"], /gone\.json does not exist/],
      [["a.json", "b.json", "--allow-differences", "model"], /names "model"/],
    ];
    for (const [args, pattern] of cases) {
      await assert.rejects(run(...args), (error) => {
        assert.ok(error instanceof UsageError, String(error));
        assert.match(error.message, pattern);
        return true;
      });
    }
    for (const args of [["a.json"], ["a.json", "b.json", "--json", "--markdown"]]) {
      await assert.rejects(run(...args), CommanderError);
    }
  }));

Deno.test("the program knows the command", async () => {
  assert.equal(await runProgram(["vote", "nowhere/a.json", "nowhere/b.json"]), 2);
});
