import type { QuestionResult, ResultFile } from "../eval/result_schema.ts";
import type { ComparedQuestion, ComparedRun, GivenAnswer } from "./compared_run.ts";
import { flattenFacts } from "./flatten_facts.ts";
import { letterProbabilities } from "./letter_probabilities.ts";
import { otherAnswers } from "./other_answers.ts";
import { QuestionKeys, readChoices } from "./question_key.ts";

/** What changes from run to run, follows from others, or is too long to show. */
const UNCOMPARED = new Set([
  "provenance.started_at",
  "provenance.finished_at",
  "provenance.sittings",
  "provenance.settings",
  "provenance.voters",
  "provenance.calibration",
  "provenance.prompt.messages_before_question",
  "config.rag_enabled",
  "config.llm_backend",
  "config.llm_model",
  "config.hf_model_name",
  "config.lora_path",
  "config.total_samples",
]);

/** Makes a houqa result file ready for comparison. */
export function fromResultFile(file: ResultFile, path: string): ComparedRun {
  const { config, provenance } = file;
  const { dataset, llm } = provenance;
  const keys = new QuestionKeys();
  return {
    path,
    origin: "houqa",
    mode: config.cot_enabled ? "cot" : "direct",
    model: describeModel(file),
    ...(llm.adapter === undefined ? {} : { adapter: llm.adapter }),
    facts: new Map([
      ...flattenFacts(provenance, "provenance", UNCOMPARED),
      ...flattenFacts(config, "config", UNCOMPARED),
      ...(provenance.voters ?? []).map(({ path, sha256 }, place): [string, string] => [
        `provenance.voters.${place + 1}`,
        `${path} (${sha256})`,
      ]),
    ]),
    dataset,
    hasGoldContext: config.context === "gold",
    questions: file.results.map((result) => fromQuestionResult(result, keys)),
  };
}

function fromQuestionResult(result: QuestionResult, keys: QuestionKeys): ComparedQuestion {
  const { predicted_answer: predicted, letter_logprobs: logprobs } = result;
  const choices = readChoices(result.choices);
  const isLetter = predicted !== "unknown" && predicted !== "error";
  const probabilities = letterProbabilities(logprobs);
  return {
    key: keys.next(result.question, choices ?? result.choices),
    index: result.index,
    fileName: result.file_name,
    question: result.question,
    ...(choices === undefined ? {} : { choices }),
    correct: result.correct_answer,
    ...(isLetter ? { predicted } : {}),
    outcome: result.outcome,
    response: result.outcome === "error" ? result.error ?? "" : result.response,
    prompt: result.prompt,
    ...(probabilities === undefined ? {} : { probabilities }),
    answers: answersOf(result),
    ...otherAnswers(result),
  };
}

function answersOf(result: QuestionResult): GivenAnswer[] {
  if (result.outcome === "error") return [];
  const samples = result.samples ?? [{
    letter: result.predicted_answer,
    response: result.response,
    finish_reason: result.finish_reason,
    letter_logprobs: result.letter_logprobs,
  }];
  return samples.map(({ letter, response, finish_reason: reason, letter_logprobs: logprobs }) => ({
    response,
    ...(reason === undefined ? {} : { isCut: reason === "length" }),
    ...(letter === "unknown" || letter === "error" ? {} : { letter }),
    ...(logprobs === undefined ? {} : { letterLogprobs: logprobs }),
  }));
}

function describeModel({ provenance: { llm }, config }: ResultFile): string {
  const adapter = llm.adapter === undefined ? "" : ` + LoRA ${llm.adapter}`;
  const details = [llm.dtype, llm.device, config.answer_mode === "score" ? "letters scored" : ""]
    .filter((detail) => detail !== undefined && detail !== "").join(", ");
  return `${llm.backend} / ${llm.model}${adapter}${details === "" ? "" : ` (${details})`}`;
}
