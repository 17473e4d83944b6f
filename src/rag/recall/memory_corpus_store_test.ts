import assert from "node:assert/strict";
import { corpusStoreDouble } from "../index/corpus_store_double.ts";

const STORE = corpusStoreDouble([
  {
    title: "甲法",
    lawId: "1",
    abbreviations: ["甲"],
    articles: {
      "10": "十",
      "2": "一項\n二項\n(1) 一号",
      "2_2": "二の二",
      "附則 2": "附",
      "別表": "表",
    },
  },
  { title: "乙法", lawId: "2", articles: { "1": "乙" } },
]);

Deno.test("laws, units and rows are numbered through, in the order of the corpus", () => {
  assert.deepEqual([STORE.lawCount, STORE.unitCount, STORE.rowCount], [2, 6, 8]);
  assert.deepEqual(
    [...STORE.laws()].map(({ lawId, firstUnit, unitCount }) => [lawId, firstUnit, unitCount]),
    [
      ["1", 0, 5],
      ["2", 5, 1],
    ],
  );
  const titles = Array.from({ length: 6 }, (_, unit) => STORE.unit(unit).title);
  assert.deepEqual(titles, ["第二条", "第二条の二", "第十条", "第二条", "別表", "第一条"]);
  assert.deepEqual(
    STORE.rowsOf(0).map((
      { row, unit, kind, paragraph, item, text },
    ) => [row, unit, kind, paragraph, item, text]),
    [
      [0, 0, "paragraph", "1", undefined, "一項"],
      [1, 0, "paragraph", "2", undefined, "二項"],
      [2, 0, "item", "2", "1", "一号"],
    ],
  );
  assert.deepEqual(STORE.row(7), STORE.rowsOf(5)[0]);
  const { lawTitle, firstRow, rowCount } = STORE.unit(5);
  assert.deepEqual([lawTitle, firstRow, rowCount], ["乙法", 7, 1]);
});

Deno.test("units are found by number, those of the main provision first; what is not there is not", () => {
  assert.deepEqual(STORE.unitsOf("1", "2").map(({ provision }) => provision), [
    "main",
    "supplementary",
  ]);
  assert.deepEqual(STORE.unitsOf("1", "3"), []);
  assert.deepEqual(STORE.unitsOf("3", "2"), []);
  assert.equal(STORE.law("3"), undefined);
  assert.deepEqual(STORE.law("1")?.abbreviations, ["甲"]);
  for (const number of [-1, 8, 0.5]) assert.throws(() => STORE.row(number), RangeError);
  assert.throws(() => STORE.unit(6), /unit 6 is not in the store, which has 6/);
  assert.throws(() => STORE.rowsOf(6), RangeError);
});
