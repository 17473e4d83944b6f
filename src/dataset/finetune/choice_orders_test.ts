import assert from "node:assert/strict";
import { makeSampleQuestions } from "../sample_questions.ts";
import { LETTERS } from "../question.ts";
import { CHOICE_ORDERS, inAllOrders, orderName } from "./choice_orders.ts";

Deno.test("the four orders put every choice on every place exactly once", () => {
  for (const original of [0, 1, 2, 3]) {
    const places = CHOICE_ORDERS.map((order) => order.indexOf(original as never));
    assert.deepEqual(places.toSorted(), [0, 1, 2, 3], `choice ${original}`);
  }
});

Deno.test("map 2 shows the original third choice first, and its letter moves with it", () => {
  const choices = { a: "一番", b: "二番", c: "三番", d: "四番" };
  const [question] = makeSampleQuestions(1);
  for (const answer of LETTERS) {
    const four = inAllOrders([{ ...question!, choices, answer }]);
    assert.deepEqual(four.map(({ orderMap }) => [orderMap, orderName(orderMap!)]), [
      ["1", "0123"],
      ["2", "2031"],
      ["3", "1302"],
      ["4", "3210"],
    ]);
    assert.deepEqual(Object.values(four[0]!.choices), Object.values(choices));
    assert.deepEqual(Object.values(four[1]!.choices), ["三番", "一番", "四番", "二番"]);
    assert.deepEqual(Object.values(four[3]!.choices), ["四番", "三番", "二番", "一番"]);
    for (const one of four) assert.equal(one.choices[one.answer], choices[answer]);
    assert.deepEqual(four.map((one) => one.answer).toSorted(), [...LETTERS]);
  }
});

Deno.test("indexes count anew, since prompts keep what was found by index", () => {
  const all = inAllOrders(makeSampleQuestions(3));
  assert.deepEqual(all.map(({ index }) => index), [...Array(12).keys()]);
  assert.deepEqual(all.slice(4, 8).map(({ fileName }) => fileName), [
    ...Array(4).fill("試験用法_第1章_選択式_問題番号2"),
  ]);
});
