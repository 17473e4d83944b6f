import assert from "node:assert/strict";
import { liveFigures, livePair, secondsAnAnswer } from "./live_figures.ts";
import type { JournalledAnswer } from "./tail_journal.ts";

const answer = (index: number, predicted: string, question = `q${index}`): JournalledAnswer => ({
  index,
  question,
  correct_answer: "a",
  predicted_answer: predicted,
  outcome: predicted === "a"
    ? "correct"
    : predicted === "unknown"
    ? "unparsed"
    : predicted === "error"
    ? "error"
    : "wrong",
});
const run = (letters: string[]) =>
  new Map(letters.map((one, index) => [index, answer(index, one)]));

Deno.test("figures count every answer there is, with its interval", () => {
  const { done, accuracy, outcomes, letters, takeover } = liveFigures(
    ["a", "b", "unknown", "error", "a"].map((one, index) => answer(index, one)),
  );
  assert.equal(done, 5);
  assert.deepEqual([accuracy!.count, accuracy!.total], [2, 5]);
  assert.ok(accuracy!.interval.low < 0.4 && accuracy!.interval.high > 0.4);
  assert.deepEqual(outcomes, { correct: 2, wrong: 1, unparsed: 1, truncated: 0, error: 1 });
  assert.deepEqual(letters, { a: 2, b: 1, c: 0, d: 0 });
  assert.equal(takeover, undefined);
  assert.equal(liveFigures([]).accuracy, undefined);
});

Deno.test("a collapse shows while the run goes on", () => {
  const answers = Array.from({ length: 40 }, (_, index) => answer(index, "c"));
  assert.deepEqual(liveFigures(answers).takeover, { letter: "c", count: 40, answered: 40 });
});

Deno.test("the pace is that of the last answers", () => {
  assert.equal(secondsAnAnswer([9]), undefined);
  assert.equal(secondsAnAnswer([9, 10, 12]), 1.5);
  // Twenty slow answers leave no trace of a hundred quick ones.
  const quick = Array.from({ length: 100 }, (_, place) => place / 10);
  const slow = Array.from({ length: 20 }, (_, place) => 9.9 + 3 * (place + 1));
  assert.ok(Math.abs(secondsAnAnswer([...quick, ...slow])! - 3) < 1e-9);
});

Deno.test("two runs are compared on what both have answered without an error", () => {
  const first = run(["a", "b", "a", "b", "error", "a"]);
  const second = run(["a", "a", "b", "error", "a"]);
  assert.deepEqual(livePair(first, second), {
    questions: 3,
    firstRight: 2,
    secondRight: 2,
    gained: 1,
    lost: 1,
  });
  const other = new Map([[0, answer(0, "a", "another question")]]);
  assert.equal(livePair(first, other).questions, 0);
});
