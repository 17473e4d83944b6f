import assert from "node:assert/strict";
import { loadDataset } from "../../dataset/load_dataset.ts";
import { makeSampleQuestions } from "../../dataset/sample_questions.ts";
import { UsageError } from "../../settings/usage_error.ts";
import { createDatasetSource } from "./dataset_source.ts";
import { measureRetrieval } from "./measure_retrieval.ts";

const QUESTIONS = makeSampleQuestions(12);

Deno.test("the contexts are searched by words, by citation, and by both", async () => {
  const source = createDatasetSource(QUESTIONS, "q.json");
  assert.deepEqual(source.retrievers, ["bm25", "cite", "cite+bm25"]);
  for (const retriever of source.retrievers) {
    const search = await source.open(retriever);
    assert.equal(search.type, retriever);
    const hits = await search.search("試験用法第7条の届出の期間", 3);
    assert.equal(source.store.unit(hits[0]!.unit).num, "7", retriever);
    assert.equal(hits.length, retriever === "cite" ? 1 : 3);
    await assert.rejects(search.search("x", 1, AbortSignal.abort()), { name: "AbortError" });
    await search.close();
  }
  await source.close();
});

Deno.test("of several contexts that quote the cited article the words choose", async () => {
  const [one, two] = makeSampleQuestions(2);
  const questions = [
    { ...one!, context: "## 甲法\n### 第1条\n申請書の様式は告示で定める。" },
    { ...two!, context: "## 甲法\n### 第1条\n手数料は千円とする。" },
  ];
  const source = createDatasetSource(questions, "q.json");
  const search = await source.open("cite+bm25");
  for (
    const [query, expected] of [["甲法第1条の手数料", [1, 0]], ["甲法第1条の申請書の様式", [0, 1]]]
  ) {
    const hits = await search.search(query as string, 5);
    assert.deepEqual(hits.map(({ unit }) => unit), expected, query as string);
  }
});

Deno.test("an unknown search and a file without contexts are refused", async () => {
  const source = createDatasetSource(QUESTIONS, "q.json");
  await assert.rejects(
    source.open("vector"),
    (error: Error) =>
      error instanceof UsageError && /"vector", only by bm25, cite, cite\+bm25/.test(error.message),
  );
  const none = QUESTIONS.map((question) => ({ ...question, context: "" }));
  assert.throws(() => createDatasetSource(none, "q.json"), /q\.json has no コンテキスト.*--index/);
});

const lawqa = Deno.env.get("HOUQA_TEST_LAWQA");

Deno.test({
  name:
    "every real question's context is found, and cite helps where the question is asked alone " +
    "(HOUQA_TEST_LAWQA)",
  ignore: lawqa === undefined,
  async fn() {
    const { questions } = await loadDataset(lawqa!);
    const source = createDatasetSource(questions, lawqa!);
    const counts = async (query: "full" | "question") => {
      const { retrievers, unresolved } = await measureRetrieval(questions, source, {
        retrievers: source.retrievers,
        query,
      });
      assert.equal(unresolved.length, 0);
      return Object.fromEntries(
        retrievers.map(({ retriever, contexts }) => {
          const { any_at } = contexts!;
          return [retriever, [any_at["1"], any_at["3"], any_at["5"]]];
        }),
      );
    };
    assert.deepEqual(await counts("full"), {
      "bm25": [134, 140, 140],
      "cite": [78, 86, 86],
      "cite+bm25": [135, 140, 140],
    });
    assert.deepEqual(await counts("question"), {
      "bm25": [99, 115, 118],
      "cite": [42, 44, 44],
      "cite+bm25": [108, 120, 122],
    });
  },
});
