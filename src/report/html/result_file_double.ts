import { ORDER_NAMES, shownLetter } from "../../dataset/choice_orders.ts";
import { isLetter, LETTERS } from "../../dataset/question.ts";
import type { OrderAnswer } from "../../eval/order_schema.ts";
import {
  type QuestionResult,
  type ResultFile,
  resultFileSchema,
} from "../../eval/result_schema.ts";

import { summariseCalibration } from "../../eval/summarise_calibration.ts";
import { summariseOrders } from "../../eval/summarise_orders.ts";

/** What a made-up result file holds. */
export interface ResultDouble {
  readonly questions: number;
  /** Which questions are right; the others go through all other outcomes. */
  readonly isRight: (index: number) => boolean;
  /** Puts something into every text of the file. */
  readonly spoil?: (text: string) => string;
  /** Characters of the first response. */
  readonly longest?: number;
  /** Every question in four orders of its choices, and calibrated. */
  readonly inOrders?: boolean;
}

const OTHER_OUTCOMES = ["wrong", "unparsed", "truncated", "error"] as const;

/** A result file with every field that a report shows, checked by the schema. */
export function makeResultFile(double: ResultDouble): ResultFile {
  const { questions, spoil = (text) => text } = double;
  const results = Array.from({ length: questions }, (_, index) => {
    const result = makeResult(index, double);
    return double.inOrders ? { ...result, ...orderAnswers(result) } : result;
  });
  const correct = results.filter(({ is_correct: isCorrect }) => isCorrect).length;
  const ofOutcome = (name: string) => results.filter(({ outcome }) => outcome === name).length;
  const letters = { a: 0, b: 0, c: 0, d: 0 };
  const depths = (value: number) => ({ "1": value, "3": value, "5": value, "10": value });
  return resultFileSchema.parse({
    schema_version: 1,
    config: {
      rag_enabled: true,
      retriever_type: "bm25",
      llm_model: spoil("model"),
      few_shot_enabled: false,
      cot_enabled: false,
      reranker_enabled: false,
      reranker_model: null,
      rerank_top_n: null,
      ensemble_runs: null,
      top_k: 3,
      total_samples: questions,
      llm_backend: "hf",
      hf_model_name: spoil("model"),
      lora_path: null,
      context: "retrieved",
      corpus: spoil("index"),
      temperature: 0,
      seed: 42,
      max_tokens: 16,
      num_ctx: null,
      think: false,
      structured_output: false,
    },
    summary: {
      accuracy: correct / questions,
      correct_count: correct,
      total_count: questions,
      accuracy_interval: { low: 0, high: 1 },
      wrong_count: ofOutcome("wrong"),
      unparsed_count: ofOutcome("unparsed"),
      truncated_count: ofOutcome("truncated"),
      error_count: ofOutcome("error"),
      error_kinds: {},
      answered_count: correct + ofOutcome("wrong"),
      predicted_letters: letters,
      gold_letters: letters,
      seconds: questions,
      ...(double.inOrders
        ? {
          orders: summariseOrders(results),
          calibration: summariseCalibration(results, { a: -3, b: -2, c: -1, d: -0.6 }),
        }
        : {}),
      retrieval: { found_count: correct, question_count: questions },
      recall: {
        questions,
        any_at: depths(1),
        all_at: depths(1),
        recall_at: { "1": 0.3, "3": 0.5, "5": 0.7, "10": 0.8 },
        mrr_at_10: 0.4,
      },
      floors: [{
        baseline: spoil("longest"),
        correct_count: 0,
        total_count: questions,
        accuracy: 0,
      }],
    },
    provenance: {
      houqa_version: "0.1.0",
      extraction_version: 1,
      started_at: "2026-01-01T00:00:00.000Z",
      finished_at: "2026-01-01T01:00:00.000Z",
      sittings: 1,
      dataset: { path: "nowhere.json", sha256: "0".repeat(64), question_count: questions },
      prompt: { version: 1, sha256: "1".repeat(64), messages_before_question: [] },
      llm: {
        backend: "hf",
        model: spoil("model"),
        adapter: spoil("adapter"),
        dtype: spoil("q8"),
        device: spoil("cpu"),
        versions: { [spoil("onnx")]: spoil("1") },
      },
      settings: {},
      runtime: { deno: "2", os: "linux", arch: "x64" },
    },
    results,
  });
}

function makeResult(index: number, double: ResultDouble): QuestionResult {
  const { isRight, spoil = (text: string) => text, longest = 0 } = double;
  const gold = LETTERS[index % 4]!;
  const outcome = isRight(index) ? "correct" : OTHER_OUTCOMES[index % 4]!;
  const wrong = LETTERS[(index + 1) % 4]!;
  const isAnswered = outcome === "correct" || outcome === "wrong";
  const response = spoil(`${index} 番の答えは ${outcome === "correct" ? gold : wrong} です。`);
  const article = {
    law_id: "1",
    law_title: spoil("法律"),
    provision: "main" as const,
    title: spoil(`第${index}条`),
    url: index % 2 === 0 ? `javascript:${spoil("x")}` : "https://example.com/law",
  };
  const prompt = `【参照条文】\n# ${spoil("法律")}\n${spoil("条文")}\n\n【問題】\n${index}`;
  return {
    index,
    question: spoil(`第${index}条について、正しいものを選んでください。`),
    choices: LETTERS.map((letter) => `${letter} ${spoil("選択肢").replace(/[\r\n]/g, " ")}`).join(
      "\n",
    ),
    correct_answer: gold,
    predicted_answer: outcome === "correct"
      ? gold
      : outcome === "wrong"
      ? wrong
      : outcome === "error"
      ? "error"
      : "unknown",
    is_correct: outcome === "correct",
    outcome,
    response: outcome === "error"
      ? ""
      : index === 0 && longest > 0
      ? response.repeat(Math.ceil(longest / response.length))
      : response,
    retrieved_docs_count: 1,
    retrieved: [{
      source: spoil("source"),
      score: 1.5,
      rank: 1,
      sha256: "2".repeat(64),
      is_gold: index % 2 === 0,
      article,
    }],
    left_out: [{ article, reason: "budget" }],
    file_name: spoil(`法${index % 3}_第1章_問題番号${index}`),
    references: [
      `javascript:alert(${index})`,
      spoil("https://example.com/"),
      "https://example.com/a",
    ],
    prompt,
    ...(outcome === "error" ? { error: spoil("timeout") } : {}),
    seconds: 0.5 + index % 7,
    prompt_tokens: 100 + index,
    thinking: spoil("考えた"),
    extraction_rule: spoil("sole_letter"),
    ...(isAnswered ? { letter_logprobs: { a: -1, b: -1.5, c: -2, d: -1.2 } } : {}),
    samples: outcome === "error" ? [] : [1, 2].map((seed) => ({
      letter: "unknown" as const,
      response: spoil(`回答 ${seed}: ${outcome === "correct" ? gold : wrong}`),
      finish_reason: "stop" as const,
      seconds: 1,
    })),
  };
}

/**
 * The plain answer in the file's order; in the others the choice at "d" where the question's number is
 * even, else the same choice.
 */
function orderAnswers(result: QuestionResult): Partial<QuestionResult> {
  const { index, correct_answer: correct, predicted_answer: plain, outcome, response } = result;
  if (outcome === "error") return { orders: [] };
  const orders = ORDER_NAMES.map((order, place): OrderAnswer => {
    const letter = place > 0 && index % 2 === 0
      ? LETTERS.find((one) => shownLetter(order, one) === "d")!
      : plain;
    const isKnown = isLetter(letter);
    return {
      order,
      predicted_answer: letter,
      is_correct: letter === correct,
      outcome: !isKnown ? outcome : letter === correct ? "correct" : "wrong",
      response: `${order}: ${response}`,
      shown_answer: isKnown ? shownLetter(order, letter) : "unknown",
      shown_correct_answer: shownLetter(order, correct),
    };
  });
  const given = new Set(orders.map(({ predicted_answer: letter }) => letter));
  return {
    orders,
    majority: {
      predicted_answer: plain as "a",
      is_correct: plain === correct,
      outcome: outcome as "wrong",
      votes: { [plain]: 4 },
      decided_by: "majority",
    },
    is_consistent: given.size === 1 && !given.has("unknown"),
    is_correct_in_all_orders: orders.every(({ is_correct: isCorrect }) => isCorrect),
    calibrated: {
      predicted_answer: "d",
      is_correct: correct === "d",
      letter_logprobs: { a: -3, b: -3, c: -2, d: -0.3 },
    },
  };
}
