import { formatChoices } from "../dataset/parse_choices.ts";
import { definedOnly } from "../eval/defined_only.ts";
import {
  type QuestionResult,
  RESULT_SCHEMA_VERSION,
  type ResultFile,
  type Sample,
  type Voter,
} from "../eval/result_schema.ts";
import { summarise } from "../eval/summarise.ts";
import { HOUQA_VERSION } from "../houqa_version.ts";
import { UsageError } from "../settings/usage_error.ts";
import type { RunVote, VotedQuestion } from "./vote_runs.ts";

/** A run that voted, with the file that it was read from. */
export interface VoterFile {
  readonly path: string;
  /** Of the file's bytes, hex. */
  readonly sha256: string;
  /** Absent for files of the older evaluator. */
  readonly file?: ResultFile;
}

/** What a result of a vote records beside the votes. */
export interface VoteRecord {
  /** In the order of the vote's runs. */
  readonly voters: readonly VoterFile[];
  /** Names of the differences that were allowed. */
  readonly allowed: readonly string[];
  readonly now: Date;
}

/**
 * The vote of several runs as a result file of its own: each question has what the deciding run has,
 * the winner as its answer, and the letters of all as its samples.
 * @throws {UsageError} where no voter is a result of houqa, or letters were read by different rules.
 */
export function voteResultFile(vote: RunVote, record: VoteRecord): ResultFile {
  const { voters, allowed, now } = record;
  const files = voters.flatMap(({ file }) => file ?? []);
  const [base] = files;
  if (base === undefined) {
    throw new UsageError(
      "--output needs at least one result of houqa among the voters: files of the older evaluator " +
        "hold neither prompts nor digests.",
    );
  }
  const rules = new Set(vote.runs.map(({ facts }) => facts.get("provenance.extraction_version")));
  if (rules.size > 1) {
    throw new UsageError(
      "--output needs letters that were read by the same rules: add --re-extract.",
    );
  }
  const results = vote.questions.map((question, place) => questionResult(question, place, record));
  const same = <T>(of: (file: ResultFile) => T): T | undefined => {
    const values = new Set(files.map((file) => JSON.stringify(of(file)) ?? ""));
    return values.size === 1 ? of(base) : undefined;
  };
  const joined = (of: (file: ResultFile) => string | undefined) =>
    [...new Set(files.map(of))].filter((one) => one !== undefined).join(" + ") || undefined;
  const { answer_mode: _mode, orders: _orders, calibrate: _calibrate, ...config } = base.config;
  const { provenance } = base;
  const model = vote.runs.map((run) => shortName(run.model)).join(", ");
  return {
    schema_version: RESULT_SCHEMA_VERSION,
    config: {
      ...config,
      llm_model: model,
      ensemble_runs: voters.length,
      total_samples: results.length,
      llm_backend: "vote",
      hf_model_name: null,
      lora_path: null,
      ...definedOnly({ answer_mode: same((file) => file.config.answer_mode) }),
    },
    summary: summarise(
      results,
      files.reduce((sum, { summary }) => sum + summary.seconds, 0),
      results.length === base.results.length ? base.summary.floors : [],
    ),
    provenance: {
      houqa_version: HOUQA_VERSION,
      extraction_version: Number(
        [...rules][0] ?? provenance.extraction_version,
      ),
      started_at: files.map((file) => file.provenance.started_at).toSorted()[0]!,
      finished_at: now.toISOString(),
      sittings: 1,
      dataset: {
        ...provenance.dataset,
        sha256: joined((file) => file.provenance.dataset.sha256)!,
      },
      prompt: {
        ...provenance.prompt,
        sha256: joined((file) => file.provenance.prompt.sha256)!,
      },
      llm: {
        backend: "vote",
        model,
        versions: {},
        ...definedOnly({ dtype: joined((file) => file.provenance.llm.dtype) }),
      },
      ...definedOnly({ search: same((file) => file.provenance.search) }),
      voters: voters.map((voter, run) => describeVoter(voter, vote.runs[run]!.model)),
      settings: allowed.length === 0
        ? {}
        : { allow_differences: { value: allowed.join(","), origin: "command line" } },
      runtime: { deno: Deno.version.deno, os: Deno.build.os, arch: Deno.build.arch },
    },
    results,
  };
}

/** The folder's or model's own name, without where it lies and how it ran. */
function shortName(model: string): string {
  const [name = model] = model.replace(/^[a-z]+ \/ /, "").split(" (");
  return name.split(" + LoRA ").map((part) => part.split(/[\\/]/).findLast((one) => one !== "")!)
    .join(" + LoRA ");
}

function describeVoter({ path, sha256, file }: VoterFile, model: string): Voter {
  if (file === undefined) return { path, sha256, model };
  const { llm } = file.provenance;
  return {
    path,
    sha256,
    model: llm.model,
    ...definedOnly({
      model_digest: llm.model_digest,
      adapter: llm.adapter,
      adapter_digest: llm.adapter_digest,
    }),
    config: file.config,
  };
}

function questionResult(
  voted: VotedQuestion,
  place: number,
  { voters }: VoteRecord,
): QuestionResult {
  const { answers, result, outcome, errors, decidingRun } = voted;
  const known = voters.map(({ file }, run) => findResult(file, answers[run]!.index));
  const template = known[decidingRun] ?? known.find((one) => one !== undefined);
  const deciding = answers[decidingRun]!;
  const samples = known.flatMap((one, run) =>
    one === undefined ? [] : sampleOf(one, answers[run]!)
  );
  const votes = { ...result?.votes, ...(errors === 0 ? {} : { error: errors }) };
  const winner = result?.winner;
  return {
    index: template?.index ?? place,
    question: deciding.question,
    choices: template?.choices ??
      (deciding.choices === undefined ? "" : formatChoices(deciding.choices)),
    correct_answer: deciding.correct,
    predicted_answer: winner ?? "error",
    is_correct: outcome === "correct",
    outcome,
    response: winner === undefined ? "" : deciding.response,
    retrieved_docs_count: template?.retrieved_docs_count ?? 0,
    file_name: deciding.fileName,
    references: template?.references ?? [],
    prompt: template?.prompt ?? "",
    ...definedOnly({
      retrieved: template?.retrieved,
      left_out: template?.left_out,
      gold_articles: template?.gold_articles,
      order_map: template?.order_map,
      reasoning: template?.reasoning,
      thinking: template?.thinking,
      extraction_rule: template?.extraction_rule,
      finish_reason: template?.finish_reason,
      letter_logprobs: known[decidingRun]?.letter_logprobs,
      error: winner === undefined ? "every voter ended in an error" : undefined,
      error_kind: winner === undefined ? "other" as const : undefined,
    }),
    ensemble_votes: votes,
    // Errors are no ballots, but a letter that few gave is no surer for them.
    ensemble_confidence: winner === undefined || winner === "unknown"
      ? 0
      : (result!.votes[winner] ?? 0) / answers.length,
    ensemble_runs: answers.length,
    ...(samples.length === answers.length - errors && samples.length > 0 ? { samples } : {}),
  };
}

function findResult(file: ResultFile | undefined, index: number): QuestionResult | undefined {
  const inOrder = file?.results[index];
  return inOrder?.index === index
    ? inOrder
    : file?.results.find((result) => result.index === index);
}

function sampleOf(result: QuestionResult, answer: VotedQuestion["answers"][number]): Sample[] {
  const { finish_reason: reason, seconds } = result;
  if (result.outcome === "error" || reason === undefined || seconds === undefined) return [];
  return [{
    letter: answer.predicted ?? "unknown",
    response: result.response,
    finish_reason: reason,
    seconds,
    ...definedOnly({
      rule: result.extraction_rule,
      thinking: result.thinking,
      prompt_tokens: result.prompt_tokens,
      completion_tokens: result.completion_tokens,
      letter_logprobs: result.letter_logprobs,
    }),
  }];
}
