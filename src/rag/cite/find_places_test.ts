import assert from "node:assert/strict";
import fc from "fast-check";
import { printedNumber } from "../corpus/printed_number.ts";
import { findPlaces } from "./find_places.ts";
import { foldWidth } from "./fold_width.ts";
import type { PlaceMention } from "./place.ts";

const find = (text: string) => findPlaces(foldWidth(text));

/** One line for each place: 21_2/3/5/イ, with what is special about it. */
function describe({ anchor, count, place, isJoined, endsRange }: PlaceMention): string {
  const { provision, num, paragraph, item, subitems = [] } = place;
  return [
    anchor === "number" ? "" : `${anchor}${count ?? ""} `,
    provision === "main" ? "" : `${provision} `,
    [num, paragraph, item, ...subitems].map((part) => part ?? "-").join("/").replace(/(\/-)+$/, ""),
    endsRange ? " to" : isJoined ? " and" : "",
  ].join("");
}

Deno.test("places are read in every printed form", () => {
  const cases: Record<string, string[]> = {
    "第二十一条の二第三項第五号": ["21_2/3/5"],
    "第21条の2": ["21_2"],
    "２１条の２": ["21_2"],
    "21条": ["21"],
    "第百六十七条の三": ["167_3"],
    "第1百六十七条の３": ["167_3"],
    "第２十七条ノ三": ["27_3"],
    "第 16 条 第１項 第７号の２イ（１）": ["16/1/7_2/イ/(1)"],
    "第二条第一項第三号ロ(ii)": ["2/1/3/ロ/(ii)"],
    "第６条 の２第１項": ["6_2/1"],
    "5条1項2号": ["5/1/2"],
    "第3条の2項": ["3/2"],
    "第5条の第2項": ["5/2"],
    "第五条第一項から第三項まで": ["5/1", "none -/3 to"],
    "第五条から第七条の二まで": ["5", "7_2 to"],
    "第5条～第7条": ["5", "7 to"],
    "第五条から起算して第七条": ["5", "7"],
    "第三条又は第四条": ["3", "4 and"],
    "第8条第1項ただし書及び第13項若しくは第7条": ["8/1", "none -/13 and", "7 and"],
    "同条第二項": ["same -/2"],
    "前条": ["previous -"],
    "前二条": ["previous2 -"],
    "次条第一項": ["next -/1"],
    "本条第一項": ["this -/1"],
    "附則第三条": ["supplementary 3"],
    "附則第二項": ["supplementary -/2"],
    "附則": ["supplementary -"],
    "別表第一": ["appendix 1"],
    "別表第一の二第三号": ["appendix 1_2/-/3"],
    "別表2": ["appendix 2"],
    "別表": ["appendix -"],
  };
  for (const [text, expected] of Object.entries(cases)) {
    assert.deepEqual(find(text).map(describe), expected, text);
  }
});

Deno.test("の二 is part of the number only where no other word begins with it", () => {
  const cases: Record<string, string> = {
    "第三条の一部": "3",
    "第三条の一般": "3",
    "第五条の三分の二": "5",
    "第八条の二十日前": "8",
    "第五条の一の事業": "5",
    "第七条の十分な": "7",
    "第九条の三か月": "9",
    "第3条の2つの要件": "3",
    "第三条の二の規定": "3_2",
    "第三条の二、": "3_2",
    "第三条の二から": "3_2",
    "第27条の13 により": "27_13",
    "第三条の二十": "3_20",
  };
  for (const [text, expected] of Object.entries(cases)) {
    assert.deepEqual(find(text).map(describe), [expected], text);
  }
});

Deno.test("words that only look like places are none", () => {
  for (
    const text of [
      "条件",
      "第一条件",
      "3条件",
      "第二条約",
      "第三条例",
      "基本条項",
      "同条約",
      "第零条",
      "第10000条",
      "12345条",
      "条",
      "第条",
      "第三章",
      "第1項目",
    ]
  ) {
    assert.deepEqual(find(text).map(describe), [], text);
  }
});

const part = fc.integer({ min: 1, max: 9999 });
// No statute has a の一, and in 第五条の一の事業 it is a word of its own.
const branch = fc.integer({ min: 2, max: 9999 });
const numbers = (most: number) =>
  fc.tuple(part, fc.array(branch, { maxLength: most })).map(([first, rest]) => [first, ...rest]);
const place = fc.record({
  num: numbers(3),
  paragraph: fc.option(part, { nil: undefined }),
  item: fc.option(numbers(2), { nil: undefined }),
});
const KANJI = "〇一二三四五六七八九";
const forms = fc.constantFrom<(value: number) => string>(
  String,
  (value) => printedNumber(String(value))!,
  (value) => String(value).replace(/\d/g, (digit) => String.fromCharCode(Number(digit) + 0xff10)),
  (value) => String(value).replace(/\d/g, (digit) => KANJI[Number(digit)]!),
);

Deno.test("any place comes back from any way to print it", () => {
  fc.assert(
    fc.property(
      place,
      fc.array(forms, { minLength: 9, maxLength: 9 }),
      fc.constantFrom("", " ", "　"),
      fc.constantFrom("", "の規定により", "、", "に"),
      ({ num, paragraph, item }, [...printers], gap, tail) => {
        const print = (value: number) => `${gap}${printers.pop()!(value)}${gap}`;
        const branches = (rest: number[]) => rest.map((value) => `の${print(value)}`).join("");
        const text = `第${print(num[0]!)}条${branches(num.slice(1))}` +
          (paragraph === undefined ? "" : `第${print(paragraph)}項`) +
          (item === undefined ? "" : `第${print(item[0]!)}号${branches(item.slice(1))}`);
        const [found, ...others] = find(text + tail);
        assert.deepEqual(others, []);
        assert.deepEqual(found!.place, {
          provision: "main",
          num: num.join("_"),
          ...(paragraph === undefined ? {} : { paragraph: String(paragraph) }),
          ...(item === undefined ? {} : { item: item.join("_") }),
        });
        assert.equal(found!.start, 0);
        assert.ok(found!.end >= text.trimEnd().length - 1, text);
      },
    ),
    { numRuns: 500 },
  );
});

Deno.test("whatever the text, places stand in it in order and do not overlap", () => {
  const words = fc.constantFrom(
    ...[
      "第",
      "条",
      "の",
      "項",
      "号",
      "一",
      "十",
      "2",
      "３",
      "附則",
      "別表",
      "同",
      "前",
      "次",
      "から",
    ],
    ...["まで", "及び", "、", " ", "\n", "イ", "（", "）", "件", "𠮷", "法"],
  );
  fc.assert(
    fc.property(fc.array(words, { maxLength: 60 }), (parts) => {
      const text = foldWidth(parts.join(""));
      let last = 0;
      for (const { start, end, place } of findPlaces(text)) {
        assert.ok(start >= last && end > start && end <= text.length);
        assert.match(place.num ?? "1", /^[1-9]\d{0,3}(_[1-9]\d{0,3}){0,4}$/);
        last = end;
      }
    }),
    { numRuns: 1000 },
  );
});
