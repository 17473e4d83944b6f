/** For tests: random laws, token counters and what must hold of contexts that were cut. */
import fc from "fast-check";
import type { Law, LawRow, LawUnit } from "../corpus/law.ts";
import type { TokenCounter } from "./token_counter.ts";

/** Clauses that a sentence is made of, with brackets that hold full stops. */
const CLAUSES = [
  "金融商品取引業者等は、",
  "届出をしなければならない",
  "（次条において「届出。」という。）",
  "前項の規定は、",
  "準用する",
  "「甲。乙」",
  "政令で定める",
];

const sentences = fc.array(
  fc.tuple(
    fc.array(fc.constantFrom(...CLAUSES), { minLength: 1, maxLength: 6 }),
    fc.constantFrom("。", "。", "。", "？", "\n"),
  ).map(([clauses, end]) => clauses.join("") + end),
  { minLength: 1, maxLength: 5 },
).map((all) => all.join("").trim());

/** Rows of one unit: paragraphs, some with items and イ, ロ below them. */
const rows: fc.Arbitrary<LawRow[]> = fc.array(
  fc.record({
    text: sentences,
    items: fc.array(
      fc.record({ text: sentences, subitems: fc.array(sentences, { maxLength: 2 }) }),
      { maxLength: 3 },
    ),
    tail: fc.option(sentences, { nil: undefined }),
  }),
  { minLength: 1, maxLength: 4 },
).map((paragraphs) =>
  paragraphs.flatMap(({ text, items, tail }, at): LawRow[] => {
    const paragraph = String(at + 1);
    return [
      { kind: "paragraph", paragraph, text },
      ...items.flatMap((item, place): LawRow[] => [
        { kind: "item", paragraph, item: String(place + 1), text: item.text },
        ...item.subitems.map((text, index): LawRow => ({
          kind: "item",
          paragraph,
          item: String(place + 1),
          subitems: ["イロ"[index]!],
          text,
        })),
      ]),
      ...(tail === undefined ? [] : [{ kind: "paragraph", paragraph, text: tail } as const]),
    ];
  })
);

/** A law of some units in all of its parts. */
export const lawArbitrary: fc.Arbitrary<Law> = fc.array(
  fc.record({
    rows,
    provision: fc.constantFrom("main", "main", "supplementary", "appendix"),
    isDeleted: fc.boolean(),
  }),
  { minLength: 1, maxLength: 6 },
).map((units) => ({
  lawId: "323AC0000000025",
  lawNum: "昭和二十三年法律第二十五号",
  title: "金融商品取引法",
  abbreviations: [],
  units: units.map(({ rows, provision, isDeleted }, at): LawUnit => ({
    provision,
    num: String(at + 1),
    title: `第${at + 1}条`,
    caption: "",
    headings: [],
    isDeleted,
    rows,
  })),
}));

/** Counters of several kinds: by characters, by words that merge across lines, uneven ones. */
export const COUNTERS: Readonly<Record<string, TokenCounter>> = {
  characters: (text) => text.length,
  /** A line's start costs more, so joined texts are not the sum of their parts. */
  merging: (text) => Math.ceil(text.replace(/\n+#*/g, "|||").length * 0.7),
  pairs: (text) => text.match(/[一-龠]{1,3}|[\s\S]/gu)?.length ?? 0,
};
