import assert from "node:assert/strict";
import type { Law } from "../corpus/law.ts";
import { lawDouble, unitDouble } from "../index/index_double.ts";
import { createMemoryCorpusStore } from "../recall/memory_corpus_store.ts";
import type { Retriever } from "../retriever.ts";
import { RECALL_DEPTHS } from "../recall/recall_measures.ts";
import type { ArticleHit } from "../search/article_search.ts";
import { searchDouble } from "../search/search_double.ts";
import { createLawRetriever, type LawRetrieverOptions } from "./law_retriever.ts";

const LAW: Law = {
  ...lawDouble("金融商品取引法", []),
  lawId: "323AC0000000025",
  lawNum: "昭和二十三年法律第二十五号",
  units: [
    unitDouble("1", ["この法律は、目的を定める。"], {
      caption: "目的",
      headings: ["第一章　総則"],
    }),
    unitDouble("2", ["定義を定める。", "第五条の規定は、前項の場合に準用する。"], {
      title: "第二条",
      headings: ["第一章　総則"],
    }),
    unitDouble("3", ["削除"], { isDeleted: true }),
    unitDouble("4", ["前条の規定にかかわらず、届け出る。"]),
    unitDouble("5", ["次条及び第二条の規定による。"]),
    unitDouble("6", ["罰則。"]),
    unitDouble("1", ["この法律は、公布の日から施行する。"], { provision: "supplementary" }),
  ],
};
const STORE = createMemoryCorpusStore([LAW, lawDouble("別の法", [["別の規定。"]])]);

function retriever(hits: readonly ArticleHit[], more: Partial<LawRetrieverOptions> = {}) {
  return createLawRetriever({
    search: searchDouble("bm25", hits),
    store: STORE,
    corpus: "laws",
    ...more,
  });
}
const hit = (unit: number, bestRow = STORE.unit(unit).firstRow): ArticleHit => ({
  unit,
  bestRow,
  score: 10 - unit,
});

Deno.test("a context tells which article it is, where it is, and its best row", async () => {
  const laws: Retriever = retriever([hit(1, 2)]);
  assert.deepEqual([laws.type, laws.corpus], ["bm25", "laws"]);
  const text = "## 金融商品取引法\n### 第2条\n#### 第1項\n定義を定める。\n#### 第2項\n" +
    "第五条の規定は、前項の場合に準用する。";
  const { contexts } = await laws.retrieve("準用", { limit: 3 });
  assert.deepEqual(contexts, [{
    source: "金融商品取引法 第2条",
    score: 9,
    rank: 1,
    text,
    unit: 1,
    article: {
      lawId: "323AC0000000025",
      lawTitle: "金融商品取引法",
      lawNum: "昭和二十三年法律第二十五号",
      provision: "main",
      num: "2",
      title: "第二条",
      caption: "",
      isDeleted: false,
      url: "https://laws.e-gov.go.jp/law/323AC0000000025#Mp-Ch_1-At_2",
    },
    bestRow: {
      row: 2,
      paragraph: "2",
      span: { start: text.indexOf("第五条の"), end: text.length },
    },
  }]);
  const marks = retriever([hit(1, 2)], { isMarked: true });
  const { contexts: [marked] } = await marks.retrieve("q", { limit: 1 });
  assert.match(marked!.text, /#### 第2項\n【該当箇所】第五条の/);
  const { start, end } = marked!.bestRow.span;
  assert.equal(marked!.text.slice(start, end), "第五条の規定は、前項の場合に準用する。");
});

Deno.test("several hits of one article are one context", async () => {
  const laws = retriever([hit(1, 1), hit(0), hit(1, 2)]);
  const { contexts } = await laws.retrieve("q", { limit: 3 });
  assert.deepEqual(contexts.map(({ unit, rank, bestRow }) => [unit, rank, bestRow.row]), [
    [1, 1, 1],
    [0, 2, 0],
  ]);
});

Deno.test("neighbours and referenced articles follow the hits, each once", async () => {
  const show = async (more: Partial<LawRetrieverOptions>, hits: ArticleHit[]) => {
    const { contexts, leftOut } = await retriever(hits, more).retrieve("q", { limit: 9 });
    assert.deepEqual(contexts.map(({ rank }) => rank), contexts.map((_, at) => at + 1));
    return {
      shown: contexts.map(({ unit, expanded }) =>
        expanded === undefined ? unit : `${unit} ${expanded.relation} of ${expanded.ofRank}`
      ),
      leftOut: leftOut.map(({ unit, reason }) => `${unit} ${reason}`),
    };
  };
  const both = ["neighbours", "references"] as const;
  assert.deepEqual(await show({ expand: ["neighbours"] }, [hit(1), hit(5)]), {
    // 3 is deleted, and behind 6 another part of the law begins.
    shown: [1, 5, "0 previous of 1", "4 previous of 2"],
    leftOut: [],
  });
  assert.deepEqual(await show({ expand: ["references"] }, [hit(4), hit(0)]), {
    shown: [4, 0, "5 reference of 1", "1 reference of 1"],
    leftOut: [],
  });
  assert.deepEqual(await show({ expand: both }, [hit(1), hit(4)]), {
    shown: [1, 4, "0 previous of 1", "5 reference of 2", "3 previous of 2"],
    leftOut: [],
  });
  assert.deepEqual(await show({ expand: both, mostReferences: 1 }, [hit(4)]), {
    shown: [4, "5 reference of 1", "3 previous of 1"],
    leftOut: ["1 too_many_references"],
  });
  assert.deepEqual(await show({ expand: both }, [hit(7)]), { shown: [7], leftOut: [] });
});

Deno.test("what is added gives way first, and nothing goes without a word", async () => {
  const laws = retriever([hit(4), hit(0)], {
    expand: ["references"],
    countTokens: (text) => text.length,
  });
  const found = await laws.retrieve("質問", { limit: 2, budgetTokens: 100 });
  assert.deepEqual(found.contexts.map(({ unit, rank }) => [unit, rank]), [[4, 1], [0, 2], [5, 3]]);
  assert.equal(found.budgetTokens, 100);
  assert.ok(found.tokens <= 100);
  assert.deepEqual(
    found.leftOut.map(({ unit, reason, expanded, rows }) => ({
      ...{ unit, reason, expanded, rows },
    })),
    [{
      unit: 1,
      reason: "budget",
      expanded: { relation: "reference", ofRank: 1 },
      rows: 2,
    }],
  );
  const signal = AbortSignal.abort();
  await assert.rejects(laws.retrieve("q", { limit: 2, signal }), { name: "AbortError" });
});

Deno.test("one search gives the articles of the prompt and ten to rank", async () => {
  const part = unitDouble("", ["経過措置。"], { provision: "supplementary", title: "附則" });
  const { num: _, ...unnumbered } = part;
  const store = createMemoryCorpusStore([{
    ...lawDouble("甲法", Array.from({ length: 15 }, (_, at) => [`第${at}の規定。`])),
  }, { ...lawDouble("乙法", []), units: [unnumbered, unnumbered, unnumbered] }]);
  // Two parts of 乙法's 附則, an article, its third part, and fourteen more articles.
  const search = searchDouble("bm25", [
    15,
    16,
    0,
    17,
    ...Array.from({ length: 14 }, (_, at) => at + 1),
  ]);
  const laws = createLawRetriever({ search, store, corpus: "laws" });
  const { contexts, ranked } = await laws.retrieve("q", { limit: 3 });
  assert.equal(search.calls.length, 1);
  assert.deepEqual(contexts.map(({ unit, rank }) => [unit, rank]), [[15, 1], [0, 2], [1, 3]]);
  assert.deepEqual(ranked.map(({ unit }) => unit), [15, 0, 1, 2, 3, 4, 5, 6, 7, 8]);
  assert.equal(ranked.length, RECALL_DEPTHS.at(-1));
  const many = await laws.retrieve("q", { limit: 12 });
  assert.deepEqual([many.contexts.length, many.ranked.length], [12, 12]);
});
