import assert from "node:assert/strict";
import {
  CHOICE_ORDERS,
  choicesFromOrder,
  choicesInOrder,
  inAllOrders,
  ORDER_NAMES,
  orderName,
  originalLetter,
  questionInOrder,
  shownLetter,
} from "./choice_orders.ts";
import { LETTERS } from "./question.ts";
import { makeSampleQuestions } from "./sample_questions.ts";

const CHOICES = { a: "一番", b: "二番", c: "三番", d: "四番" };

Deno.test("the four orders put every choice on every place exactly once", () => {
  for (const original of [0, 1, 2, 3]) {
    const places = CHOICE_ORDERS.map((order) => order.indexOf(original as never));
    assert.deepEqual(places.toSorted(), [0, 1, 2, 3], `choice ${original}`);
  }
});

Deno.test("an order's name is what it shows: place i has the original choice number order[i]", () => {
  assert.deepEqual(CHOICE_ORDERS.map((order) => order.join("")), [...ORDER_NAMES]);
  const shown = ORDER_NAMES.map((name) => Object.values(choicesInOrder(CHOICES, name)).join(" "));
  assert.deepEqual(shown, [
    "一番 二番 三番 四番",
    "三番 一番 四番 二番",
    "二番 四番 一番 三番",
    "四番 三番 二番 一番",
  ]);
});

Deno.test("2031 and 1302 undo each other, so their letters differ by direction alone", () => {
  for (const letter of LETTERS) {
    assert.equal(originalLetter("2031", letter), shownLetter("1302", letter));
    assert.equal(originalLetter("1302", letter), shownLetter("2031", letter));
  }
  // The first place of 2031 shows the third choice, that of 1302 the second.
  assert.equal(originalLetter("2031", "a"), "c");
  assert.equal(originalLetter("1302", "a"), "b");
  assert.equal(shownLetter("2031", "a"), "b");
  assert.equal(shownLetter("1302", "a"), "c");
});

Deno.test("letters and choices come back from every order", () => {
  for (const name of ORDER_NAMES) {
    for (const letter of LETTERS) {
      assert.equal(originalLetter(name, shownLetter(name, letter)), letter);
      assert.equal(
        choicesInOrder(CHOICES, name)[letter],
        CHOICES[originalLetter(name, letter)],
      );
    }
    assert.deepEqual(choicesFromOrder(choicesInOrder(CHOICES, name), name), CHOICES);
  }
});

Deno.test("map 2 shows the original third choice first, and its letter moves with it", () => {
  const [question] = makeSampleQuestions(1);
  for (const answer of LETTERS) {
    const four = inAllOrders([{ ...question!, choices: CHOICES, answer }]);
    assert.deepEqual(four.map(({ orderMap }) => [orderMap, orderName(orderMap!)]), [
      ["1", "0123"],
      ["2", "2031"],
      ["3", "1302"],
      ["4", "3210"],
    ]);
    assert.deepEqual(Object.values(four[1]!.choices), ["三番", "一番", "四番", "二番"]);
    for (const one of four) assert.equal(one.choices[one.answer], CHOICES[answer]);
    assert.deepEqual(four.map((one) => one.answer).toSorted(), [...LETTERS]);
  }
});

Deno.test("a question in one order keeps its index; a file of all orders counts anew", () => {
  const questions = makeSampleQuestions(3);
  assert.equal(questionInOrder(questions[2]!, "3210").index, 2);
  const all = inAllOrders(questions);
  assert.deepEqual(all.map(({ index }) => index), [...Array(12).keys()]);
  assert.deepEqual(all.slice(4, 8).map(({ fileName }) => fileName), [
    ...Array(4).fill("試験用法_第1章_選択式_問題番号2"),
  ]);
});
