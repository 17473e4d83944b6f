import assert from "node:assert/strict";
import { Writable } from "node:stream";
import { stripVTControlCharacters } from "node:util";
import { makeSampleQuestions } from "../dataset/sample_questions.ts";
import type { QuestionResult, ResultFile } from "../eval/result_schema.ts";
import { scoreFloors, summarise } from "../eval/summarise.ts";
import { renderConsoleReport } from "./console_report.ts";
import { createProgressBar, createProgressLines } from "./progress_display.ts";

function makeResult(results: Partial<QuestionResult>[]): ResultFile {
  const questions = makeSampleQuestions(results.length);
  const whole = questions.map((question, index): QuestionResult => ({
    index,
    question: question.question,
    choices: "",
    correct_answer: question.answer,
    predicted_answer: "a",
    is_correct: false,
    outcome: "wrong",
    response: "a",
    retrieved_docs_count: 0,
    file_name: question.fileName,
    references: [],
    prompt: "",
    ...results[index],
  }));
  const floors = scoreFloors(questions.map((q) => ({
    answer: q.answer,
    parts: { context: q.context, question: q.question, choices: q.choices },
  })));
  return {
    schema_version: 1,
    config: {
      rag_enabled: true,
      retriever_type: "bm25",
      llm_model: "m",
      few_shot_enabled: true,
      cot_enabled: false,
      reranker_enabled: false,
      reranker_model: null,
      rerank_top_n: null,
      ensemble_runs: null,
      top_k: 3,
      total_samples: whole.length,
      llm_backend: "ollama",
      hf_model_name: null,
      lora_path: null,
      context: "retrieved",
      corpus: "dataset",
      temperature: 0,
      seed: 42,
      max_tokens: 16,
      num_ctx: 4096,
      think: false,
      structured_output: true,
    },
    summary: summarise(whole, 10, floors),
    provenance: {
      houqa_version: "0",
      extraction_version: 1,
      started_at: "2030-01-01T00:00:00Z",
      finished_at: "2030-01-01T00:00:10Z",
      sittings: 2,
      dataset: { path: "q.json", sha256: "0", question_count: whole.length },
      prompt: { version: 1, sha256: "0", messages_before_question: [] },
      llm: { backend: "ollama", model: "m", dtype: "Q4_K_M", device: "gpu", versions: {} },
      settings: {},
      runtime: { deno: "2", os: "linux", arch: "x86_64" },
    },
    results: whole,
  };
}

const right = (letter: "a" | "b" | "c" | "d"): Partial<QuestionResult> => ({
  predicted_answer: letter,
  is_correct: true,
  outcome: "correct",
});
const failed: Partial<QuestionResult> = {
  predicted_answer: "error",
  outcome: "error",
  error: "no answer",
  error_kind: "timeout",
};

Deno.test("the block shows counts, shares with their counts, the interval and the floors", () => {
  const text = renderConsoleReport(makeResult([right("a"), right("b"), {}, {}]), "out.json", false);
  for (
    const expected of [
      /EVALUATION RESULTS/,
      /Total Samples: +4\n/,
      /Correct: +2\n/,
      /Incorrect: +2\n/,
      /Accuracy: +50\.0 % \(2\/4\), 95 % interval 15\.0 % to 85\.0 %/,
      /Floor: +always:a 25\.0 % \(1\/4\), longest .*, overlap 100\.0 % \(4\/4\)/,
      /predicted: +3 +1 +0 +0 +0 +0\n/,
      /gold: +1 +1 +1 +1\n/,
      /Time: +10\.0 s \(2\.50 s a question\), in 2 sittings/,
      /Output: +out\.json/,
      /ollama \/ m \(Q4_K_M, gpu\)/,
      /Asked: .*corpus dataset\), constrained to one letter\n/,
    ]
  ) assert.match(text, expected);
  assert.ok(!text.includes("WARNING"));
  assert.ok(!text.includes("of answered"));
});

Deno.test("an error, an unreadable and a cut answer are not called incorrect", () => {
  const text = renderConsoleReport(
    makeResult([
      right("a"),
      {},
      { predicted_answer: "unknown", outcome: "unparsed" },
      { predicted_answer: "unknown", outcome: "truncated" },
      failed,
      { ...failed, error_kind: "server" },
    ]),
    "out.json",
    false,
  );
  for (
    const expected of [
      /Incorrect: +1\n/,
      /of answered: +50\.0 % \(1\/2\)/,
      /Timeout: +1\n/,
      /Parse: +1 /,
      /Truncated: +1 /,
      /Other: +1 +\(server 1\)/,
      /predicted: +2 +0 +0 +0 +2 +2\n/,
      /2 of 6 questions ended in an error/,
    ]
  ) assert.match(text, expected);
});

Deno.test("a collapse is named", () => {
  const text = renderConsoleReport(makeResult(Array(20).fill({})), "out.json", false);
  assert.match(text, /WARNING: 20 of 20 answers are "a" \(expected about 25\.0 %/);
});

Deno.test("a run in which nothing was answered shows no share of answered", () => {
  const text = renderConsoleReport(makeResult([failed, failed]), "out.json", false);
  assert.match(text, /Accuracy: +0\.0 % \(0\/2\), nothing was answered\n/);
  assert.ok(!text.includes("of answered"));
});

Deno.test("retrieval shows how often the right statutes were found, and what it meant", () => {
  const context = { source: "s", score: 1, rank: 1, sha256: "0" };
  const text = renderConsoleReport(
    makeResult([
      {
        outcome: "correct",
        is_correct: true,
        retrieved: [{ ...context, is_gold: true }],
        gold_articles: { count: 2, ranks: [1, 4] },
      },
      { retrieved: [{ ...context, is_gold: false }], gold_articles: { count: 1, ranks: [] } },
      { ...failed, retrieved: [{ ...context, is_gold: true }] },
    ]),
    "out.json",
    false,
  );
  assert.match(text, /right one among the first 3: 66\.7 % \(2\/3\)\n/);
  assert.match(
    text,
    /\n {2}found: +accuracy 50\.0 % \(1\/2\)\n {2}not found: +accuracy 0\.0 % \(0\/1\)\n/,
  );
  assert.match(text, /a right article @1 1 {2}@3 1 {2}@5 1 {2}@10 1 {2}of 2; MRR 0\.500\n/);
});

Deno.test("questions that nothing in the index settles are a group of their own", () => {
  const article = { law_id: "1", law_title: "法", provision: "main" as const, title: "第一条" };
  const shown = { source: "s", score: 1, rank: 1, sha256: "0", is_gold: false, article };
  const text = renderConsoleReport(makeResult([{ retrieved: [shown] }]), "out.json", false);
  assert.match(
    text,
    /nothing in the index settles a question\n {2}not in index: +accuracy 0\.0 % \(0\/1\)\n/,
  );
  assert.doesNotMatch(text, /not found/);
});

Deno.test("what the index lacks and what had no room have lines of their own", () => {
  const article = { law_id: "1", law_title: "法", provision: "main" as const, title: "第一条" };
  const shown = { source: "s", score: 1, rank: 1, sha256: "0", is_gold: true, article };
  const out = { article, rank: 2, reason: "budget" as const };
  const result = makeResult([
    {
      retrieved: [{ ...shown, is_cut: true }],
      gold_articles: { count: 3, ranks: [1], not_in_corpus: ["乙法 第1条"] },
    },
    { retrieved: [], left_out: [out], gold_articles: { count: 1, ranks: [2] } },
    { retrieved: [shown], left_out: [{ article, reason: "too_many_references" }] },
  ]);
  const config = { ...result.config, context_tokens: 700 };
  const text = renderConsoleReport({ ...result, config }, "out.json", false);
  assert.match(
    text,
    /\n {2}Missing: +1 right articles of 1 of these questions are not in the index; recall counts/,
  );
  assert.match(
    text,
    /\n {2}Room: +statutes cut or left out for 2 of 3 questions, 1 of them asked without any \(700 /,
  );
  assert.equal(result.summary.recall!.recall_at!["10"], (1 / 3 + 1) / 2);
});

Deno.test("reranked statutes are counted as they are shown", () => {
  const result = makeResult([{ retrieved: [] }]);
  const config = { ...result.config, top_k: 20, rerank_top_n: 5, reranker_enabled: true };
  const text = renderConsoleReport({ ...result, config }, "out.json", false);
  assert.match(text, /retrieved context \(5 after reranking, bm25,/);
  assert.match(text, /right one among the first 5: /);
});

Deno.test("colour adds nothing but escapes", () => {
  const result = makeResult([failed, {}]);
  const colored = renderConsoleReport(result, "out.json", true);
  const plain = renderConsoleReport(result, "out.json", false);
  assert.notEqual(colored, plain);
  assert.equal(stripVTControlCharacters(colored), plain);
});

Deno.test("piped, progress is a line for every tenth", () => {
  const lines: string[] = [];
  const display = createProgressLines((line) => lines.push(line));
  for (let done = 0; done <= 40; done++) {
    display.update({ done, total: 40, correct: done / 2, errors: 0 });
  }
  display.stop();
  assert.equal(lines.length, 10);
  assert.equal(lines[0], "10 %  4/40  accuracy 50.0 % (2/4)  errors 0");
  assert.equal(lines.at(-1), "100 %  40/40  accuracy 50.0 % (20/40)  errors 0");
});

Deno.test("on a terminal, progress is a bar with counts, accuracy and errors", () => {
  let written = "";
  const terminal = Object.assign(
    new Writable({
      write(chunk, _encoding, done) {
        written += chunk;
        done();
      },
    }),
    { isTTY: true, columns: 100 },
  );
  const bar = createProgressBar(terminal);
  bar.update({ done: 0, total: 4, correct: 0, errors: 0 });
  bar.update({ done: 3, total: 4, correct: 1, errors: 1 });
  bar.stop();
  bar.stop();
  bar.update({ done: 4, total: 4, correct: 1, errors: 1 });
  const text = stripVTControlCharacters(written);
  assert.match(text, /0\/4 {2}accuracy - /);
  assert.match(text, /3\/4 {2}accuracy 33\.3 % \(1\/3\) {2}errors 1/);
  assert.ok(!text.includes("4/4"));
});
