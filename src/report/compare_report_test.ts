import assert from "node:assert/strict";
import stringWidth from "string-width";
import { clusterByArticle } from "../compare/article_clusters.ts";
import { compareRuns } from "../compare/compare_runs.ts";
import type { ComparedRun } from "../compare/compared_run.ts";
import { type GivenDouble, makeComparedRun, rightWhere } from "../compare/compared_run_double.ts";
import { comparisonJson } from "./compare_json.ts";
import { type ComparisonReport, describeComparison, runName } from "./compare_report.ts";
import { renderMarkdown } from "./markdown_blocks.ts";
import { renderTerminal } from "./terminal_blocks.ts";

function reportOf(...runs: [ComparedRun, ComparedRun, ...ComparedRun[]]): ComparisonReport {
  const clustering = clusterByArticle(runs[0].questions, { hasGoldContext: false, reason: "none" });
  return {
    comparison: compareRuns(runs, clustering, { resamples: 500, seed: 1 }),
    differences: [
      { fact: "provenance.llm.dtype", name: "dtype", values: runs.map((_, place) => `q${place}`) },
      { fact: "provenance.llm.adapter_digest", values: runs.map(() => `sha256:${"0".repeat(64)}`) },
    ],
  };
}

const base = (answers: readonly GivenDouble[] = rightWhere(90, (index) => index % 3 === 0)) =>
  makeComparedRun("a.json", answers, {
    model: `hf / models/${"とても長い名前の".repeat(6)}`,
  });
const better = makeComparedRun("b.json", rightWhere(90, (index) => index % 3 !== 1));

const terminal = (report: ComparisonReport, width: number, color = false) =>
  renderTerminal(describeComparison(report, { flips: 5 }), { width, color });

Deno.test("no line is wider than the terminal, Japanese included", () => {
  const probable = (run: ComparedRun): ComparedRun => ({
    ...run,
    questions: run.questions.map((question, index) => ({
      ...question,
      fileName: `${"長い法律の名前".repeat(3)}_問題番号${index}`,
      probabilities: { a: 0.4, b: 0.3, c: 0.2, d: 0.1 },
    })),
  });
  const report = reportOf(probable(base()), probable(better), base(Array(90).fill("unparsed")));
  for (const width of [60, 80, 120]) {
    for (const line of terminal(report, width).split("\n")) {
      assert.ok(stringWidth(line) <= width, `${stringWidth(line)} of ${width}: ${line}`);
    }
  }
});

Deno.test("the verdict stands in both languages, with counts, interval and cautions", () => {
  const text = terminal(reportOf(base(), better), 120);
  assert.match(
    text,
    /B は A より正答が多いと言えます。90 問中の正答は 30 問から 60 問、差は \+33\.3/,
  );
  assert.match(
    text,
    /B answers more of these questions correctly than A: 60 against 30 of 90 right/,
  );
  assert.match(text, /could not be grouped by shared article/);
  assert.match(text, /! llm\.dtype +q0 +q1/);
  assert.match(text, /These differences were allowed/);
  assert.match(text, /Gained \(only B right\): 30\n/);
  assert.match(text, /and 25 more \(--flips all lists them\)/);
  assert.ok(!text.includes("\x1b"));
  assert.ok(terminal(reportOf(base(), better), 120, true).includes("\x1b[1m"));
});

Deno.test("no difference is not called sameness: what would have been seen is told", () => {
  const other = makeComparedRun("b.json", rightWhere(90, (index) => index % 3 === 1));
  const text = terminal(reportOf(base(), other), 200);
  assert.match(
    text,
    /No difference between A and B is shown: 30 against 30 of 90 right, 0\.0 points/,
  );
  assert.match(text, /Differences smaller than about \d+ points mostly go unseen here/);
  assert.match(text, /A と B の正答率に差があるとは言えません/);
});

Deno.test("of several comparisons the power is that of Holm's strictest step, and said to be", () => {
  const text = terminal(reportOf(base(), better, better, better), 200);
  assert.match(text, /detectable .*, at p < 0\.0167 \(Holm's strictest step\)/);
  assert.match(text, /needed .*, at p < 0\.0167 \(Holm's strictest step\)/);
  assert.doesNotMatch(terminal(reportOf(base(), better), 200), /strictest/);
});

Deno.test("an adapter that changed nothing is named", () => {
  const adapted: ComparedRun = { ...base(), path: "b.json", adapter: "runs/x" };
  const text = terminal(reportOf(base(), adapted), 120);
  assert.match(text, /アダプタは何も変えませんでした。90 問すべて/);
  assert.match(text, /The adapter changed nothing: all 90 outputs of B/);
});

Deno.test("the same letters from other outputs are told as such", () => {
  const wordy: ComparedRun = {
    ...base(),
    path: "b.json",
    questions: base().questions.map((question) => ({
      ...question,
      answers: [{ ...question.answers[0]!, response: `答え: ${question.response}` }],
    })),
  };
  const text = terminal(reportOf(base(), wordy), 200);
  assert.match(text, /gave the same letter to each of 90 questions, though not the same output/);
  assert.match(text, /Same text 0, same letter 90 of 90\./);
});

Deno.test("a collapsed run that gains is not said to be better", () => {
  const one = makeComparedRun("b.json", Array(90).fill("c"));
  const none = base(rightWhere(90, (index) => index === 0));
  const text = terminal(reportOf(none, one), 200);
  assert.match(text, /gives "c" in 90 of 90 answers: a collapse, no evidence of learning/);
  assert.match(text, /崩壊）、学習の成果とは言えません/);
  assert.match(text, /has no more right than always answering/);
  assert.ok(!/B answers more/.test(text));
});

Deno.test("JSON holds every figure and flip in snake_case", () => {
  const json = JSON.parse(comparisonJson(reportOf(base(), better)));
  assert.equal(json.schema_version, 1);
  assert.deepEqual(json.runs.map(({ name }: { name: string }) => name), ["A", "B"]);
  const [pair] = json.comparisons;
  assert.equal(pair.verdict.kind, "better");
  assert.match(pair.verdict.ja, /正答が多い/);
  assert.equal(pair.gained.length, 30);
  assert.equal(pair.statistics.counts.both_right, 30);
  assert.ok(Math.abs(pair.statistics.mcnemar.exact * 2 ** 29 - 1) < 1e-9);
  assert.equal(pair.adjusted_p, pair.p);
  assert.equal(
    pair.letters.second.counts.a + pair.letters.second.counts.b +
      pair.letters.second.counts.c + pair.letters.second.counts.d,
    90,
  );
  assert.equal(json.differences[0].name, "dtype");
  assert.ok(!JSON.stringify(json).includes('"clusterOf"'));
});

Deno.test("Markdown cells can't be broken by what a file holds", () => {
  const nasty: ComparedRun = {
    ...better,
    questions: better.questions.map((question) => ({
      ...question,
      fileName: "a|b\nc",
      question: "<script>*x*</script>\n| y |",
    })),
  };
  const text = renderMarkdown(
    describeComparison(
      reportOf({
        ...nasty,
        ...base(),
        questions: nasty.questions.map((one, i) => ({
          ...one,
          outcome: base().questions[i]!.outcome,
        })),
      }, nasty),
      { flips: 3 },
    ),
  );
  const row = text.split("\n").find((line) => line.includes("script"))!;
  assert.equal(row.match(/(?<!\\)\|/g)!.length, 7);
  assert.ok(!row.includes("<script>".replace("<", " <")) && row.includes("\\<script\\>"));
  assert.match(text, /^# COMPARISON\n/);
});

Deno.test("runs are named A to Z, then by number", () => {
  assert.deepEqual([0, 1, 25, 26].map(runName), ["A", "B", "Z", "#27"]);
});
