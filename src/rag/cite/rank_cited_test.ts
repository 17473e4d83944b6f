import assert from "node:assert/strict";
import { corpusStoreDouble } from "../index/corpus_store_double.ts";
import { CitationResolver } from "./citation_resolver.ts";

const STORE = corpusStoreDouble([
  {
    title: "市場法",
    lawNum: "昭和二十三年法律第二十五号",
    articles: Object.fromEntries(
      ["2", "3", "4", "5", "9", "21_2"].map((num) => [num, `本文${num}`]),
    ),
  },
  { title: "借家法", articles: { "1": "借家" } },
]);
const RESOLVER = new CitationResolver(STORE);
const cited = (text: string) =>
  RESOLVER.citedUnits(text).map(({ unit }) => STORE.unit(unit).lawTitle + STORE.unit(unit).title);

Deno.test("of what is cited as often, the oftener last on its line comes first", () => {
  const choices = [
    "a 市場法第2条により得た権利に係る市場法第5条第1項の行為",
    "b 市場法第2条の行為",
    "c 市場法第5条の行為",
  ];
  assert.deepEqual(cited(`次のうち\n${choices.join("\n")}`), ["市場法第五条", "市場法第二条"]);
  // Not where it is the first line, nor against what is cited oftener.
  assert.deepEqual(cited(choices[0]!), ["市場法第二条", "市場法第五条"]);
  assert.deepEqual(cited(`次のうち\n${choices.join("\n")}\nd 市場法第2条と市場法第9条`), [
    "市場法第二条",
    "市場法第五条",
    "市場法第九条",
  ]);
  // What is joined ends a line together.
  assert.deepEqual(cited("次のうち\na 市場法第2条の者\nb 市場法第4条及び第5条の者"), [
    "市場法第二条",
    "市場法第四条",
    "市場法第五条",
  ]);
});

Deno.test("letters beside the citations of a text are those of no law's name and no article", () => {
  const cases: Record<string, number> = {
    "": 0,
    "市場法第21条の2": 0,
    "「市場法（昭和二十三年法律第二十五号）第２条第１項、第3条」": 0,
    "市場法第2条の要件は？": 4,
    "ａ 市場法第2条\nｂ 借家法第1条": 2,
    "市場の開設": 5,
    "会社法第2条": 3,
  };
  for (const [text, letters] of Object.entries(cases)) {
    assert.equal(RESOLVER.lettersBeside(text), letters, text);
  }
});
