import assert from "node:assert/strict";
import { loadDataset } from "../dataset/load_dataset.ts";
import type { Question } from "../dataset/question.ts";
import { makeSampleQuestions } from "../dataset/sample_questions.ts";
import { renderPrompt } from "../prompt/render_prompt.ts";
import { createDatasetRetriever } from "../rag/dataset_retriever.ts";
import { RAGPipeline } from "../rag/rag_pipeline.ts";
import type { RetrieveOptions, Retriever } from "../rag/retriever.ts";
import { QuestionPrompts } from "./question_prompts.ts";

function pipelineOf(retriever?: Retriever): RAGPipeline<Question> {
  return new RAGPipeline<Question>({
    ...(retriever === undefined ? {} : { retriever }),
    render: (question, contexts) =>
      renderPrompt(question, contexts, { mode: "direct", fewShot: false }),
  });
}

Deno.test("each context mode shows what it says", async () => {
  const questions = makeSampleQuestions(6);
  const question = questions[2]!;
  const pipeline = pipelineOf(createDatasetRetriever(questions));
  const prepare = (contextMode: "none" | "gold" | "retrieved") =>
    new QuestionPrompts(pipeline, { contextMode, limit: 2 }).prepare(question);
  assert.equal((await prepare("none")).prompt.parts.context, "");
  assert.equal((await prepare("gold")).prompt.parts.context, question.context);
  const { retrieved, prompt, gold } = await prepare("retrieved");
  assert.ok(retrieved);
  assert.equal(retrieved.length, 2);
  assert.deepEqual(retrieved.map((context) => context.rank), [1, 2]);
  assert.deepEqual(retrieved.map((context) => context.isGold), [true, false]);
  assert.equal(gold, undefined);
  assert.ok(retrieved[0]!.score >= retrieved[1]!.score);
  assert.equal(retrieved[0]!.source, "試験用法 第3条");
  assert.equal(prompt.parts.context, retrieved.map((context) => context.text).join("\n\n"));
});

Deno.test("a question without a context of its own is asked without one", async () => {
  const [question] = makeSampleQuestions(1);
  const prompts = new QuestionPrompts(pipelineOf(), { contextMode: "gold", limit: 1 });
  const { prompt } = await prompts.prepare({ ...question!, context: "" });
  assert.equal(prompt.parts.context, "");
});

Deno.test("statutes are looked up once a question, with its room and the signal", async () => {
  const [question] = makeSampleQuestions(1);
  const lookups: RetrieveOptions[] = [];
  const pipeline = pipelineOf({
    type: "counting",
    corpus: "none",
    retrieve: (_, options) => {
      lookups.push(options);
      return Promise.resolve({
        contexts: [{ source: "s", score: 1, rank: 1, text: `t${lookups.length}` }],
      });
    },
    judge: () => ({ isGold: [true], gold: { count: 2, ranks: [1], notInCorpus: ["乙"] } }),
  });
  const prompts = new QuestionPrompts(pipeline, {
    contextMode: "retrieved",
    limit: 1,
    roomFor: ({ index }) => 100 + index,
  });
  const { signal } = new AbortController();
  const first = await prompts.prepare(question!, signal);
  assert.deepEqual(first.retrieved![0]!.isGold, true);
  assert.deepEqual(first.gold!.notInCorpus, ["乙"]);
  assert.equal((await prompts.prepare(question!)).prompt.parts.context, "t1");
  assert.deepEqual(lookups, [{ limit: 1, budgetTokens: 100, signal }]);
});

Deno.test("retrieving without a retriever is a programming error", () => {
  assert.throws(() => new QuestionPrompts(pipelineOf(), { contextMode: "retrieved", limit: 1 }));
});

const lawqa = Deno.env.get("HOUQA_TEST_LAWQA");

Deno.test({
  name: "the contexts of the real questions are found (HOUQA_TEST_LAWQA)",
  ignore: lawqa === undefined,
  async fn() {
    const { questions } = await loadDataset(lawqa!);
    const pipeline = pipelineOf(createDatasetRetriever(questions));
    const prompts = new QuestionPrompts(pipeline, { contextMode: "retrieved", limit: 3 });
    let first = 0;
    let found = 0;
    for (const question of questions) {
      const { retrieved } = await prompts.prepare(question);
      if (retrieved?.[0]?.text === question.context) first++;
      if (retrieved?.some((context) => context.text === question.context)) found++;
    }
    assert.deepEqual({ first, found }, { first: 134, found: 140 });
  },
});
