import { z } from "zod";
import { isLetter, type Letter } from "../dataset/question.ts";
import type { Outcome } from "../eval/result_schema.ts";
import { UsageError } from "../settings/usage_error.ts";
import type { ComparedQuestion, ComparedRun } from "./compared_run.ts";
import { flattenFacts } from "./flatten_facts.ts";
import { QuestionKeys, readChoices } from "./question_key.ts";

const olderQuestionSchema = z.looseObject({
  question: z.string(),
  choices: z.union([z.string(), z.record(z.string(), z.string())]),
  correct_answer: z.string(),
  predicted_answer: z.string().nullish(),
  response: z.string().nullish(),
  file_name: z.string().nullish(),
});

const olderResultSchema = z.looseObject({
  config: z.looseObject({
    rag_enabled: z.boolean().optional(),
    llm_model: z.string().optional(),
    few_shot_enabled: z.boolean().optional(),
    cot_enabled: z.boolean().optional(),
  }).default({}),
  results: z.array(olderQuestionSchema).min(1),
});

/**
 * Makes a result of the group's older Python evaluator ready for comparison. Its `unknown` becomes
 * unparsed and its `error` an error; it knows no digests, so that little can be said of its prompts.
 * @throws {UsageError} naming what the file lacks.
 */
export function fromOlderResult(value: unknown, path: string): ComparedRun {
  const checked = olderResultSchema.safeParse(value);
  if (!checked.success) {
    const issue = checked.error.issues[0]!;
    throw new UsageError(
      `${path} is neither a houqa result nor one of the older evaluator: ${
        issue.path.join(".") || "top level"
      }: ${issue.message}`,
    );
  }
  const { config, results } = checked.data;
  const { cot_enabled: cot = false, few_shot_enabled: fewShot = false } = config;
  const facts = flattenFacts(
    config,
    "config",
    new Set(["config.rag_enabled", "config.total_samples"]),
  );
  // What its switches say of these two; the texts themselves are in no file.
  facts.set("provenance.prompt.sha256", `older evaluator, cot ${cot}, few-shot ${fewShot}`);
  if (config.rag_enabled !== undefined) {
    facts.set("config.context", config.rag_enabled ? "retrieved" : "none");
  }
  const keys = new QuestionKeys();
  return {
    path,
    origin: "older",
    mode: cot ? "cot" : "direct",
    model: `${config.llm_model ?? "unnamed model"} (older evaluator)`,
    facts,
    hasGoldContext: false,
    questions: results.map((result, index) => fromQuestion(result, index, keys, path)),
  };
}

function fromQuestion(
  result: z.infer<typeof olderQuestionSchema>,
  index: number,
  keys: QuestionKeys,
  path: string,
): ComparedQuestion {
  const correct = readLetter(result.correct_answer);
  if (correct === undefined) {
    throw new UsageError(
      `${path}: results.${index}.correct_answer is ${
        JSON.stringify(result.correct_answer)
      }, but must be a, b, c or d.`,
    );
  }
  const predicted = readLetter(result.predicted_answer ?? "");
  const outcome = outcomeOf(result.predicted_answer, predicted, correct);
  const choices = readChoices(result.choices);
  const response = result.response ?? "";
  return {
    key: keys.next(result.question, choices ?? JSON.stringify(result.choices)),
    index,
    fileName: result.file_name ?? "",
    question: result.question,
    ...(choices === undefined ? {} : { choices }),
    correct,
    ...(predicted === undefined ? {} : { predicted }),
    outcome,
    response,
    answers: outcome === "error"
      ? []
      : [{ response, ...(predicted === undefined ? {} : { letter: predicted }) }],
  };
}

function outcomeOf(
  written: string | null | undefined,
  predicted: Letter | undefined,
  correct: Letter,
): Outcome {
  if (written?.trim().toLowerCase() === "error") return "error";
  if (predicted === undefined) return "unparsed";
  return predicted === correct ? "correct" : "wrong";
}

function readLetter(text: string): Letter | undefined {
  const letter = text.normalize("NFKC").trim().toLowerCase();
  return isLetter(letter) ? letter : undefined;
}
