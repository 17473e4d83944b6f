import assert from "node:assert/strict";
import { lawNumberKey, parsePlace, titleKey } from "./parse_place.ts";

Deno.test("an article, a paragraph and an item are read in every form", () => {
  const article = { provision: "main", num: "21_2" };
  const paragraph = { ...article, paragraph: "1" };
  const item = { ...paragraph, item: "3" };
  for (
    const [expected, texts] of [
      [article, [
        "21の2",
        "21_2",
        "２１の２",
        "二十一の二",
        "21条の2",
        "二十一条の二",
        "第21条ノ2",
      ]],
      [paragraph, [
        "21の2第1項",
        "21の2 1項",
        "21の2一項",
        "２１条の２第１項",
        "第二十一条の二　第一項",
        "21_2 第1項",
        "21の2の1項",
      ]],
      [item, [
        "21の2第1項第3号",
        "21の2 1項 3号",
        "21の2 一項 三号",
        "第二十一条の二第一項第三号",
        "21条の2第1項3号",
      ]],
      [{ ...item, item: "3_2", subitems: ["イ", "(1)"] }, ["21の2 1項 3号の2イ（１）"]],
      [{ provision: "main", num: "21", item: "3" }, ["21第3号", "21 3号", "21条三号"]],
      [{ provision: "main", num: "21", paragraph: "1" }, ["21の1項", "21 1項"]],
      [{ provision: "supplementary", num: "3", paragraph: "2" }, [
        "附則第三条第二項",
        "附則3 2項",
        "附 則 3条2項",
      ]],
      [{ provision: "supplementary", paragraph: "2" }, ["附則第二項", "附則2項"]],
      [{ provision: "supplementary" }, ["附則", "附　則", "附則抄", "附　則　抄"]],
      [{ provision: "supplementary", amendingLaw: "令和100法律3", num: "3" }, [
        "附則（令和百年法律第三号）第三条",
        "附則(令和100年法律第3号)抄 3",
        "附則（令和百年五月一日法律第三号）抄第三条",
      ]],
      [{ provision: "appendix", name: "別表1" }, ["別表第一", "別表1", "別 表 第１"]],
      [{ provision: "appendix", name: "別表1の2", item: "3" }, [
        "別表第一の二第三号",
        "別表1の2 3号",
      ]],
      [{ provision: "appendix", name: "2様式" }, ["第二号様式"]],
    ] as const
  ) for (const text of texts) assert.deepEqual(parsePlace(text), expected, text);
});

Deno.test("what is no place by itself is none", () => {
  for (
    const text of [
      "金商法第二条",
      "十百",
      "",
      " ",
      "0",
      "1項",
      "第二項",
      "前条",
      "第三条及び第四条",
      "21 2 3",
      "1_",
      "第一条x",
      "附則x",
    ]
  ) assert.equal(parsePlace(text), undefined, text);
});

Deno.test("numbers and titles have one form", () => {
  assert.equal(
    lawNumberKey("平成二〇年六月一三日法律第六五号"),
    lawNumberKey("平成20年法律第65号"),
  );
  assert.equal(lawNumberKey("何か"), "何か");
  assert.equal(titleKey("別表第一（第三条関係）"), "別表1(3条関係)");
  assert.equal(titleKey("様式第十二号の二"), "様式12の2");
});
