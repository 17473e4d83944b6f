import assert from "node:assert/strict";
import { loadDataset } from "../../dataset/load_dataset.ts";
import { formatChoices } from "../../dataset/parse_choices.ts";
import type { Question } from "../../dataset/question.ts";
import { printedNumber } from "../corpus/printed_number.ts";
import { corpusStoreDouble } from "../index/corpus_store_double.ts";
import { createContextStore } from "../recall/context_store.ts";
import { parseContext } from "../recall/parse_context.ts";
import { createCiteSearch } from "./cite_search.ts";

const STORE = corpusStoreDouble([
  { title: "市場法", articles: { "1": "一", "2": "二", "3": "三" } },
  { title: "借家法", articles: { "3": "三" } },
]);

/** More letters than a query has that says little else than what it cites. */
const STORY =
  "市場の開設者が会員の信用を害するおそれのある者からの出資の申込みを承諾しようとするとき届け出る先";

Deno.test("scores fall, and their whole part is how much the query is about what it cites", async () => {
  const search = createCiteSearch(STORE);
  assert.equal(search.type, "cite");
  const cases: Record<string, [unit: number, whole: number][]> = {
    "市場法第2条、同法第1条。借家法第3条。第3条": [[1, 3], [3, 3], [0, 3]],
    [`市場法第2条、同法第1条により${STORY}\n借家法第3条`]: [[3, 2], [1, 2], [0, 1]],
    [`市場法の${STORY}は\na 借家法第3条の者\nb 第2条の者`]: [[3, 1], [1, 1]],
    [`市場法の${STORY}は\na 第2条\nb 市場法第1条から第3条まで`]: [[0, 1], [2, 1], [1, 1]],
    [`市場法の${STORY}は\na 市場法第2条\nb 第3条`]: [[1, 2], [2, 1]],
  };
  for (const [query, expected] of Object.entries(cases)) {
    const hits = await search.search(query, 10);
    assert.deepEqual(hits.map(({ unit, score }) => [unit, Math.floor(score)]), expected, query);
    for (const [i, hit] of hits.entries()) assert.ok(i === 0 || hit.score < hits[i - 1]!.score);
    assert.deepEqual(await search.search(query, 1), hits.slice(0, 1));
  }
  await search.close();
  await search.close();
});

Deno.test("nothing cited, or nothing that the corpus has, gives no hits", async () => {
  const search = createCiteSearch(STORE);
  for (const query of ["", "市場の開設", "市場法", "市場法第9条", "会社法第1条"]) {
    assert.deepEqual(await search.search(query, 10), [], query);
  }
});

Deno.test("a signal that has fired ends the search", async () => {
  const signal = AbortSignal.abort();
  await assert.rejects(createCiteSearch(STORE).search("市場法第1条", 1, signal), {
    name: "AbortError",
  });
});

/** Whether a text has an article's number in digits or kanji; not the parser's way to read it. */
function names(text: string, num: string): boolean {
  const parts = num.split("_").map((part) => `(?:${part}|${printedNumber(part)})`);
  const pattern = `${parts[0]}条${parts.slice(1).map((part) => `の${part}`).join("")}`;
  return new RegExp(`(?<![0-9一二三四五六七八九十百])${pattern}(?!の?[0-9一二三四五六七八九十百])`)
    .test(text.normalize("NFKC").replaceAll(" ", ""));
}

const lawqa = Deno.env.get("HOUQA_TEST_LAWQA");

Deno.test({
  name: "on real questions that name a right article, one is first in 95 % (HOUQA_TEST_LAWQA)",
  ignore: lawqa === undefined,
  async fn() {
    const { questions } = await loadDataset(lawqa!);
    const { store } = createContextStore(questions);
    const search = createCiteSearch(store);
    const textOf = ({ question, choices }: Question) => `${question}\n${formatChoices(choices)}`;
    const namesAny = questions.filter((q) =>
      /[0-9一二三四五六七八九十百] ?条/.test(textOf(q).normalize("NFKC"))
    );
    const missed: number[] = [];
    let namesRight = 0;
    for (const question of namesAny) {
      const gold = parseContext(question.context).filter(({ unit }) => unit.num !== undefined);
      if (!gold.some(({ unit }) => names(textOf(question), unit.num!))) continue;
      namesRight++;
      const [hit] = await search.search(textOf(question), 1);
      const found = hit && store.unit(hit.unit);
      const isRight = gold.some(({ lawTitle, unit }) =>
        lawTitle === found?.lawTitle && unit.num === found.num
      );
      if (!isRight) missed.push(question.index);
    }
    assert.equal(namesAny.length, 95);
    assert.equal(namesRight, 86);
    assert.deepEqual(missed, []);
  },
});
