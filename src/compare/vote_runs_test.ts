import assert from "node:assert/strict";
import type { Letter } from "../dataset/question.ts";
import { UsageError } from "../settings/usage_error.ts";
import type { ComparedRun } from "./compared_run.ts";
import {
  type GivenDouble,
  makeComparedRun,
  rightWhere,
  wrongLetter,
} from "./compared_run_double.ts";
import { voteRuns } from "./vote_runs.ts";

const run = (name: string, ...given: GivenDouble[]) => makeComparedRun(name, given);

/** The run with the same probabilities for every question, the letter it gave included. */
function sure(of: ComparedRun, probability: number): ComparedRun {
  const rest = Math.log((1 - probability) / 3);
  return {
    ...of,
    questions: of.questions.map((question) => ({
      ...question,
      answers: question.answers.map((answer) => ({
        ...answer,
        letterLogprobs: {
          a: rest,
          b: rest,
          c: rest,
          d: rest,
          ...(answer.letter === undefined ? {} : { [answer.letter]: Math.log(probability) }),
        },
      })),
    })),
  };
}

const winners = (...runs: ComparedRun[]) =>
  voteRuns(runs).questions.map(({ result }) => result?.winner);

Deno.test("the letter of most runs wins; texts without a letter are nobody's votes", () => {
  const vote = voteRuns([
    run("a", "a", "a", "unparsed", "truncated"),
    run("b", "b", "b", "c", "unparsed"),
    run("c", "b", "a", "unparsed", "unparsed"),
  ]);
  assert.deepEqual(vote.questions.map(({ result }) => result!.winner), ["b", "a", "c", "unknown"]);
  assert.deepEqual(
    vote.questions.map(({ outcome }) => outcome),
    ["wrong", "wrong", "correct", "truncated"],
  );
  assert.deepEqual(vote.questions.map(({ decidingRun }) => decidingRun), [1, 0, 1, 0]);
  assert.equal(vote.withoutLetter, 2);
  assert.equal(vote.vote.right.count, 1);
  assert.deepEqual(vote.ties, { probability: 0, order: 0 });
});

Deno.test("ties go to the surer run where all know, else to the file named first", () => {
  const [first, second] = [run("a", "a", "c"), run("b", "b", "d")];
  assert.deepEqual(winners(first, second), ["a", "c"]);
  assert.deepEqual(winners(second, first), ["b", "d"]);
  assert.deepEqual(winners(sure(first, 0.4), sure(second, 0.9)), ["b", "d"]);
  assert.deepEqual(winners(sure(first, 0.9), sure(second, 0.4)), ["a", "c"]);
  assert.deepEqual(winners(first, sure(second, 0.9)), ["a", "c"]);
  assert.deepEqual(voteRuns([sure(first, 0.4), sure(second, 0.9)]).ties, {
    probability: 2,
    order: 0,
  });
  assert.deepEqual(voteRuns([first, second]).ties, { probability: 0, order: 2 });
});

Deno.test("an error is no ballot: the others vote, and it is counted apart", () => {
  const vote = voteRuns([
    run("a", "error", "error", "c"),
    run("b", "a", "error", "c"),
    run("c", "b", "error", "a"),
  ]);
  assert.deepEqual(vote.questions.map(({ errors }) => errors), [1, 3, 0]);
  assert.deepEqual(vote.questions.map(({ outcome }) => outcome), ["correct", "error", "correct"]);
  assert.equal(vote.questions[0]!.decidingRun, 1);
  assert.equal(vote.questions[1]!.result, undefined);
  assert.equal(vote.withErrors, 2);
  // Against A, only the question that it answered counts.
  assert.equal(vote.best.run, 1);
  assert.equal(vote.scores[0]!.outcomes.error, 2);
});

Deno.test("the vote is measured against the best run: corrected, harmed, exact McNemar", () => {
  const count = 40;
  // Two runs that answer alike outvote the best one: right where it is wrong from 35 on, and wrong
  // where it is right at 0 and 1.
  const best = rightWhere(count, (index) => index < 30);
  const others = rightWhere(count, (index) => (index >= 2 && index < 30) || index >= 35);
  const vote = voteRuns(
    [others, best, others].map((given, run) => makeComparedRun(`${run}`, given)),
  );
  assert.equal(vote.best.run, 0);
  const known = voteRuns([
    makeComparedRun("a", others.map((letter, index) => index === 39 ? wrongLetter(39) : letter)),
    makeComparedRun("b", best),
    makeComparedRun(
      "c",
      others.map((letter, index) => index > 2 && index < 9 ? "unparsed" : letter),
    ),
  ]);
  assert.deepEqual(known.scores.map(({ right }) => right.count), [32, 30, 27]);
  assert.equal(known.best.run, 0);
  // A's only error that the others mend is none: at 39 A and B give the same wrong letter.
  assert.deepEqual([known.best.corrected, known.best.harmed], [0, 0]);
  const against = voteRuns([
    makeComparedRun("a", rightWhere(count, (index) => index < 10)),
    makeComparedRun("b", best),
    makeComparedRun("c", rightWhere(count, (index) => index < 10 || index >= 33)),
  ]);
  assert.equal(against.best.run, 1);
  // From 10 on A and C give the same wrong letter; from 33 on A and B do.
  assert.deepEqual([against.best.corrected, against.best.harmed], [0, 20]);
  assert.ok(Math.abs(against.best.mcnemar.exact - 2 ** -19) < 1e-15);
  assert.equal(against.anyRight, 37);
});

Deno.test("agreement, kappa and twins", () => {
  const same = run("a", "a", "b", "c", "d");
  const vote = voteRuns([same, { ...same, path: "b" }, run("c", "a", "b", "d", "c")]);
  assert.equal(vote.allAgree, 2);
  assert.equal(vote.agreement!.questions, 4);
  assert.ok(Math.abs(vote.agreement!.pairwise - (2 + 2 / 3) / 4) < 1e-12);
  assert.deepEqual(vote.identical, [[0, 1]]);
  const collapsed = voteRuns(
    ["a", "b", "c"].map((name) => makeComparedRun(name, Array(40).fill("c"))),
  );
  assert.equal(collapsed.agreement!.kappa, undefined);
  assert.equal(collapsed.vote.takeover?.letter, "c");
});

Deno.test("only questions of all runs with one correct answer are voted on", () => {
  const long = makeComparedRun("a", rightWhere(6, () => true));
  const other: Letter = "d";
  const short: ComparedRun = {
    ...makeComparedRun("b", rightWhere(4, () => true)),
    questions: makeComparedRun("b", rightWhere(4, () => true)).questions.map((question, index) =>
      index === 0 ? { ...question, correct: other } : question
    ),
  };
  const vote = voteRuns([long, short]);
  assert.equal(vote.questions.length, 3);
  assert.equal(vote.leftOut, 3);
  assert.throws(() => voteRuns([long, { ...short, questions: [] }]), UsageError);
});
