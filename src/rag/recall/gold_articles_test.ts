import assert from "node:assert/strict";
import { LawNames } from "../cite/law_names.ts";
import { corpusStoreDouble } from "../index/corpus_store_double.ts";
import { articleKey } from "./article_key.ts";
import { GoldLocator } from "./gold_articles.ts";

const STORE = corpusStoreDouble([
  {
    title: "金融商品取引法",
    lawId: "323AC0000000025",
    articles: { "5": "本文", "6": "六", "附則 5": "附則", "別表 5": "表", "別表": "番号のない表" },
  },
  { title: "改題後の施行令", lawId: "340CO0000000321", articles: { "1": "令" } },
]);
const LOCATOR = new GoldLocator(STORE, new LawNames(STORE.laws()));
const locate = (context: string, ...references: string[]) =>
  LOCATOR.locate({ context, references });
const keysOf = (...units: number[]) => new Set(units.map((unit) => articleKey(STORE.unit(unit))));
const ORDER = "https://laws.e-gov.go.jp/law/340CO0000000321";

Deno.test("the right articles are those of the headings, by the law's title", () => {
  const gold = locate("## 金融商品取引法\n### 第5条\n五\n#### 第2項\n二\n### 第6条\n六");
  assert.deepEqual(gold, { keys: keysOf(0, 1), missing: [] });
  assert.deepEqual(locate("## 金商法\n### 第5条\n五").keys, keysOf(0));
  assert.deepEqual(locate("## 金融商品取引法\n### 別表第五\n五").keys, keysOf(4));
});

Deno.test("a law that the corpus has under another title is found by the references", () => {
  const context = "## 金融商品取引法\n### 第5条\n五\n## 昔の施行令\n### 第1条\n一";
  assert.deepEqual(locate(context, ORDER).keys, keysOf(0, 5));
  assert.deepEqual(locate(context), { keys: keysOf(0), missing: ["昔の施行令 第1条"] });
});

Deno.test("where there is nothing to find it says why", () => {
  assert.equal(locate("").reason, "it has no コンテキスト");
  assert.equal(
    locate("## 指針\n### 4-1\n説明", ORDER).reason,
    "it quotes no article of a law, but 指針",
  );
  assert.equal(locate("## 会社法\n### 第1条\n一").reason, "the corpus has no 会社法");
  assert.equal(
    locate("## 金融商品取引法\n### 第9条\n九").reason,
    "the corpus has none of 金融商品取引法 第9条",
  );
  assert.deepEqual(locate("## 会社法\n### 第1条\n一").missing, ["会社法 第1条"]);
});

Deno.test("of several laws of one title the references choose", () => {
  const store = corpusStoreDouble([
    { title: "甲法", lawId: "323AC0000000025", articles: { "1": "旧" } },
    { title: "甲法", lawId: "405AC0000000001", articles: { "1": "新" } },
  ]);
  const locator = new GoldLocator(store, new LawNames(store.laws()));
  const context = "## 甲法\n### 第1条\n一";
  const reference = "https://laws.e-gov.go.jp/law/405AC0000000001";
  const keys = new Set([articleKey(store.unit(1))]);
  assert.deepEqual(locator.locate({ context, references: [reference] }).keys, keys);
  assert.equal(locator.locate({ context, references: [] }).keys.size, 2);
});
