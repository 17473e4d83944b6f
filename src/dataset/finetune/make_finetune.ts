import { prepareEvaluation } from "../../eval/prepare_evaluation.ts";
import type { OpenSearchHooks } from "../../rag/search/open_law_search.ts";
import type { EvaluationConfig } from "../../settings/evaluation_config.ts";
import { UsageError } from "../../settings/usage_error.ts";
import { loadDataset } from "../load_dataset.ts";
import type { Question } from "../question.ts";
import { inAllOrders } from "../choice_orders.ts";
import type { FinetuneManifest, FinetuneOrigin } from "./finetune_manifest.ts";
import { makeRecords } from "./finetune_records.ts";
import { readReasonings } from "./read_reasonings.ts";
import { recordIds } from "./record_ids.ts";
import { splitSide } from "./split_side.ts";
import { checkFinetuneOutput, writeFinetune } from "./write_finetune.ts";

/** What is wanted besides the prompts of an evaluation. */
export interface FinetuneOptions extends Pick<FinetuneOrigin, "settings" | "counter"> {
  /** Every question in four orders of its choices. */
  readonly augmentOrders: boolean;
  /** Files of reasonings, for chains of thought. */
  readonly reasonings: readonly string[];
  readonly allowTest: boolean;
  readonly overwrite: boolean;
}

/**
 * Makes records to train on from a question file and writes them with their manifest.
 * @param config the evaluation whose prompts they have; its output is the file of records.
 * @throws {UsageError} for what can't be made, before anything is written.
 * @throws {CannotContinueError} when disk, memory or a server give out.
 * @throws {DOMException} AbortError when the signal fires.
 */
export async function makeFinetune(
  config: EvaluationConfig,
  options: FinetuneOptions,
  hooks: OpenSearchHooks = {},
): Promise<FinetuneManifest> {
  const { augmentOrders: isAugmented, reasonings: paths, settings, counter } = options;
  refuseContradictions(config, options);
  await checkFinetuneOutput(config.outputPath, options.overwrite, [config.dataPath, ...paths]);
  const dataset = await loadDataset(config.dataPath);
  const side = await splitSide(config.dataPath, dataset.sha256, options.allowTest);
  const asked = dataset.questions.slice(0, config.samples);
  if (isAugmented) refuseShuffled(asked, config.dataPath);
  const reasonings = config.mode === "cot"
    ? await readReasonings(paths, dataset, asked, recordIds(asked))
    : undefined;
  const prepared = await prepareEvaluation(config, {
    ...hooks,
    ...(isAugmented ? { arrange: inAllOrders } : {}),
  });
  if (prepared.dataset.sha256 !== dataset.sha256) {
    throw new UsageError(
      `${config.dataPath} was changed while it was read. Run the command again.`,
    );
  }
  const made = await makeRecords(prepared, recordIds(prepared.questions), reasonings);
  return await writeFinetune({
    ...{ config, prepared, made, isAugmented, counter, settings },
    ...(reasonings === undefined ? {} : { reasonings }),
    ...(side === undefined ? {} : { side }),
  });
}

function refuseContradictions(
  { mode }: EvaluationConfig,
  { augmentOrders, reasonings }: FinetuneOptions,
): void {
  if (mode === "direct" && reasonings.length > 0) {
    throw new UsageError("--reasonings is for --mode cot: a direct answer is the letter alone.");
  }
  if (mode === "cot" && augmentOrders) {
    throw new UsageError(
      "--augment-orders can't go with --mode cot: a reasoning names the letters of one order of the " +
        "choices and would be wrong in another. Evaluate shuffled question files with --use-cot, " +
        "and make records of each with its own result.",
    );
  }
  if (mode === "cot" && reasonings.length === 0) {
    throw new UsageError(
      "--mode cot needs --reasonings FILE: a result of houqa eval --use-cot on the same questions, " +
        'or JSONL of {"id": …, "reasoning": …}. Reasonings are not made up here.',
    );
  }
}

function refuseShuffled(questions: readonly Question[], path: string): void {
  const shuffled = questions.find(({ orderMap }) => orderMap !== undefined);
  if (shuffled === undefined) return;
  throw new UsageError(
    `--augment-orders: ${path} has its choices shuffled already (item ${shuffled.index}, ` +
      `回答オーダーマップ番号 ${shuffled.orderMap}). Leave the option out, or give the file that is not ` +
      "shuffled.",
  );
}
