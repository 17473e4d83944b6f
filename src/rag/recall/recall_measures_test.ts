import assert from "node:assert/strict";
import fc from "fast-check";
import { measureRecall, rankOf, RECALL_DEPTHS, recallSummarySchema } from "./recall_measures.ts";

const answer = (ranked: string, gold: string) => ({
  ranked: [...ranked],
  gold: new Set(gold),
});

Deno.test("the measures equal those worked out by hand", () => {
  const summary = measureRecall([
    answer("axy", "ab"), // one of two at once, the other never
    answer("xyb", "b"), // third
    answer("xyzwvutsrqab", "ab"), // both, behind the tenth
    answer("", "a"), // nothing found
  ]);
  assert.deepEqual(summary, {
    questions: 4,
    any_at: { "1": 1, "3": 2, "5": 2, "10": 2 },
    all_at: { "1": 0, "3": 1, "5": 1, "10": 1 },
    recall_at: { "1": 0.5 / 4, "3": 1.5 / 4, "5": 1.5 / 4, "10": 1.5 / 4 },
    mrr_at_10: (1 + 1 / 3) / 4,
  });
});

Deno.test("what the corpus lacks counts as not found, and is told beside", () => {
  const summary = measureRecall([
    { ...answer("ax", "a"), notInCorpus: 1 }, // all that there is, first, and yet one of two
    { ...answer("xbc", "bc"), notInCorpus: 2 },
    answer("c", "c"),
  ]);
  assert.deepEqual(summary, {
    questions: 3,
    any_at: { "1": 2, "3": 3, "5": 3, "10": 3 },
    all_at: { "1": 1, "3": 1, "5": 1, "10": 1 },
    recall_at: { "1": 1.5 / 3, "3": 2 / 3, "5": 2 / 3, "10": 2 / 3 },
    mrr_at_10: 2.5 / 3,
    not_in_corpus: { articles: 3, questions: 2 },
  });
  assert.deepEqual(recallSummarySchema.parse(summary), summary);
});

Deno.test("without questions there is no rate", () => {
  const none = { "1": 0, "3": 0, "5": 0, "10": 0 };
  assert.deepEqual(measureRecall([]), { questions: 0, any_at: none, all_at: none });
});

Deno.test("rates grow with the depth and fit the result file", () => {
  const keys = fc.uniqueArray(fc.constantFrom(..."abcdefghijklmnop"), { maxLength: 16 });
  const gold = fc.uniqueArray(fc.constantFrom(..."abcdefghijklmnop"), {
    minLength: 1,
    maxLength: 4,
  });
  fc.assert(
    fc.property(fc.array(fc.tuple(keys, gold), { minLength: 1, maxLength: 20 }), (pairs) => {
      const answers = pairs.map(([ranked, right]) => ({ ranked, gold: new Set(right) }));
      const summary = recallSummarySchema.parse(measureRecall(answers));
      let last = 0;
      for (const depth of RECALL_DEPTHS) {
        const recall = summary.recall_at![depth];
        assert.ok(recall >= last);
        assert.ok(summary.all_at[depth] <= summary.any_at[depth]);
        assert.ok(recall * pairs.length <= summary.any_at[depth] + 1e-9);
        assert.ok(recall * pairs.length >= summary.all_at[depth] - 1e-9);
        last = recall;
      }
      assert.equal(summary.any_at["1"], answers.filter((given) => rankOf(given) === 1).length);
    }),
  );
});
