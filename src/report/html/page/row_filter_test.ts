import assert from "node:assert/strict";
import type { GivenMark, RowData } from "./page_data.ts";
import { changeOf, compareRows, isShown } from "./row_filter.ts";

const RIGHT: GivenMark = ["c", "a"];
const WRONG: GivenMark = ["w", "b"];
const UNREAD: GivenMark = ["u", ""];
const ERROR: GivenMark = ["e", ""];

function row(n: number, ...given: (GivenMark | null)[]): RowData {
  return { n, law: `法${n % 2}`, name: "", text: `問${n}`, choices: [], gold: "a", given };
}

const ROWS = [
  row(0, RIGHT, RIGHT),
  row(1, RIGHT, WRONG),
  row(2, WRONG, RIGHT),
  row(3, WRONG, UNREAD),
  row(4, ERROR, RIGHT),
  row(5, RIGHT, null),
];

function shown(show: string, law?: string, ...words: string[]): number[] {
  return ROWS.filter((one) => isShown(one, { show, law, words }, () => one.text)).map(({ n }) => n);
}

Deno.test("each filter shows what it says", () => {
  assert.deepEqual(shown("all"), [0, 1, 2, 3, 4, 5]);
  assert.deepEqual(shown("wrong"), [1, 2, 3, 4]);
  assert.deepEqual(shown("allwrong"), [3]);
  assert.deepEqual(shown("unparsed"), [3, 4]);
  assert.deepEqual(shown("flipped"), [1, 2]);
  assert.deepEqual(shown("differs"), [1, 2, 3, 4]);
  assert.deepEqual(shown("wrong-1"), [1, 3]);
});

Deno.test("flips leave out errors and questions that a run lacks", () => {
  assert.deepEqual(shown("gained-1"), [2]);
  assert.deepEqual(shown("lost-1"), [1]);
});

Deno.test("questions answered otherwise in another order of the choices are found", () => {
  const steady = row(0, RIGHT, RIGHT);
  const unsteady = row(1, RIGHT, ["c", "a", 1]);
  const isFound = (one: RowData) =>
    isShown(one, { show: "unsteady", law: undefined, words: [] }, () => "");
  assert.deepEqual([steady, unsteady].map(isFound), [false, true]);
});

Deno.test("law and all words narrow the list", () => {
  assert.deepEqual(shown("all", "法1"), [1, 3, 5]);
  assert.deepEqual(shown("all", undefined, "問", "3"), [3]);
  assert.deepEqual(shown("all", "法0", "3"), []);
});

Deno.test("changes and columns sort", () => {
  assert.deepEqual(ROWS.map(changeOf), ["", "down", "up", "", "", ""]);
  assert.equal(changeOf(row(9, RIGHT, WRONG, RIGHT)), "down");
  assert.equal(changeOf(row(9, WRONG, RIGHT, WRONG)), "up");
  const order = (key: "change" | 1) =>
    [...ROWS].sort((x, y) => compareRows(x, y, key) || x.n - y.n).map(({ n }) => n);
  assert.deepEqual(order("change"), [2, 1, 0, 3, 4, 5]);
  assert.deepEqual(order(1), [0, 2, 4, 1, 3, 5]);
});
