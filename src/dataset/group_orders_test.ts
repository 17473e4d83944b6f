import assert from "node:assert/strict";
import { seededRandom } from "../../tasks/demo/random.ts";
import { inAllOrders } from "./choice_orders.ts";
import { groupOrders } from "./group_orders.ts";
import { loadDataset } from "./load_dataset.ts";
import type { Question } from "./question.ts";
import { makeSampleQuestions } from "./sample_questions.ts";

const SHUFFLED = inAllOrders(makeSampleQuestions(5));

function grouped(questions: readonly Question[]) {
  return groupOrders(questions, "q.json");
}

/** The file with one item changed; its index stays. */
function withChange(index: number, change: Partial<Question>): Question[] {
  return SHUFFLED.map((question) =>
    question.index === index ? { ...question, ...change } : question
  );
}

Deno.test("a file without order numbers is taken as it is", () => {
  const questions = makeSampleQuestions(3);
  assert.deepEqual(grouped(questions), questions);
});

Deno.test("variants become one question, the one in its own order, wherever they stand", async () => {
  const { questions } = await loadDataset("datasets/demo/questions.json");
  const { below } = seededRandom(8);
  const shuffled = inAllOrders(questions)
    .map((question) => ({ question, place: below(1_000_000) }))
    .toSorted((x, y) => x.place - y.place)
    .map(({ question }, index) => ({ ...question, index }));
  const back = grouped(shuffled);
  assert.equal(back.length, questions.length);
  const contents = (all: readonly Question[]) =>
    all.map(({ index: _, orderMap: __, ...content }) => JSON.stringify(content)).toSorted();
  assert.deepEqual(contents(back), contents(questions));
  for (const question of back) assert.equal(shuffled[question.index], question);
  assert.deepEqual(
    back.map(({ index }) => index),
    back.map(({ index }) => index).toSorted((x, y) => x - y),
  );
});

Deno.test("a missing variant is named with its order", () => {
  assert.throws(
    () => grouped(SHUFFLED.filter(({ index }) => index !== 6)),
    /q\.json: item 4 \(試験用法.*問題番号2\): there is no variant with .*"3" \(order 1302\)/,
  );
  assert.throws(
    () => grouped(SHUFFLED.slice(1)),
    /item 1 .*there is no variant with .*"1" \(order 0123\)/,
  );
});

Deno.test("a variant that is there twice is refused", () => {
  assert.throws(
    () => grouped(withChange(7, { ...SHUFFLED[6]!, index: 7 })),
    /items 6 and 7 both are its variant with .*"3" \(order 1302\)/,
  );
});

Deno.test("order numbers that name the opposite direction are refused", () => {
  // 2031 and 1302 are each other's inverses: a file that means place order[i] has them swapped.
  const swapped = SHUFFLED.map((question) => ({
    ...question,
    orderMap: { "2": "3", "3": "2" }[question.orderMap!] ?? question.orderMap!,
  }));
  assert.throws(() => grouped(swapped), /item 1 .*order 1302: its choices are not those of item 0/);
});

Deno.test("an answer that is another choice in another order is refused", () => {
  const { answer } = SHUFFLED[5]!;
  const other = answer === "a" ? "b" : "a";
  assert.throws(
    () => grouped(withChange(5, { answer: other })),
    /item 5 .*order 2031: output . is choice . of item 4, whose output is b\. One of the two/,
  );
});

Deno.test("a changed text makes a question of its own, without the other orders", () => {
  const { choices } = SHUFFLED[2]!;
  assert.throws(
    () => grouped(withChange(2, { choices: { ...choices, a: "別の選択肢" } })),
    /item 0 .*there is no variant with .*"3".*same texts and choices/,
  );
});

Deno.test("a file with order numbers on some items only is refused", () => {
  assert.throws(
    () => grouped(withChange(3, { orderMap: undefined })),
    /q\.json: 19 of 20 items have a 回答オーダーマップ番号, item 3 has none/,
  );
});
