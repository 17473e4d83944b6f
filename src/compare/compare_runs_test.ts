import assert from "node:assert/strict";
import { UsageError } from "../settings/usage_error.ts";
import { clusterByArticle, type Clustering } from "./article_clusters.ts";
import { compareRuns } from "./compare_runs.ts";
import type { ComparedRun } from "./compared_run.ts";
import {
  type GivenDouble,
  makeComparedRun,
  rightWhere,
  withCorrect,
  wrongLetter,
} from "./compared_run_double.ts";

const FAST = { resamples: 1000, seed: 1 };

/** Every question an article of its own. */
function alone({ questions }: ComparedRun): Clustering {
  return {
    by: "article",
    note: "",
    clusterOf: new Map(questions.map(({ key }, place) => [key, place])),
  };
}

function compareTwo(first: readonly GivenDouble[], second: readonly GivenDouble[]) {
  const baseline = makeComparedRun("a.json", first);
  const { pairs } = compareRuns(
    [baseline, makeComparedRun("b.json", second)],
    alone(baseline),
    FAST,
  );
  return pairs[0]!;
}

const about = ({ verdict }: ReturnType<typeof compareTwo>) =>
  verdict.cautions.map((caution) => caution.about);

Deno.test("better, worse and no difference, with every flip listed", () => {
  const low = rightWhere(120, (index) => index % 2 === 0);
  const high = rightWhere(120, (index) => index % 2 === 0 || index % 3 === 0);
  const better = compareTwo(low, high);
  assert.equal(better.verdict.kind, "better");
  assert.deepEqual(better.verdict.cautions, []);
  assert.deepEqual(
    better.gained.map(({ index }) => index),
    low.keys().filter((index) => index % 2 === 1 && index % 3 === 0).toArray(),
  );
  assert.deepEqual(better.gained[0], {
    index: 3,
    fileName: "法1_第1章_問題番号3",
    question: "第3条について、誤っているものを教えてください。",
    correct: "d",
    first: { outcome: "wrong", letter: wrongLetter(3) },
    second: { outcome: "correct", letter: "d" },
  });
  assert.deepEqual(better.lost, []);
  const worse = compareTwo(high, low);
  assert.equal(worse.verdict.kind, "worse");
  assert.equal(worse.lost.length, better.gained.length);
  const shifted = rightWhere(120, (index) => index % 2 === 0 ? index % 16 !== 0 : index % 13 === 0);
  assert.equal(compareTwo(low, shifted).verdict.kind, "no_difference_shown");
});

Deno.test("the same outputs are called so, but not where probabilities moved", () => {
  const given = rightWhere(40, (index) => index % 3 === 0);
  const same = compareTwo(given, given);
  assert.equal(same.verdict.kind, "nothing_changed");
  assert.equal(same.statistics.bootstrap, undefined);
  const withProbability = (run: ComparedRun, p: number): ComparedRun => ({
    ...run,
    questions: run.questions.map((question) => ({
      ...question,
      probabilities: { a: p, b: 1 - p, c: 0, d: 0 },
      answers: [{ ...question.answers[0]!, letterLogprobs: { a: Math.log(p) } }],
    })),
  });
  const run = makeComparedRun("a.json", given);
  const moved = compareRuns(
    [withProbability(run, 0.6), withProbability(run, 0.7)],
    alone(run),
    FAST,
  ).pairs[0]!;
  assert.equal(moved.verdict.kind, "no_difference_shown");
  assert.ok(Math.abs(moved.outputs.largestProbabilityChange! - 0.1) < 1e-12);
  assert.equal(moved.outputs.sameText, 40);
});

Deno.test("more right answers by giving one letter are a collapse, not learning", () => {
  // "d" is never right and "c" half of the time: always "c" gains without reading.
  const correct = (index: number) => index % 2 === 0 ? "c" : "a";
  const skewed = (path: string, given: readonly GivenDouble[]) =>
    withCorrect(makeComparedRun(path, given), correct);
  const spread = Array.from({ length: 140 }, (_, index) =>
    (["a", "b", "c", "d"] as const)[
      Math.floor(index / 3) % 4
    ]!);
  const runs = [skewed("a.json", spread), skewed("b.json", Array(140).fill("c"))] as const;
  const { verdict, decision } = compareRuns([...runs], alone(runs[0]), FAST).pairs[0]!;
  assert.equal(decision, "better");
  assert.equal(verdict.kind, "collapsed");
  assert.deepEqual(verdict.cautions.map((caution) => caution.about), [
    "collapse",
    "letters_alone",
    "below_constant",
  ]);
  assert.deepEqual(verdict.cautions[0], { about: "collapse", run: "second" });
});

Deno.test("what was unreadable before or is now is told apart from wrong answers", () => {
  const unread = Array<GivenDouble>(60).fill("unparsed");
  const readable = rightWhere(60, (index) => index % 4 !== 0);
  const gained = compareTwo(unread, readable);
  assert.deepEqual(about(gained), ["format"]);
  assert.deepEqual(gained.outcomeChanges, [
    { from: "unparsed", to: "correct", count: 45 },
    { from: "unparsed", to: "wrong", count: 15 },
  ]);
  assert.equal(gained.answered, undefined);
  const cut = readable.map((given, index) => index % 3 === 0 ? "truncated" : given);
  const lost = compareTwo(readable, cut);
  assert.equal(lost.verdict.kind, "worse");
  assert.deepEqual(about(lost), ["unreadable_now"]);
  // Where both gave a letter nothing changed.
  assert.equal(lost.answered?.total, 40);
  assert.equal(lost.answered?.difference, 0);
});

Deno.test("questions that ended in an error in either run measure no model", () => {
  const given = rightWhere(50, (index) => index % 2 === 0);
  const broken = given.map((one, index) => index < 20 ? "error" : one);
  const pair = compareTwo(given, broken);
  assert.equal(pair.statistics.total, 30);
  assert.equal(pair.pairing.errors, 20);
  assert.deepEqual(pair.errors, { first: 0, second: 20 });
  assert.deepEqual(about(pair), ["errors"]);
  const turned = compareTwo(broken, given);
  assert.equal(turned.statistics.total, 30);
  assert.deepEqual(turned.errors, { first: 20, second: 0 });
  assert.throws(() => compareTwo(given, Array(50).fill("error")), UsageError);
});

Deno.test("other questions and other correct answers are left out and counted", () => {
  const first = makeComparedRun("a.json", rightWhere(30, () => true));
  const second = makeComparedRun("b.json", rightWhere(25, () => true));
  const questions = second.questions.map((question) =>
    question.index < 3 ? { ...question, correct: wrongLetter(question.index) } : question
  );
  const { pairing, verdict } = compareRuns([first, { ...second, questions }], alone(first), FAST)
    .pairs[0]!;
  assert.deepEqual(pairing, {
    onlyFirst: 5,
    onlySecond: 0,
    otherCorrect: 3,
    errors: 0,
    paired: 22,
  });
  assert.deepEqual(verdict.cautions.map((caution) => caution.about), ["not_paired"]);
});

Deno.test("runs of one model are told to be so, but not two adapters of it", () => {
  const given = rightWhere(30, (index) => index % 2 === 0);
  const run = (path: string, adapter?: string) =>
    makeComparedRun(path, path === "a.json" ? given : rightWhere(30, (index) => index % 3 === 0), {
      facts: new Map([
        ["provenance.llm.model_digest", "sha256:1"],
        ...(adapter === undefined ? [] : [["provenance.llm.adapter_digest", adapter] as const]),
      ]),
    });
  const cautions = (second: ComparedRun) => {
    const first = run("a.json");
    return compareRuns([first, second], alone(first), FAST).pairs[0]!.verdict.cautions;
  };
  assert.deepEqual(cautions(run("b.json")), [{ about: "same_model" }]);
  assert.deepEqual(cautions(run("b.json", "sha256:2")), []);
});

Deno.test("with several runs p-values are adjusted, which can take a verdict back", () => {
  const base = makeComparedRun("a.json", rightWhere(100, (index) => index >= 12));
  const slight = rightWhere(100, (index) => index >= 6 || index < 0);
  const two = makeComparedRun("b.json", slight);
  const clustering = alone(base);
  const single = compareRuns([base, two], clustering, FAST).pairs[0]!;
  assert.equal(single.verdict.kind, "better");
  assert.equal(single.adjustedP, single.p);
  const same = makeComparedRun("c.json", rightWhere(100, (index) => index >= 12 || index === 1));
  const several = compareRuns([base, two, same], clustering, FAST).pairs;
  assert.equal(several[0]!.adjustedP, 2 * single.p);
  assert.equal(several[0]!.verdict.kind, "no_difference_shown");
  assert.equal(several[1]!.verdict.kind, "no_difference_shown");
});

Deno.test("changes that share one article count as one", () => {
  const base = makeComparedRun("a.json", rightWhere(100, (index) => index >= 10));
  const second = makeComparedRun("b.json", rightWhere(100, () => true));
  const together: Clustering = {
    by: "article",
    note: "",
    clusterOf: new Map(base.questions.map(({ key, index }) => [key, index < 10 ? 0 : index])),
  };
  assert.equal(compareRuns([base, second], alone(base), FAST).pairs[0]!.verdict.kind, "better");
  const pair = compareRuns([base, second], together, FAST).pairs[0]!;
  assert.equal(pair.verdict.kind, "no_difference_shown");
  assert.equal(pair.statistics.clusteredP, 1);
  assert.ok(pair.statistics.mcnemar.exact < 0.01);
});

Deno.test("groups by law and by what is asked add up to the whole", () => {
  const pair = compareTwo(
    rightWhere(60, (index) => index % 2 === 0),
    rightWhere(60, (index) => index % 3 === 0),
  );
  for (const groups of [pair.byLaw, pair.byType]) {
    const sum = (of: "total" | "gained" | "lost" | "firstRight") =>
      groups.reduce((total, group) => total + group[of], 0);
    assert.deepEqual([sum("total"), sum("gained"), sum("lost"), sum("firstRight")], [
      60,
      pair.gained.length,
      pair.lost.length,
      30,
    ]);
  }
  assert.deepEqual(pair.byType.map(({ group, total }) => [group, total]), [
    ["asks_right", 40],
    ["asks_wrong", 20],
  ]);
  assert.deepEqual(pair.byLaw.map(({ group }) => group).toSorted(), ["法0", "法1"]);
});

Deno.test("without articles a caution says that the interval may be too narrow", () => {
  const runs = [
    makeComparedRun("a.json", rightWhere(30, (index) => index % 2 === 0)),
    makeComparedRun("b.json", rightWhere(30, (index) => index % 2 === 1)),
  ] as const;
  const clustering = clusterByArticle(runs[0].questions, { hasGoldContext: false });
  const { verdict } = compareRuns([...runs], clustering, FAST).pairs[0]!;
  assert.deepEqual(verdict.cautions.at(-1), { about: "no_articles" });
});
