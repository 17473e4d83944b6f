import assert from "node:assert/strict";
import { loadDataset } from "../dataset/load_dataset.ts";
import { makeSampleQuestions } from "../dataset/sample_questions.ts";
import { createDatasetRetriever } from "./dataset_retriever.ts";
import { createRagPipeline } from "./rag_pipeline.ts";

const STYLE = { mode: "direct", fewShot: false } as const;

Deno.test("each context mode shows what it says", async () => {
  const questions = makeSampleQuestions(6);
  const question = questions[2]!;
  const retriever = createDatasetRetriever(questions);
  const prepare = (contextMode: "none" | "gold" | "retrieved") =>
    createRagPipeline({ contextMode, topK: 2, style: STYLE, retriever }).prepare(question);
  assert.equal((await prepare("none")).prompt.parts.context, "");
  assert.equal((await prepare("gold")).prompt.parts.context, question.context);
  const { retrieved, prompt } = await prepare("retrieved");
  assert.ok(retrieved);
  assert.equal(retrieved.length, 2);
  assert.deepEqual(retrieved.map((context) => context.rank), [1, 2]);
  assert.ok(retrieved[0]!.score >= retrieved[1]!.score);
  assert.equal(retrieved[0]!.source, "試験用法 第3条");
  assert.equal(prompt.parts.context, retrieved.map((context) => context.text).join("\n\n"));
});

Deno.test("a question without a context of its own is asked without one", async () => {
  const [question] = makeSampleQuestions(1);
  const pipeline = createRagPipeline({ contextMode: "gold", topK: 1, style: STYLE });
  const { prompt } = await pipeline.prepare({ ...question!, context: "" });
  assert.equal(prompt.parts.context, "");
});

Deno.test("statutes are looked up once a question", async () => {
  const [question] = makeSampleQuestions(1);
  let lookups = 0;
  const pipeline = createRagPipeline({
    contextMode: "retrieved",
    topK: 1,
    style: STYLE,
    retriever: {
      type: "counting",
      corpus: "none",
      retrieve: () => Promise.resolve([{ source: "s", score: 1, rank: 1, text: `t${++lookups}` }]),
    },
  });
  await pipeline.prepare(question!);
  assert.equal((await pipeline.prepare(question!)).prompt.parts.context, "t1");
});

Deno.test("retrieving without a retriever is a programming error", () => {
  assert.throws(() => createRagPipeline({ contextMode: "retrieved", topK: 1, style: STYLE }));
});

const lawqa = Deno.env.get("HOUQA_TEST_LAWQA");

Deno.test({
  name: "the contexts of the real questions are found (HOUQA_TEST_LAWQA)",
  ignore: lawqa === undefined,
  async fn() {
    const { questions } = await loadDataset(lawqa!);
    const pipeline = createRagPipeline({
      contextMode: "retrieved",
      topK: 3,
      style: STYLE,
      retriever: createDatasetRetriever(questions),
    });
    let first = 0;
    let found = 0;
    for (const question of questions) {
      const { retrieved } = await pipeline.prepare(question);
      if (retrieved?.[0]?.text === question.context) first++;
      if (retrieved?.some((context) => context.text === question.context)) found++;
    }
    assert.deepEqual({ first, found }, { first: 134, found: 140 });
  },
});
