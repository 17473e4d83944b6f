import { basename } from "node:path";
import { EXTRACTION_VERSION } from "../../eval/extract_answer.ts";
import type { PreparedEvaluation } from "../../eval/prepare_evaluation.ts";
import { HOUQA_VERSION } from "../../houqa_version.ts";
import { PROMPT_VERSION, promptSha256 } from "../../prompt/render_prompt.ts";
import type { EvaluationConfig } from "../../settings/evaluation_config.ts";
import type { LetterCounts } from "../../stats/letter_takeover.ts";
import { type Letter, LETTERS } from "../question.ts";
import { CHOICE_ORDERS } from "../choice_orders.ts";
import type { FinetuneRecords } from "./finetune_records.ts";
import type { describePromptSettings } from "./prompt_settings.ts";
import type { Reasonings } from "./read_reasonings.ts";
import { type RecordTokenCounter, tokenLengths } from "./token_lengths.ts";

/** What a file of records was made of. */
export interface FinetuneOrigin {
  readonly config: EvaluationConfig;
  readonly prepared: PreparedEvaluation;
  readonly made: FinetuneRecords;
  readonly reasonings?: Reasonings;
  readonly isAugmented: boolean;
  /** Of a `houqa dataset split`. */
  readonly side?: string;
  readonly counter: RecordTokenCounter;
  readonly settings: ReturnType<typeof describePromptSettings>;
}

/** The manifest beside a file of records. */
export type FinetuneManifest = Awaited<ReturnType<typeof manifestOf>>;

/**
 * Says what records were made of, in the keys of the file.
 * @param sha256 of the records' file, hex.
 */
export async function manifestOf(origin: FinetuneOrigin, sha256: string) {
  const { config, prepared, made, reasonings, isAugmented, side, counter, settings } = origin;
  const { dataset, retriever, room, promptsSha256, questions, style } = prepared;
  const { noReasoning, otherPrompt, unusable } = made.leftOut;
  return {
    schema_version: 1,
    houqa_version: HOUQA_VERSION,
    records: { file: basename(config.outputPath), sha256, count: made.records.length },
    dataset: {
      path: dataset.path,
      sha256: dataset.sha256,
      question_count: dataset.questions.length,
      used_count: isAugmented ? questions.length / CHOICE_ORDERS.length : questions.length,
      ...(side === undefined ? {} : { split_side: side }),
    },
    mode: style.mode,
    context: config.contextMode,
    few_shot: style.fewShot,
    orders: isAugmented ? CHOICE_ORDERS.map((order) => order.join("")) : null,
    letters: countLetters(made.records.map(({ answer }) => answer)),
    left_out: {
      no_reasoning_count: noReasoning,
      other_prompt_count: otherPrompt,
      unusable_count: unusable,
    },
    ...(reasonings === undefined ? {} : {
      reasonings: {
        files: reasonings.files.map(({ path, sha256, form, count }, at) => ({
          ...{ path, sha256, form, count },
          used_count: made.usedOfFile[at]!,
        })),
        unknown_id_count: reasonings.unknownIds,
      },
    }),
    tokens: {
      counted_by: counter.tokenizer === undefined ? "estimate" : "tokenizer",
      tokenizer: counter.tokenizer ?? null,
      ...tokenLengths(made.records, counter),
    },
    prompt: { version: PROMPT_VERSION, sha256: await promptSha256(style) },
    extraction_version: EXTRACTION_VERSION,
    ...(retriever === undefined ? {} : {
      retrieval: {
        type: retriever.type,
        corpus: retriever.corpus,
        top_k: config.topK,
        prompts_sha256: promptsSha256!,
        ...(room === undefined ? {} : {
          context_tokens: room.tokens,
          statutes_cut_count: room.cut,
          without_any_count: room.emptied,
        }),
        ...(retriever.description === undefined ? {} : { search: retriever.description }),
      },
    }),
    settings,
  };
}

function countLetters(answers: readonly Letter[]): LetterCounts {
  const counts = LETTERS.map((letter) => [letter, answers.filter((one) => one === letter).length]);
  return Object.fromEntries(counts);
}
