import assert from "node:assert/strict";
import fc from "fast-check";
import { corpusStoreDouble } from "../index/corpus_store_double.ts";
import { createMemoryCorpusStore } from "../recall/memory_corpus_store.ts";
import { CitationResolver } from "./citation_resolver.ts";
import type { CitedUnit } from "./rank_cited.ts";

const ARTICLES = Object.fromEntries(
  ["1", "2", "3", "3_2", "4", "5", "9", "21", "21_2"].map((num) => [num, `本文${num}`]),
);
const STORE = corpusStoreDouble([
  {
    title: "市場法",
    lawNum: "昭和二十三年法律第二十五号",
    articles: {
      ...ARTICLES,
      "2": "定義は次のとおり。\n(1) 一号\n(2) 二号\n(2_2) 二の二号\n第二項\n(1) 二項一号",
      "4":
        "前条第一項、次条及び第二十一条の二の規定は、準用する。\n前項及び前二条の規定は、第九条に定める。",
      "附則": "施行する。",
      "附則 3": "経過措置",
      "別表 1": "表一",
      "別表 2": "表二",
    },
  },
  {
    title: "市場法施行令",
    articles: {
      "1": "市場法（以下「法」という。）第二条の者",
      "2": "法第三条及び前条の届出は、別表に定める。",
      "別表": "表",
    },
  },
  { title: "借家法", articles: { "1": "借家", "3": "借家三" } },
]);
const RESOLVER = new CitationResolver(STORE);

function show(cited: readonly CitedUnit[]): string[] {
  return cited.map(({ unit, bestRow }) => {
    const { lawTitle, title, provision, num } = STORE.unit(unit);
    const { paragraph, item } = STORE.row(bestRow);
    const part = provision === "supplementary" && num !== undefined ? "附則" : "";
    return `${lawTitle}${part}${title}` +
      (paragraph === undefined ? "" : ` ${paragraph}`) + (item === undefined ? "" : `/${item}`);
  });
}
const cited = (text: string) => show(RESOLVER.citedUnits(text));

Deno.test("cited articles are found with the row that is cited", () => {
  const cases: Record<string, string[]> = {
    "市場法第21条の2": ["市場法第二十一条の二 1"],
    "市場法第二条第一項第二号の二": ["市場法第二条 1/2_2"],
    "市場法第２条第２項第１号": ["市場法第二条 2/1"],
    "市場法第2条第2項": ["市場法第二条 2"],
    "市場法第2条第1号": ["市場法第二条 1/1"],
    "市場法第2条第8項": ["市場法第二条 1"],
    "市場法附則第3条": ["市場法附則第三条 1"],
    "市場法附則第1項": ["市場法附則 1"],
    "市場法別表第二": ["市場法別表第二 1"],
    "市場法施行令別表": ["市場法施行令別表 1"],
    "市場法第100条": [],
    "会社法第1条": [],
    "市場の開設について": [],
    "": [],
  };
  for (const [text, expected] of Object.entries(cases)) {
    assert.deepEqual(cited(text), expected, text);
  }
});

Deno.test("the surest come first, then those of their own lines, of the first line, the oftener cited", () => {
  assert.deepEqual(cited("第1条は、借家法第3条により市場法第5条と"), [
    "借家法第三条 1",
    "市場法第五条 1",
    "借家法第一条 1",
  ]);
  assert.deepEqual(
    cited(
      "市場法第1条のうち\na 市場法第2条の者\nb 市場法第3条の者、市場法第3条の2の者、市場法第3条\nc 市場法第4条",
    ),
    ["市場法第四条 1", "市場法第一条 1", "市場法第三条 1", "市場法第二条 1", "市場法第三条の二 1"],
  );
});

Deno.test("a range brings what is between its ends, behind what is named", () => {
  assert.deepEqual(cited("市場法第2条から第4条まで及び第9条"), [
    "市場法第二条 1",
    "市場法第四条 1",
    "市場法第九条 1",
    "市場法第三条 1",
    "市場法第三条の二 1",
  ]);
  assert.deepEqual(cited("市場法第4条から第2条まで"), ["市場法第四条 1", "市場法第二条 1"]);
});

Deno.test("an article is looked up in the laws in sight that have it", () => {
  assert.deepEqual(cited("市場法と借家法。第21条"), ["市場法第二十一条 1"]);
});

Deno.test("units that one citation fits equally share a rank; the one with the cited row is first", () => {
  const unit = (paragraph: string) => ({
    provision: "main" as const,
    num: "5",
    title: "第五条",
    caption: "",
    headings: [],
    isDeleted: false,
    rows: [{ kind: "paragraph" as const, paragraph, text: "本文" }],
  });
  const store = createMemoryCorpusStore([{
    lawId: "x",
    lawNum: "",
    title: "抜粋法",
    abbreviations: [],
    units: [unit("1"), unit("2"), unit("1")],
  }]);
  const found = new CitationResolver(store).citedUnits("抜粋法第5条第1項、抜粋法第5条第2項");
  assert.deepEqual(found.map(({ unit, rank }) => [unit, rank]), [[0, 0], [2, 0], [1, 1]]);
});

Deno.test("an article refers to others of its law and to other laws, never to itself", () => {
  const unitOf = (lawId: string, num: string) => STORE.unitsOf(lawId, num)[0]!.unit;
  const referenced = (lawId: string, num: string) =>
    show(RESOLVER.referencedUnits(unitOf(lawId, num)));
  assert.deepEqual(referenced("市場法", "4"), [
    "市場法第三条の二 1",
    "市場法第五条 1",
    "市場法第二十一条の二 1",
    "市場法第三条 1",
    "市場法第九条 1",
  ]);
  assert.deepEqual(referenced("市場法施行令", "2"), [
    "市場法第三条 1",
    "市場法施行令第一条 1",
    "市場法施行令別表 1",
  ]);
  assert.deepEqual(referenced("借家法", "1"), []);
  assert.throws(() => RESOLVER.referencedUnits(STORE.unitCount), RangeError);
});

Deno.test("in a corpus of excerpts the unit beside an article is not taken for the next article", () => {
  const store = corpusStoreDouble([
    { title: "抜粋法", articles: { "5": "次条及び前条の規定", "9": "前条の規定", "10": "十条" } },
  ]);
  const resolver = new CitationResolver(store);
  assert.deepEqual(resolver.referencedUnits(0), []);
  assert.deepEqual(resolver.referencedUnits(1), []);
  assert.deepEqual(
    new CitationResolver(corpusStoreDouble([
      {
        title: "抜粋法",
        articles: { "9": "次条の規定", "10": "前条の規定", "10_2": "前二条の規定" },
      },
    ])).referencedUnits(2).map(({ unit }) => unit),
    [0, 1],
  );
});

Deno.test("附則 of an amending law refers to itself, not to the law's own 附則", () => {
  const supplementary = (num: string, text: string, amendingLawNum?: string) => ({
    provision: "supplementary" as const,
    ...(amendingLawNum === undefined ? {} : { amendingLawNum }),
    num,
    title: `附則第${num}条`,
    caption: "",
    headings: [],
    isDeleted: false,
    rows: [{ kind: "paragraph" as const, paragraph: "1", text }],
  });
  const store = createMemoryCorpusStore([{
    lawId: "x",
    lawNum: "",
    title: "改正された法",
    abbreviations: [],
    units: [
      supplementary("1", "施行期日"),
      supplementary("2", "附則第一条の規定"),
      supplementary("1", "施行期日", "平成十八年法律第六十五号"),
      supplementary("2", "附則第一条及び前条の規定", "平成十八年法律第六十五号"),
    ],
  }]);
  const resolver = new CitationResolver(store);
  assert.deepEqual(resolver.referencedUnits(1).map(({ unit }) => unit), [0]);
  assert.deepEqual(resolver.referencedUnits(3).map(({ unit }) => unit), [2]);
  assert.deepEqual(resolver.citedUnits("改正された法附則第2条").map(({ unit }) => unit), [1]);
});

Deno.test("whatever is asked, each cited unit comes once, with a row of its own, ranks rising", () => {
  const words = fc.constantFrom(
    ...[
      "市場法",
      "市場法施行令",
      "借家法",
      "同法",
      "法",
      "令",
      "第",
      "条",
      "の",
      "項",
      "号",
      "2",
      "三",
    ],
    ...[
      "附則",
      "別表",
      "同条",
      "前条",
      "次条",
      "から",
      "まで",
      "及び",
      "、",
      "\n",
      "100",
      "第2条",
      "第4条",
    ],
  );
  fc.assert(
    fc.property(fc.array(words, { maxLength: 40 }), (parts) => {
      const found = RESOLVER.citedUnits(parts.join(""));
      assert.equal(new Set(found.map(({ unit }) => unit)).size, found.length);
      let last = 0;
      for (const { unit, bestRow, rank } of found) {
        assert.equal(STORE.row(bestRow).unit, unit);
        assert.ok(rank === last || rank === last + 1);
        last = rank;
      }
    }),
    { numRuns: 1000 },
  );
});
