import assert from "node:assert/strict";
import fc from "fast-check";
import { formatChoices } from "../../dataset/parse_choices.ts";
import { loadDataset } from "../../dataset/load_dataset.ts";
import type { Question } from "../../dataset/question.ts";
import type { LawRow } from "../corpus/law.ts";
import { buildIndex } from "../index/build_index.ts";
import { lawDouble, unitDouble, withIndexFolder } from "../index/index_double.ts";
import { openIndex } from "../index/open_index.ts";
import { bestUnits, createBm25Search } from "./bm25_search.ts";

Deno.test("units come by their best row, each once, equal ones in the corpus's order", () => {
  const scores = Float64Array.of(1, 3, 0, 0, 3, 3, 2, 0, 5);
  const firstRows = Uint32Array.of(0, 2, 4, 7, 8, 9);
  assert.deepEqual(bestUnits({ scores, firstRows }, 9), [
    { unit: 4, score: 5, bestRow: 8 },
    { unit: 0, score: 3, bestRow: 1 },
    { unit: 2, score: 3, bestRow: 4 },
  ]);
  assert.deepEqual(bestUnits({ scores, firstRows }, 2).map(({ unit }) => unit), [4, 0]);
  assert.deepEqual(bestUnits({ scores, firstRows }, 0), []);
});

Deno.test("the best units are those of a plain sort", () => {
  const units = fc.array(fc.array(fc.nat({ max: 6 }), { minLength: 1, maxLength: 4 }), {
    minLength: 1,
    maxLength: 60,
  });
  fc.assert(fc.property(units, fc.integer({ min: 1, max: 12 }), (units, limit) => {
    const starts = [0];
    for (const rows of units) starts.push(starts.at(-1)! + rows.length);
    const expected = units.map((rows, unit) => {
      const score = Math.max(...rows);
      return { unit, score, bestRow: starts[unit]! + rows.indexOf(score) };
    }).filter(({ score }) => score > 0).sort((a, b) => b.score - a.score).slice(0, limit);
    const scores = Float64Array.from(units.flat());
    assert.deepEqual(bestUnits({ scores, firstRows: Uint32Array.from(starts) }, limit), expected);
  }));
});

Deno.test("a search finds articles, keeps to its limit and stops at a signal", async () => {
  await withIndexFolder(async (folder) => {
    const laws = [
      lawDouble("甲法", [["届出をする。"], ["許可を受ける。", "届出は要しない。"]]),
      lawDouble("届出法", [["目的"]]),
    ];
    await buildIndex(laws, folder);
    const search = createBm25Search(await openIndex(folder));
    assert.equal(search.type, "bm25");
    const hits = await search.search("届出", 10);
    // The title counts double; of the others the shorter row is better.
    assert.deepEqual(hits.map(({ unit, bestRow }) => [unit, bestRow]), [[2, 3], [0, 0], [1, 2]]);
    assert.equal((await search.search("届出", 1)).length, 1);
    assert.deepEqual(await search.search("罰金", 10), []);
    await assert.rejects(search.search("届出", 1, AbortSignal.abort()), { name: "AbortError" });
    await search.close();
    await search.close();
  });
});

const lawqa = Deno.env.get("HOUQA_TEST_LAWQA");

/** A context as an article: its headings name the law and the article, its rows are what follows. */
function lawOf(context: string, index: number) {
  const titles: string[] = [];
  const articles: string[] = [];
  for (const line of context.split("\n")) {
    const [, marks, text] = /^(#+)\s*(.*)$/.exec(line) ?? [];
    if (marks?.length === 2) titles.push(text!);
    if (marks?.length === 3) articles.push(text!);
  }
  const rows: LawRow[] = [{ kind: "paragraph", text: context }];
  const unit = { ...unitDouble(String(index), []), title: articles.join(" "), rows };
  return lawDouble(titles.join(" "), [], { lawId: `context ${index}`, units: [unit] });
}

Deno.test({
  name: "the contexts of the real questions are found (HOUQA_TEST_LAWQA)",
  ignore: lawqa === undefined,
  async fn() {
    const { questions } = await loadDataset(lawqa!);
    const contexts = [...new Set(questions.map((q) => q.context))];
    await withIndexFolder(async (folder) => {
      await buildIndex(contexts.map(lawOf), folder);
      const search = createBm25Search(await openIndex(folder));
      const foundWithin = async (queryOf: (question: Question) => string) => {
        const within = [0, 0, 0];
        for (const question of questions) {
          const hits = await search.search(queryOf(question), 5);
          const place = hits.findIndex(({ unit }) => contexts[unit] === question.context);
          [1, 3, 5].forEach((limit, index) => {
            if (place >= 0 && place < limit) within[index]!++;
          });
        }
        return within;
      };
      // Bigrams of the plain text alone find 95, 114 and 119; some questions name no subject at all.
      assert.deepEqual(await foundWithin(({ question }) => question), [103, 118, 121]);
      assert.deepEqual(
        await foundWithin(({ question, choices }) => `${question}\n${formatChoices(choices)}`),
        [136, 140, 140],
      );
      await search.close();
    });
  },
});
