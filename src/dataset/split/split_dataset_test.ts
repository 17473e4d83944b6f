import assert from "node:assert/strict";
import fc from "fast-check";
import { distinctQuestion, lawqaItem } from "../distinct_question_double.ts";
import { itemOfQuestion } from "../leaks/exam_item.ts";
import { findLeaks } from "../leaks/find_leaks.ts";
import { loadDataset } from "../load_dataset.ts";
import { LETTERS, type Question } from "../question.ts";
import { lawOfQuestion } from "./law_of_question.ts";
import { seededRandom } from "./seeded_random.ts";
import { type DatasetSplit, splitDataset, type SplitWish } from "./split_dataset.ts";

function split(questions: readonly Question[], sizes: SplitWish["sizes"], seed = 1): DatasetSplit {
  return splitDataset(questions, questions.map((q) => JSON.stringify(lawqaItem(q))), {
    sizes,
    seed,
  });
}

const sizesOf = ({ sides }: DatasetSplit) => sides.map(({ questions }) => questions.length);
const namesOf = ({ sides }: DatasetSplit) =>
  sides.map(({ questions }) => questions.map(({ fileName }) => fileName));

/** Questions by the articles they quote, numbered anew in a given order. */
function make(articles: readonly (readonly number[])[]): Question[] {
  return articles.map((nums, index) => ({ ...distinctQuestion(index, { articles: nums }), index }));
}

function reordered(questions: readonly Question[], seed: number): Question[] {
  return seededRandom(seed).shuffle(questions).map((question, index) => ({ ...question, index }));
}

const anyArticles = fc.array(
  fc.array(fc.integer({ min: 1, max: 12 }), { maxLength: 2 }).map((nums) => [...new Set(nums)]),
  { minLength: 4, maxLength: 24 },
);

Deno.test("no article is ever on two sides, nothing is lost, and nothing leaks", () => {
  fc.assert(
    fc.property(anyArticles, fc.nat(100), fc.nat(100), fc.nat(), (articles, x, y, seed) => {
      const questions = make(articles);
      const train = 1 + x % (questions.length - 2);
      const dev = y % (questions.length - train);
      const result = split(questions, { train, dev, test: questions.length - train - dev }, seed);
      const sideOf = new Map<number, string>();
      for (const { name, questions } of result.sides) {
        for (const question of questions) {
          for (const num of articles[question.index]!) {
            assert.equal(sideOf.get(num) ?? name, name, `article ${num}`);
            sideOf.set(num, name);
          }
        }
      }
      const placed = [...result.sides.flatMap(({ questions }) => questions), ...result.unused];
      assert.deepEqual(placed.map(({ index }) => index).sort((a, b) => a - b), [
        ...questions.keys(),
      ]);
      for (const [at, side] of result.sides.entries()) {
        for (const other of result.sides.slice(at + 1)) {
          const items = [side, other].map(({ questions }) => questions.map(itemOfQuestion));
          assert.deepEqual(findLeaks(items[0]!, items[1]!), { questions: [], articles: [] });
        }
      }
    }),
    { numRuns: 60, seed: 2 },
  );
});

Deno.test("the order of the file changes nothing, the seed does", () => {
  fc.assert(
    fc.property(anyArticles, fc.nat(), fc.nat(), (articles, seed, order) => {
      const questions = make(articles);
      const sizes = { train: questions.length - 2, dev: 1, test: 1 };
      const one = split(questions, sizes, seed);
      const other = split(reordered(questions, order), sizes, seed);
      assert.deepEqual(namesOf(other), namesOf(one));
    }),
    { numRuns: 40, seed: 3 },
  );
  const questions = make(Array.from({ length: 30 }, (_, index) => [index]));
  const splits = [1, 2, 3, 4, 5].map((seed) =>
    JSON.stringify(namesOf(split(questions, { train: 20, dev: 0, test: 10 }, seed)))
  );
  assert.ok(new Set(splits).size > 1);
});

Deno.test("sizes are met wherever whole groups allow, else the nearest are taken", () => {
  fc.assert(
    fc.property(
      fc.array(fc.integer({ min: 1, max: 6 }), { minLength: 2, maxLength: 7 }),
      fc.nat(),
      (
        groupSizes,
        pick,
      ) => {
        const questions = make(groupSizes.flatMap((size, num) => Array(size).fill([num + 1])));
        const test = 1 + pick % (questions.length - 1);
        const result = split(questions, { train: questions.length - test, dev: 0, test });
        const sums = new Set([0]);
        for (const size of groupSizes) for (const sum of [...sums]) sums.add(sum + size);
        const nearest = Math.min(...[...sums].map((sum) => Math.abs(sum - test)));
        assert.equal(Math.abs((sizesOf(result)[1] ?? 0) - test), nearest);
        assert.ok(result.isNearest);
      },
    ),
    { numRuns: 60, seed: 4 },
  );
});

Deno.test("with fewer questions asked for than there are the rest is on no side", () => {
  const questions = make(Array.from({ length: 30 }, (_, index) => [Math.floor(index / 3)]));
  const result = split(questions, { train: 12, dev: 3, test: 6 });
  assert.deepEqual([...sizesOf(result), result.unused.length], [12, 3, 6, 9]);
  const near = split(questions, { train: 13, dev: 0, test: 7 });
  assert.deepEqual(sizesOf(near), [12, 6]);
  assert.ok(near.isNearest);
  assert.throws(
    () => split(questions, { train: 25, dev: 0, test: 6 }),
    /--train 25 and --test 6 ask for 31 questions, but there are 30/,
  );
});

Deno.test("questions of nearly the same wording stay together without a common article", () => {
  const questions = make(Array.from({ length: 20 }, (_, index) => [index]));
  const twin = { ...questions[0]!, index: 20, fileName: "双子", context: "" };
  const result = split([...questions, twin], { train: 14, dev: 0, test: 7 });
  const side = result.sides.find(({ questions }) => questions.includes(twin))!;
  assert.ok(side.questions.includes(questions[0]!));
  assert.equal(result.groups.length, 20);
});

Deno.test("laws and letters are spread as evenly as single questions can be", () => {
  const questions = Array.from({ length: 80 }, (_, index) =>
    distinctQuestion(index, {
      law: ["甲法", "甲法", "甲法", "乙法"][index % 4]!,
      answer: LETTERS[Math.floor(index / 4) % 4]!,
    }));
  const { sides } = split(questions, { train: 40, dev: 20, test: 20 });
  for (const { questions: some } of sides) {
    const laws = some.filter((question) => lawOfQuestion(question) === "乙法").length;
    assert.equal(laws, some.length / 4);
    for (const letter of LETTERS) {
      assert.equal(some.filter(({ answer }) => answer === letter).length, some.length / 4);
    }
  }
});

Deno.test("thousands of questions in large groups are divided, sizes met", () => {
  const questions = make(
    Array.from({ length: 3000 }, (_, index) => [index < 1000 ? index % 40 : index]),
  );
  const { sides, unused } = split(questions, { train: 1801, dev: 333, test: 555 });
  assert.deepEqual(sides.map(({ questions }) => questions.length), [1801, 333, 555]);
  assert.equal(unused.length, 311);
});

Deno.test("a question's law is its name's, its heading's, or its reference's", () => {
  const question = distinctQuestion(0);
  assert.equal(lawOfQuestion(question), "試験用法");
  assert.equal(
    lawOfQuestion({ ...question, fileName: "q1", context: "## 甲法\n### 第1条" }),
    "甲法",
  );
  assert.equal(
    lawOfQuestion({ ...question, fileName: "_q1", context: "" }),
    "https://example.com/laws/1",
  );
});

const lawqa = Deno.env.get("HOUQA_TEST_LAWQA");

Deno.test({
  name: "the real questions are split 100/40 without leaks, in balance (HOUQA_TEST_LAWQA)",
  ignore: lawqa === undefined,
  async fn() {
    const { questions } = await loadDataset(lawqa!);
    for (const [seed, dev] of [[1, 0], [2, 0], [3, 20]] as const) {
      const { sides } = split(questions, { train: 100 - dev, dev, test: 40 }, seed);
      assert.deepEqual(sides.map(({ questions }) => questions.length), [
        100 - dev,
        ...dev > 0 ? [dev] : [],
        40,
      ]);
      const strata = [
        ...LETTERS.map((letter) => (q: Question) => q.answer === letter),
        ...["金商法", "薬機法", "借地借家法"].map((law) => (q: Question) =>
          lawOfQuestion(q) === law
        ),
      ];
      for (const { questions: some } of sides) {
        for (const has of strata) {
          const expected = some.length * questions.filter(has).length / questions.length;
          assert.ok(Math.abs(some.filter(has).length - expected) < 1);
        }
      }
      const [one, other] = [sides[0]!, sides.at(-1)!].map((side) =>
        side.questions.map(itemOfQuestion)
      );
      assert.deepEqual(findLeaks(one!, other!), { questions: [], articles: [] });
    }
  },
});
