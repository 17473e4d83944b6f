import assert from "node:assert/strict";
import { makeComparedRun } from "../../compare/compared_run_double.ts";
import { runFigures, spread } from "./run_figures.ts";

Deno.test("percentiles lie between neighbours", () => {
  const five = spread([4, 1, 3, 2, 5])!;
  assert.deepEqual([five.count, five.p25, five.median, five.p75], [5, 2, 3, 4]);
  assert.ok(Math.abs(five.p5 - 1.2) < 1e-12 && Math.abs(five.p95 - 4.8) < 1e-12);
  assert.equal(spread([7])!.p95, 7);
  assert.equal(spread([]), undefined);
});

Deno.test("errors and unread answers are told apart, and what was not measured is absent", () => {
  // Right letters are a, b, c, d, a.
  const run = makeComparedRun("a.json", ["a", "a", "unparsed", "error", "truncated"]);
  const figures = runFigures({ run });
  assert.deepEqual(figures.outcomes, { correct: 1, wrong: 1, unparsed: 1, truncated: 1, error: 1 });
  assert.deepEqual([figures.accuracy.count, figures.accuracy.total], [1, 5]);
  assert.deepEqual([figures.answered?.count, figures.answered?.total], [1, 2]);
  assert.equal(figures.letters?.none, 2);
  assert.ok(!("seconds" in figures) && !("promptTokens" in figures));
  assert.deepEqual(figures.byLength, []);
  assert.deepEqual(figures.floors.map(({ name, right }) => [name, right.count]), [
    ["always:a", 2],
    ["always:b", 1],
    ["always:c", 1],
    ["always:d", 1],
  ]);
});

Deno.test("prompts are split by length into quarters that hold every question once", () => {
  const run = makeComparedRun("a.json", Array.from({ length: 42 }, () => "a" as const));
  const questions = run.questions.map((one, index) => ({
    ...one,
    prompt: "x".repeat(100 - index),
  }));
  const { byLength } = runFigures({ run: { ...run, questions } });
  assert.deepEqual(byLength.map(({ least, most }) => [least, most]), [
    [59, 69],
    [70, 79],
    [80, 90],
    [91, 100],
  ]);
  assert.equal(byLength.reduce((sum, { right }) => sum + right.total, 0), 42);
  assert.equal(byLength.reduce((sum, { right }) => sum + right.count, 0), 11);
});
