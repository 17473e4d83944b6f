import assert from "node:assert/strict";
import fc from "fast-check";
import { findCitations } from "./find_citations.ts";
import { LawNames } from "./law_names.ts";

const TITLES = [
  "金融商品取引法",
  "金融商品取引法施行令",
  "金融商品取引業等に関する内閣府令",
  "金融商品取引法第二章の六の規定による重要情報の公表に関する内閣府令",
  "借地借家法",
  "医薬品、医療機器等の品質、有効性及び安全性の確保等に関する法律",
  "医薬品、医療機器等の品質、有効性及び安全性の確保等に関する法律施行規則",
];
const SHORT = new Map([
  ["金", TITLES[0]],
  ["金令", TITLES[1]],
  ["業府令", TITLES[2]],
  ["重府令", TITLES[3]],
  ["借", TITLES[4]],
  ["薬", TITLES[5]],
  ["薬則", TITLES[6]],
]);
const SHORT_OF = new Map(SHORT.entries().map(([short, title]) => [title, short]));
const NAMES = new LawNames(
  TITLES.map((title) => ({
    lawId: title,
    lawNum: title === "金融商品取引法" ? "昭和二十三年法律第二十五号" : "",
    title,
    abbreviations: [],
  })),
);

/** `金 5/1` named, `金? 5` after 同法 and the like, `金?? 5` without any law; `-` no law known. */
function cite(text: string, names = NAMES): string[] {
  return findCitations(text, names).map(({ lawIds, confidence, place, step }) => {
    const law = SHORT_OF.get(lawIds[0]) ?? lawIds[0] ?? "-";
    const doubt = { explicit: "", relation: "?", bare: "??" }[confidence];
    const { provision, num = "-", paragraph, item } = place;
    const parts = [num, ...(paragraph || item ? [paragraph ?? "-"] : []), ...(item ? [item] : [])];
    return `${law}${doubt} ${provision === "main" ? "" : `${provision} `}${parts.join("/")}` +
      (step === undefined ? "" : ` step ${step}`);
  });
}

Deno.test("the law of an article is the one named before it", () => {
  const cases: Record<string, string[]> = {
    "金融商品取引法第5条第6項": ["金 5/6"],
    "金商法2条": ["金 2"],
    "「金融商品取引法」第5条": ["金 5"],
    "金融商品取引法 第５条": ["金 5"],
    "金融商品取引法の第5条": ["金 5"],
    "金融商品取引法第二章第一節第5条": ["金 5"],
    "金融商品取引法（昭和二十三年法律第二十五号）第5条": ["金 5"],
    "旧市場法（昭和23年法律第25号）第5条": ["金 5"],
    "証券取引法第5条": ["金 5"],
    "金商法施行令第1条": ["金令 1"],
    "薬機法施行規則第2条": ["薬則 2"],
    "薬事法施行規則第2条": ["薬則 2"],
    "金商業等府令第123条第1項第8号": ["業府令 123/1/8"],
    "金融商品取引法附則第3条": ["金 supplementary 3"],
    "金融商品取引法別表第一": ["金 appendix 1"],
    "金融商品取引法第18条及び第19条第1項": ["金 18", "金 19/1"],
    "金融商品取引法第5条第1項第2号又は第3号": ["金 5/1/2", "金 5/1/3"],
    "金融商品取引法第5条第1項及び第13項": ["金 5/1", "金 5/13"],
    "借地借家法第3条と金融商品取引法第4条": ["借 3", "金 4"],
  };
  for (const [text, expected] of Object.entries(cases)) {
    assert.deepEqual(cite(text), expected, text);
  }
});

Deno.test("同法, 法, 施行令, 府令 and 同条 point to what was named", () => {
  const cases: Record<string, string[]> = {
    "金融商品取引法第5条。同法第6条": ["金 5", "金? 6"],
    "金融商品取引法について、法第4条": ["金? 4"],
    "金融商品取引法について、同法施行令第4条": ["金令? 4"],
    "金融商品取引法について、施行令第4条": ["金令? 4"],
    "金融商品取引法について、令第4条": ["金令? 4"],
    "金融商品取引法施行令第1条。同令第2条": ["金令 1", "金令? 2"],
    "金融商品取引法第1条。内閣府令第2条": ["金 1", "重府令? 2"],
    "薬機法第1条。同法施行規則第3条": ["薬 1", "薬則? 3"],
    "金商法第4条第1項。同条第2項": ["金 4/1", "金? 4/2"],
    "金商法第4条。同条第1項及び第2項": ["金 4", "金? 4/1", "金? 4/2"],
    "金商法第4条。次条": ["金 4", "金?? 4 step 1"],
    "借地借家法第1条。金商法施行令第2条。同法第3条": ["借 1", "金令 2", "借? 3"],
  };
  for (const [text, expected] of Object.entries(cases)) {
    assert.deepEqual(cite(text), expected, text);
  }
});

Deno.test("a name that the text itself defines is as good as a title", () => {
  const law = "金融商品取引法（昭和二十三年法律第二十五号。以下「法」という。）";
  assert.deepEqual(cite(`借地借家法と${law}。法第3条`), ["金 3"]);
  assert.deepEqual(cite("借地借家法（以下単に「家屋法」という。）。家屋法第3条"), ["借 3"]);
  assert.deepEqual(cite("未知法（以下「法」という。）と借地借家法。法第3条"), ["- 3"]);
  assert.deepEqual(cite("届出をした者（以下「甲」という。）。借地借家法第3条"), ["借 3"]);
});

Deno.test("an article without a law is of the law named last, else of the only one in sight", () => {
  assert.deepEqual(cite("金商法第4条。第5条"), ["金 4", "金?? 5"]);
  assert.deepEqual(cite("第5条。借地借家法"), ["借?? 5"]);
  assert.deepEqual(cite("第5条"), ["-?? 5"]);
  const only = new LawNames([{ lawId: "x", lawNum: "", title: "唯一法", abbreviations: [] }]);
  assert.deepEqual(cite("第5条", only), ["x?? 5"]);
});

Deno.test("an article of a law that the corpus lacks is of no other law", () => {
  for (
    const text of [
      "金融商品取引法と会社法第5条",
      "金融商品取引法と会社法（平成十七年法律第八十六号）第5条",
      "金融商品取引法と会社法施行規則第5条",
      "借地借家法と借地借家法施行令第5条",
      "借地借家法と金融分野ガイドライン第5条",
      "借地借家法と新宿区条例第5条",
    ]
  ) {
    assert.deepEqual(cite(text), ["- 5"], text);
  }
  assert.deepEqual(cite("借地借家法施行令第5条及び第6条"), ["- 5", "- 6"]);
  assert.deepEqual(cite("借地借家法等の一部を改正する法律第5条"), ["- 5"]);
  assert.deepEqual(cite("金融商品取引法と暗号資産に関する内閣府令第5条"), ["- 5"]);
  assert.deepEqual(cite("金融商品取引法の暗号資産を取得する法第5条"), ["金? 5"]);
});

Deno.test("a line that is all citation stands by itself", () => {
  const text = "借地借家法第1条について\n" +
    "a 借地借家法第2条第1項本文\nｂ　借地借家法第3条。\nc 借地借家法第4条の者";
  assert.deepEqual(findCitations(text, NAMES).map(({ standing }) => standing), [
    "first",
    "alone",
    "alone",
    "later",
  ]);
});

Deno.test("in an article's own text bare places are of its law, and 法 is the act above it", () => {
  const read = (text: string, lawId: string, terms = new Map<string, string[]>()) =>
    findCitations(text, NAMES, { lawId, place: { provision: "main", num: "7" }, terms })
      .map(({ lawIds, place: { num, paragraph }, step }) =>
        `${SHORT_OF.get(lawIds[0])} ${num}${paragraph === undefined ? "" : `/${paragraph}`}` +
        (step === undefined ? "" : ` step ${step}`)
      );
  const [act, order, rule] = [TITLES[0]!, TITLES[1]!, TITLES[2]!];
  assert.deepEqual(read("第三条の規定は、前条第一項、次条及び前二条について準用する。", act), [
    "金 3",
    "金 7/1 step -1",
    "金 7 step 1",
    "金 7 step -2",
  ]);
  assert.deepEqual(read("前項、第二項及び本条の規定", act), []);
  assert.deepEqual(read("借地借家法第一条及び法第四条第一項の者は第二条", order), [
    "借 1",
    "金 4/1",
    "金令 2",
  ]);
  const terms = new Map([["法", [act]], ["令", [order]]]);
  assert.deepEqual(read("法第四条及び令第五条、この府令第六条", rule, terms), [
    "金 4",
    "金令 5",
    "業府令 6",
  ]);
});

Deno.test("whatever the text, nothing is thrown and citations stand in it in order", () => {
  const words = fc.constantFrom(
    ...[
      "金融商品取引法",
      "金商法",
      "施行令",
      "同法",
      "法",
      "令",
      "府令",
      "第",
      "条",
      "の",
      "項",
      "号",
    ],
    ...[
      "一",
      "3",
      "５",
      "附則",
      "別表",
      "同条",
      "前条",
      "次条",
      "から",
      "まで",
      "及び",
      "、",
      "（",
      "）",
    ],
    ...[
      "「",
      "」",
      "以下",
      "という",
      "\n",
      "a ",
      "昭和二十三年法律第二十五号",
      "第二章",
      "𠮷",
      "の一部を改正する",
    ],
  );
  const texts = fc.oneof(
    fc.array(words, { maxLength: 60 }).map((parts) => parts.join("")),
    fc.string({ unit: "binary", maxLength: 60 }),
  );
  const here = {
    lawId: TITLES[1]!,
    place: { provision: "main", num: "7" },
    terms: new Map(),
  } as const;
  fc.assert(
    fc.property(texts, fc.constantFrom(undefined, here), (text, viewpoint) => {
      let last = 0;
      for (const { start, end } of findCitations(text, NAMES, viewpoint)) {
        assert.ok(start >= last && end > start && end <= text.length);
        last = end;
      }
    }),
    { numRuns: 2000 },
  );
});
