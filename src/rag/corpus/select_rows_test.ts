import assert from "node:assert/strict";
import { UsageError } from "../../settings/usage_error.ts";
import type { StoredRow, StoredUnit } from "../index/corpus_store.ts";
import { itemName, selectFromUnits, selectRows } from "./select_rows.ts";

const UNIT: StoredUnit = {
  provision: "main",
  num: "5",
  title: "第五条",
  caption: "",
  headings: [],
  isDeleted: false,
  unit: 0,
  lawId: "x",
  lawTitle: "試験法",
  lawNum: "",
  firstRow: 0,
  rowCount: 0,
};

type Sketch = [text: string, paragraph?: string, item?: string, subitems?: string[], table?: true];

function rowsOf(sketches: readonly Sketch[]): StoredRow[] {
  return sketches.map(([text, paragraph, item, subitems, table], row) => ({
    kind: table ? "table" : item === undefined ? "paragraph" : "item",
    ...(paragraph === undefined ? {} : { paragraph }),
    ...(item === undefined ? {} : { item }),
    ...(subitems === undefined ? {} : { subitems }),
    text,
    row,
    unit: 0,
  }));
}

const ROWS = rowsOf([
  ["一項", "1"],
  ["一項の表", "1", undefined, undefined, true],
  ["柱書", "2"],
  ["柱書の表", "2", undefined, undefined, true],
  ["一号", "2", "1"],
  ["三号", "2", "3"],
  ["三号の表", "2", "3", undefined, true],
  ["三号イ", "2", "3", ["イ"]],
  ["三号イ一", "2", "3", ["イ", "（１）"]],
  ["三号ロ", "2", "3", ["ロ"]],
  ["三号の二", "2", "3_2"],
  ["削除", "2", "4:6"],
  ["後段", "2"],
  ["三項", "3"],
  ["三項三号", "3", "3"],
  ["補記"],
]);

/** Texts that are shown; those that only stand above what was asked for in brackets. */
const shown = (part: Parameters<typeof selectRows>[2], rows = ROWS, unit = UNIT) =>
  selectRows(unit, rows, part).map(({ row, isParent }) => isParent ? `[${row.text}]` : row.text);

Deno.test("a paragraph comes with its items and tables", () => {
  assert.deepEqual(shown({}), ROWS.map(({ text }) => text));
  assert.deepEqual(shown({ paragraph: "1" }), ["一項", "一項の表"]);
  assert.deepEqual(shown({ paragraph: "3" }), ["三項", "三項三号"]);
});

Deno.test("an item comes with what stands below it and the text above it", () => {
  assert.deepEqual(shown({ paragraph: "2", item: "1" }), ["[柱書]", "一号"]);
  assert.deepEqual(shown({ paragraph: "2", item: "3" }), [
    "[柱書]",
    "三号",
    "三号の表",
    "三号イ",
    "三号イ一",
    "三号ロ",
  ]);
  assert.deepEqual(shown({ item: "3_2" }), ["[柱書]", "三号の二"]);
  assert.deepEqual(shown({ item: "5" }), ["[柱書]", "削除"]);
  assert.deepEqual(shown({ paragraph: "2", item: "3", subitems: ["イ"] }), [
    "[柱書]",
    "[三号]",
    "三号イ",
    "三号イ一",
  ]);
  assert.deepEqual(shown({ paragraph: "2", item: "3", subitems: ["イ", "(1)"] }), [
    "[柱書]",
    "[三号]",
    "[三号イ]",
    "三号イ一",
  ]);
});

Deno.test("rows without a number are a first paragraph, but not in a 別表", () => {
  const rows = rowsOf([["文"], ["号", undefined, "1"]]);
  assert.deepEqual(shown({ paragraph: "1", item: "1" }, rows), ["[文]", "号"]);
  const table = { ...UNIT, provision: "appendix" as const, title: "別表第一" };
  assert.deepEqual(shown({ item: "1" }, rows, table), ["[文]", "号"]);
  assert.throws(
    () => shown({ paragraph: "1" }, rows, table),
    /試験法別表第一 has no 第一項\. It has no 項\./,
  );
});

Deno.test("of units with one name those are shown that have the item", () => {
  const units = [[["甲"]], [["乙"], ["号", undefined, "1"]]].map((sketches, at) => ({
    unit: { ...UNIT, unit: at },
    rows: rowsOf(sketches as Sketch[]),
  }));
  const found = (part: Parameters<typeof selectRows>[2]) =>
    selectFromUnits(units, part).map(({ unit }) => unit.unit);
  assert.deepEqual(found({}), [0, 1]);
  assert.deepEqual(found({ item: "1" }), [1]);
  assert.throws(() => found({ item: "2" }), /第五条 has no 第二号\. It has no 号\./);
});

Deno.test("what is not there is refused with what there is", () => {
  for (
    const [part, message] of [
      [{ paragraph: "4" }, "試験法第五条 has no 第四項. It has 第一項, 第二項, 第三項."],
      [{ paragraph: "1", item: "1" }, "試験法第五条第一項 has no 第一号. It has no 号."],
      [
        { paragraph: "2", item: "9" },
        "試験法第五条第二項 has no 第九号. It has 第一号, 第三号, 第三号の二, 第四号から第六号まで.",
      ],
      [
        { paragraph: "2", item: "3", subitems: ["ハ"] },
        "試験法第五条第二項第三号 has no ハ. It has イ, ロ.",
      ],
      [
        { paragraph: "2", item: "3", subitems: ["イ", "(2)"] },
        "試験法第五条第二項第三号イ has no (2). It has （１）.",
      ],
      [
        { paragraph: "2", item: "1", subitems: ["イ"] },
        "試験法第五条第二項第一号 has no イ. It has no 細目.",
      ],
      [
        { item: "3" },
        "試験法第五条 has 第三号 in several 項: 第二項第三号, 第三項第三号. Name one.",
      ],
    ] as const
  ) {
    assert.throws(
      () => shown(part),
      (error) => error instanceof UsageError && (assert.equal(error.message, message), true),
    );
  }
  assert.equal(itemName("3_2"), "第三号の二");
});
