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

Deno.test("what is cited is found with falling scores whose whole part is how sure it is", async () => {
  const search = createCiteSearch(STORE);
  const hits = await search.search("市場法第2条、同法第1条。借家法第3条。第3条", 10);
  assert.equal(search.type, "cite");
  assert.deepEqual(hits.map(({ unit, score }) => [unit, Math.floor(score)]), [[1, 3], [3, 3], [
    0,
    2,
  ]]);
  for (const [i, hit] of hits.entries()) assert.ok(i === 0 || hit.score < hits[i - 1]!.score);
  assert.deepEqual(await search.search("市場法第2条、同法第1条", 1), hits.slice(0, 1));
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
    assert.deepEqual(missed, [63]);
  },
});
