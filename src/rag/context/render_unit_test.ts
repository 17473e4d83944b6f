import assert from "node:assert/strict";
import fc from "fast-check";
import { loadDataset } from "../../dataset/load_dataset.ts";
import type { Law, LawRow, LawUnit } from "../corpus/law.ts";
import { unitDouble } from "../index/index_double.ts";
import { createContextStore } from "../recall/context_store.ts";
import { createMemoryCorpusStore } from "../recall/memory_corpus_store.ts";
import { parseContext } from "../recall/parse_context.ts";
import { lawArbitrary } from "./context_double.ts";
import { numberedPlace, unitHeading } from "./place_heading.ts";
import { type RenderOptions, renderUnit } from "./render_unit.ts";

const PARAGRAPH = { kind: "paragraph", paragraph: "1" } as const;
const ITEM = { kind: "item", paragraph: "1" } as const;

function show(unit: LawUnit, options: RenderOptions = {}): string[] {
  const law: Law = { lawId: "1", lawNum: "", title: "試験法", abbreviations: [], units: [unit] };
  const store = createMemoryCorpusStore([law]);
  const rows = store.rowsOf(0);
  const { text, spans } = renderUnit(store.unit(0), rows, options);
  rows.forEach((row, at) => {
    const kept = row.text.slice(0, options.kept?.[at]).trimEnd();
    const span = spans[at];
    assert.equal(span && text.slice(span.start, span.end), kept === "" ? undefined : kept);
  });
  return text.split("\n");
}

Deno.test("an article is written as in lawqa_jp", () => {
  assert.deepEqual(show(unitDouble("21_2", ["発行者は、届け出る。"])), [
    "## 試験法",
    "### 第21条の2",
    "発行者は、届け出る。",
  ]);
  assert.deepEqual(show(unitDouble("5", ["一。", "二。"])), [
    "## 試験法",
    "### 第5条",
    "#### 第1項",
    "一。",
    "#### 第2項",
    "二。",
  ]);
  const rows = [
    { ...PARAGRAPH, text: "次に掲げる者" },
    { ...ITEM, item: "1", text: "甲" },
    { ...ITEM, item: "1", subitems: ["イ"], text: "乙" },
    { ...ITEM, item: "1", subitems: ["イ"], text: "乙の二" },
    { ...ITEM, item: "1", subitems: ["イ", "(1)"], text: "丙" },
    { ...ITEM, item: "3_2", text: "丁" },
    { ...PARAGRAPH, text: "ただし書。" },
    { kind: "table", text: "表　一" },
  ] as const;
  assert.deepEqual(show(unitDouble("5", [], { rows })).slice(2), [
    "#### 第1項",
    "次に掲げる者",
    "##### 第1号",
    "甲",
    "- イ 乙",
    "乙の二",
    "  - (1) 丙",
    "##### 第3号の2",
    "丁",
    "#### 第1項",
    "ただし書。",
    "表　一",
  ]);
});

Deno.test("what is left out is marked below the heading that it belongs to", () => {
  const unit = unitDouble("5", [], {
    rows: [
      { ...PARAGRAPH, text: "一。二。" },
      { kind: "paragraph", paragraph: "2", text: "三。" },
      { kind: "item", paragraph: "2", item: "1", text: "四" },
      { kind: "item", paragraph: "2", item: "2", text: "五" },
      { kind: "paragraph", paragraph: "3", text: "六。" },
    ],
  });
  assert.deepEqual(show(unit, { kept: [0, 0, 0, 1, 0], markedRow: 3 }).slice(2), [
    "#### 第2項",
    "（略）",
    "##### 第2号",
    "【該当箇所】五",
    "（略）",
  ]);
  assert.deepEqual(show(unit, { kept: [2, 0, 1, 1, 2] }).slice(2), [
    "#### 第1項",
    "一。",
    "#### 第2項",
    "（略）",
    "##### 第1号",
    "四",
    "##### 第2号",
    "五",
    "#### 第3項",
    "六。",
  ]);
});

Deno.test("deleted articles, 附則 and 別表 say what they are", () => {
  const deleted = unitDouble("3", ["削除"], { isDeleted: true });
  assert.deepEqual(show(deleted).slice(1), ["### 第3条", "削除"]);
  assert.deepEqual(show({ ...deleted, num: "10:12" })[1], "### 第10条から第12条まで");
  const silent = unitDouble("3", ["旧規定"], { isDeleted: true });
  assert.deepEqual(show(silent).slice(2), ["旧規定", "（削除）"]);

  const heading = (more: Partial<LawUnit>) => unitHeading(unitDouble("3", ["x"], more));
  const supplementary = { provision: "supplementary" } as const;
  assert.equal(heading(supplementary), "附則第3条");
  assert.equal(
    heading({ ...supplementary, amendingLawNum: "令和五年法律第七十九号" }),
    "附則（令和五年法律第七十九号）第3条",
  );
  assert.equal(heading({ ...supplementary, num: undefined, title: "附　則" }), "附則");
  assert.equal(heading({ ...supplementary, num: undefined, title: "施行期日" }), "附則施行期日");
  const table = { provision: "appendix", num: "1", title: "別表第一" } as const;
  assert.equal(heading({ ...table, caption: "第二条関係" }), "別表第一（第二条関係）");
  assert.equal(heading({ ...table, title: "別表第二　削除" }), "別表第二 削除");
  assert.equal(heading({ num: undefined, title: "本則" }), "本則");
  assert.equal(heading({ num: "2:3:4", title: "第二条" }), "第二条");
  assert.equal(numberedPlace("x", "号"), undefined);
});

Deno.test("what is written is read again as the same places, random laws", () => {
  fc.assert(fc.property(lawArbitrary, (law) => {
    const store = createMemoryCorpusStore([law]);
    for (let number = 0; number < store.unitCount; number++) {
      const unit = store.unit(number);
      if (unit.provision === "appendix" || unit.isDeleted) continue;
      const rows = store.rowsOf(number);
      const [read, ...more] = parseContext(renderUnit(unit, rows).text);
      assert.deepEqual(more, []);
      assert.equal(read!.lawTitle, unit.lawTitle);
      assert.equal(read!.unit.num, unit.num);
      assert.equal(read!.unit.provision, unit.provision);
      const places = (all: readonly LawRow[]) => [
        ...new Set(all.map(({ paragraph, item }) => `${paragraph} ${item}`)),
      ];
      assert.deepEqual(places(read!.unit.rows), places(rows));
    }
  }));
});

const LAWQA = Deno.env.get("HOUQA_TEST_LAWQA");

Deno.test({
  name: "articles of lawqa_jp are written with the headings that they had (HOUQA_TEST_LAWQA)",
  ignore: LAWQA === undefined,
  async fn() {
    const { questions } = await loadDataset(LAWQA!);
    const { store, contexts, contextOfUnit } = createContextStore(questions);
    let compared = 0;
    const others: string[] = [];
    for (let number = 0; number < store.unitCount; number++) {
      const unit = store.unit(number);
      if (unit.num === undefined || unit.provision !== "main") continue;
      const context = contexts[contextOfUnit[number]!]!.normalize("NFKC");
      const original = new Set(context.split("\n").map((line) => line.trim()));
      const { text } = renderUnit(unit, store.rowsOf(number));
      for (const heading of text.normalize("NFKC").split("\n")) {
        if (!heading.startsWith("#")) continue;
        compared++;
        if (!original.has(heading)) others.push(heading);
      }
    }
    // The others stand a level higher in the file itself, or it has no 第1項.
    assert.deepEqual({ compared, others: others.length }, { compared: 642, others: 16 });
  },
});
