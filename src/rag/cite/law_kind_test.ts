import assert from "node:assert/strict";
import { implementingLaws, lawKind, onlyRuleOf, parentAct } from "./law_kind.ts";
import { LawNames } from "./law_names.ts";

const namesOf = (...titles: string[]) =>
  new LawNames(titles.map((title) => ({ lawId: title, lawNum: "", title, abbreviations: [] })));

Deno.test("a law's kind is read from its title", () => {
  const kinds = {
    "民法": "act",
    "個人情報の保護に関する法律": "act",
    "皇室典範": "act",
    "民法施行令": "order",
    "物価統制令": "order",
    "企業内容等の開示に関する内閣府令": "rule",
    "医薬品の臨床試験の実施の基準に関する省令": "rule",
    "会社法施行規則": "rule",
    "監督指針": "rule",
  };
  for (const [title, kind] of Object.entries(kinds)) assert.equal(lawKind(title), kind, title);
});

Deno.test("the act of an order is the one its title names", () => {
  const definition = "市場法第二条に規定する定義に関する内閣府令";
  const names = namesOf("市場法", "市場法施行令", definition, "会社計算規則");
  assert.deepEqual(parentAct(names, "市場法施行令"), ["市場法"]);
  assert.deepEqual(parentAct(names, definition), ["市場法"]);
  assert.deepEqual(parentAct(names, "市場法"), ["市場法"]);
  assert.deepEqual(parentAct(names, "会社計算規則"), []);
});

Deno.test("orders and rules of an act are found by its title, 府令 only where there is one", () => {
  const rule = "市場法第二条に規定する定義に関する内閣府令";
  const names = namesOf("市場法", "市場法施行令", rule);
  assert.deepEqual(implementingLaws(names, ["市場法"], "施行令"), ["市場法施行令"]);
  assert.deepEqual(implementingLaws(names, ["市場法"], "施行規則"), []);
  assert.deepEqual(onlyRuleOf(names, ["市場法"]), [rule]);
  const several = namesOf("市場法", rule, "市場法施行規則");
  assert.deepEqual(onlyRuleOf(several, ["市場法"]), []);
});
