import assert from "node:assert/strict";
import type { StoredRow, StoredUnit } from "../rag/index/corpus_store.ts";
import { renderContents, renderLawTitle, renderUnit } from "./law_report.ts";

const S = "\u3000";

function unit(fields: Partial<StoredUnit>): StoredUnit {
  return {
    provision: "main",
    title: "第一条",
    caption: "",
    headings: [],
    isDeleted: false,
    unit: 0,
    lawId: "x",
    lawTitle: "試験法",
    lawNum: "",
    firstRow: 0,
    rowCount: 0,
    ...fields,
  };
}

const row = (fields: Partial<StoredRow>): StoredRow => ({
  kind: fields.item === undefined ? "paragraph" : "item",
  text: "文",
  row: 0,
  unit: 0,
  ...fields,
});

Deno.test("an article is printed with its headings, numbers and steps", () => {
  const text = renderUnit({
    unit: unit({ headings: ["第一章", "第一節"], caption: "目的" }),
    rows: [
      row({ paragraph: "1", text: "甲" }),
      row({ paragraph: "2", text: "乙\n続き" }),
      row({ paragraph: "2", item: "1", text: "号" }),
      row({ paragraph: "2", item: "1_2", text: "枝" }),
      row({ paragraph: "2", item: "1_2", subitems: ["イ"], text: "い" }),
      row({ paragraph: "2", item: "1_2", subitems: ["イ", "（１）"], text: "一" }),
      row({ paragraph: "2", item: "4:6", text: "削除" }),
      row({ kind: "table", paragraph: "2", text: `甲${S}乙\n丙${S}丁` }),
      row({ paragraph: "2", text: "後の文" }),
    ],
  });
  assert.deepEqual(text.split("\n"), [
    "第一章 第一節",
    "第一条（目的）",
    "甲",
    `2${S}乙`,
    `${S}続き`,
    `${S}一${S}号`,
    `${S}一の二${S}枝`,
    `${S}${S}イ${S}い`,
    `${S}${S}${S}（１）${S}一`,
    `${S}4:6${S}削除`,
    `${S}甲${S}乙`,
    `${S}丙${S}丁`,
    `2${S}後の文`,
  ]);
});

Deno.test("附則 say so, and by which law they came", () => {
  const amendingLawNum = "令和百年法律第三号";
  const one = unit({ provision: "supplementary", amendingLawNum });
  assert.equal(
    renderUnit({ unit: one, rows: [row({})] }),
    "附則 （令和百年法律第三号）\n第一条\n文",
  );
  const whole = unit({ provision: "supplementary", title: "附則" });
  assert.equal(renderUnit({ unit: whole, rows: [row({})] }), "附則\n文");
});

Deno.test("the contents of a law name each heading once", () => {
  assert.equal(renderLawTitle({ title: "試験法", lawNum: "一号" }), "試験法（一号）");
  assert.equal(renderLawTitle({ title: "試験法", lawNum: "" }), "試験法");
  const text = renderContents([
    unit({ title: "前文" }),
    unit({ headings: ["第一章", "第一節"], caption: "目的" }),
    unit({ headings: ["第一章", "第一節"], title: "第二条" }),
    unit({ headings: ["第一章", "第二節"], title: "第三条" }),
    unit({ headings: ["第二章", "第二節"], title: "第四条" }),
    unit({ provision: "supplementary", title: "附則" }),
    unit({ provision: "supplementary", amendingLawNum: "二号", headings: ["第一章"] }),
    unit({ provision: "appendix", title: "別表" }),
  ]);
  assert.deepEqual(text.split("\n"), [
    `${S}前文`,
    "第一章",
    `${S}第一節`,
    `${S}${S}${S}第一条（目的）`,
    `${S}${S}${S}第二条`,
    `${S}第二節`,
    `${S}${S}${S}第三条`,
    "第二章",
    `${S}第二節`,
    `${S}${S}${S}第四条`,
    "附則",
    `${S}附則`,
    "附則（二号）",
    "第一章",
    `${S}${S}第一条`,
    `${S}別表`,
  ]);
});
