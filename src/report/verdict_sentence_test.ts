import assert from "node:assert/strict";
import { clusterByArticle } from "../compare/article_clusters.ts";
import { compareRuns, type PairComparison } from "../compare/compare_runs.ts";
import type { ComparedRun } from "../compare/compared_run.ts";
import {
  type GivenDouble,
  makeComparedRun,
  rightWhere,
  withCorrect,
} from "../compare/compared_run_double.ts";
import { cautionSentence, verdictSentence } from "./verdict_sentence.ts";

const NAMES = { first: "A", second: "B" };

function compare(...runs: [ComparedRun, ComparedRun, ...ComparedRun[]]): readonly PairComparison[] {
  const clustering = clusterByArticle(runs[0].questions, { hasGoldContext: false, reason: "none" });
  return compareRuns(runs, clustering, { resamples: 500, seed: 1 }).pairs;
}

const half = makeComparedRun("a.json", rightWhere(100, (index) => index % 2 === 0));
/** Ten questions gained and two lost: exact p = 0.0386. */
const more = makeComparedRun(
  "b.json",
  rightWhere(100, (index) => (index % 2 === 0 && index > 3) || (index % 2 === 1 && index < 20)),
);

Deno.test("what is lost to Holm's adjustment is said to be", () => {
  const [alone] = compare(half, more);
  assert.equal(alone!.verdict.kind, "better");
  const [first] = compare(half, more, more, more);
  assert.equal(first!.verdict.kind, "no_difference_shown");
  const { ja, en } = verdictSentence(first!, NAMES);
  assert.match(
    en,
    /p = 0\.0386 is no evidence after Holm's adjustment for 3 comparisons \(p = 0\.1157\)\./,
  );
  assert.match(ja, /p = 0\.0386 ですが、3 回の比較についての Holm の調整後は p = 0\.1157 です。/);
  assert.match(en, /\(95 % interval \+\d/);
  assert.match(en, /mostly go unseen here in 3 comparisons\.$/);
  assert.match(ja, /この問題数と 3 回の比較では多くの場合見つかりません。$/);
});

Deno.test("whatever else decided against a difference that one figure shows is named", () => {
  const [pair] = compare(half, more);
  const withFigures = (changed: Partial<PairComparison["statistics"]>, p: number) =>
    verdictSentence({
      ...pair!,
      p,
      adjustedP: p,
      verdict: { kind: "no_difference_shown", cautions: [] },
      statistics: { ...pair!.statistics, ...changed },
    }, NAMES);
  const groups = withFigures({ clusteredP: 0.07 }, 0.07);
  assert.match(groups.en, /McNemar's p = 0\.0386, but with groups .* it is p = 0\.0700\./);
  assert.match(groups.ja, /McNemar の p = 0\.0386 ですが、.*p = 0\.0700 です。/);
  const interval = withFigures({ bootstrap: { low: -0.01, high: 0.2 } }, 0.0386);
  assert.match(interval.en, /p = 0\.0386, but the 95 % interval holds 0\./);
  assert.match(interval.ja, /95 % 区間が 0 を含みます。/);
  const test = withFigures({ mcnemar: { exact: 0.06, midP: 0.04 } }, 0.06);
  assert.match(test.en, /The interval leaves out 0, but the exact test gives p = 0\.0600\./);
  assert.match(test.ja, /区間は 0 を含みませんが、正確検定の p = 0\.0600 は 0\.05 以上です。/);
  const none = withFigures(
    { mcnemar: { exact: 0.3, midP: 0.2 }, bootstrap: { low: -0.1, high: 0.2 } },
    0.3,
  );
  assert.doesNotMatch(none.en, /but|p =/);
});

Deno.test("a baseline that collapsed makes no other run worse", () => {
  // "c" is right for three of five questions, every other letter rarely.
  const gold = (index: number) => index % 5 < 3 ? "c" : (["a", "b", "d"] as const)[index % 3]!;
  const skewed = (path: string, given: readonly GivenDouble[]) =>
    withCorrect(makeComparedRun(path, given), gold);
  const constant = skewed("a.json", Array(140).fill("c"));
  const spread = skewed(
    "b.json",
    Array.from({ length: 140 }, (_, index) => (["a", "b", "c", "d"] as const)[index % 4]!),
  );
  const [pair] = compare(constant, spread);
  assert.equal(pair!.decision, "worse");
  assert.equal(pair!.verdict.kind, "baseline_collapsed");
  const { ja, en } = verdictSentence(pair!, NAMES);
  assert.match(en, /B gets fewer right than A, but A gives "c" in 140 of 140 answers: a collapse/);
  assert.match(ja, /B の方が悪いとは言えません/);
  assert.doesNotMatch(ja, /正答が少ないと言えます/);
  const cautions = pair!.verdict.cautions.map((one) => cautionSentence(one, pair!, NAMES).en);
  assert.ok(
    cautions.some((one) => /points of the difference are what the letters that A/.test(one)),
  );
  assert.ok(
    cautions.some((one) => /^A has no more right than always answering "c" \(84\)/.test(one)),
  );

  // Letters hardly rarer, but on the wrong questions: that is worse, whatever the first run did.
  const wrong = skewed(
    "c.json",
    Array.from({ length: 140 }, (_, index) => index % 5 < 2 ? "d" : "c"),
  );
  assert.equal(compare(constant, wrong)[0]!.verdict.kind, "worse");
});
