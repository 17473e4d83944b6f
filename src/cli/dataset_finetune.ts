import { getLogger } from "@logtape/logtape";
import { type Command, Option } from "commander";
import type { RecordTokenCounter } from "../dataset/finetune/token_lengths.ts";
import { type EvaluationConfig, normaliseEvaluation } from "../settings/evaluation_config.ts";
import type { ResolvedSettings } from "../settings/resolve_settings.ts";
import type { PromptMode } from "../settings/setting_table.ts";
import { canDraw } from "./can_draw.ts";
import type { CliContext } from "./cli_context.ts";
import { EXIT } from "./exit_code.ts";
import { listenForSignals } from "./listen_for_signals.ts";
import { setUpLog } from "./log_setup.ts";
import { outputNeeds } from "./output_needs.ts";
import { printError } from "./print.ts";
import { requireOption } from "./require_option.ts";
import { type Need, requirePermissions } from "./require_permissions.ts";
import { requireNative, SEARCH_FLAGS, searchNeeds } from "./search_options.ts";
import { addSomeSettingOptions, resolveFrom } from "./setting_options.ts";
import { onlyWords } from "./value_words.ts";

/** The task that may load native libraries: for tokenizers, embedding models and rerankers. */
const NATIVE_TASK = "dataset:hf";

const NOTES = `
Writes one chat record a line, {"id", "messages", "answer", "articles"}, and a manifest beside it. The
messages are what houqa eval sends with the same settings; the last one, the assistant's, is the
answer to learn, as evaluation reads it. The model's chat template adds the end of turn in training.

Examples:
  houqa dataset finetune --data datasets/split/train.json --mode direct --context gold \\
    --no-few-shot --augment-orders --output results/finetune/train.jsonl
  houqa dataset finetune --data datasets/split/train.json --mode cot --context gold \\
    --reasonings results/evaluations/train_cot.json --output results/finetune/cot.jsonl
`;

/** Settings of an evaluation that shape its prompts, and the model whose tokens are counted. */
const SHARED_FLAGS: ReadonlySet<string> = new Set([
  "--data",
  "--samples",
  "--context",
  "--index",
  "--retriever",
  "--citations",
  "--no-citations",
  "--context-tokens",
  "--top-k",
  "--use-cot",
  "--few-shot",
  "--no-few-shot",
  "--hf-model-name",
  ...SEARCH_FLAGS,
]);

const DESCRIPTIONS = {
  "--use-cot": "the same as --mode cot",
  "--hf-model-name":
    "a local folder whose tokenizer counts the tokens (default: estimated; variable: HF_MODEL_NAME)",
  "--context-tokens":
    "most tokens of the statutes found in an index, cut at sentences (default: 6000, estimated)",
};

interface FinetuneFlags {
  readonly mode?: PromptMode;
  readonly augmentOrders?: boolean;
  readonly reasonings?: readonly string[];
  readonly allowTest?: boolean;
  readonly overwrite?: boolean;
}

/** Registers `houqa dataset finetune`. */
export function registerDatasetFinetune(
  dataset: Command,
  context: CliContext,
  printLine: (line: string) => void,
): void {
  const command = dataset.command("finetune")
    .description("make chat records to train on from a question file");
  requireOption(command, "--output <file>", "the records, .jsonl; the manifest goes beside it");
  command
    .addOption(
      onlyWords(
        new Option(
          "--mode <mode>",
          "what to learn: the letter, or reasoning first (default: direct)",
        ),
        ["direct", "cot"],
      ),
    )
    .option("--augment-orders", "every question in four orders of its choices: even letters")
    .option(
      "--reasonings <files...>",
      'for cot: results of houqa eval --use-cot, or JSONL of {"id", "reasoning"}',
    )
    .option("--allow-test", "take the test side of a split all the same")
    .option("--overwrite", "replace records and manifest")
    .allowExcessArguments(false);
  addSomeSettingOptions(command, SHARED_FLAGS, DESCRIPTIONS);
  command.addHelpText("after", NOTES)
    .action(async () => context.exit(await runDatasetFinetune(command, context, printLine)));
}

async function runDatasetFinetune(
  command: Command,
  context: CliContext,
  printLine: (line: string) => void,
): Promise<number> {
  setUpLog("info");
  const log = getLogger(["houqa", "dataset"]);
  const flags = command.opts<FinetuneFlags>();
  const { describePromptSettings, promptSettings } = await import(
    "../dataset/finetune/prompt_settings.ts"
  );
  const resolved = resolveFrom(command);
  const settings = promptSettings(resolved, flags.mode);
  const { config, notes, warnings } = normaliseEvaluation(settings);
  for (const warning of warnings) log.warn("{warning}", { warning });
  for (const note of notes) log.info("{note}", { note });
  const tokenizer = await tokenizerFolder(resolved, log.info.bind(log));
  await requireAll(config, flags.reasonings ?? [], tokenizer, context);

  const { createPrepareDisplay } = await import("../report/prepare_display.ts");
  const display = createPrepareDisplay(canDraw(Deno.stderr), printError);
  const { signal, exitOf, release } = listenForSignals(() => display.stop());
  try {
    const { makeFinetune } = await import("../dataset/finetune/make_finetune.ts");
    const { manifestPath } = await import("../dataset/finetune/write_finetune.ts");
    const { renderFinetuneReport } = await import("../report/finetune_report.ts");
    const manifest = await makeFinetune(config, {
      augmentOrders: flags.augmentOrders ?? false,
      reasonings: flags.reasonings ?? [],
      allowTest: flags.allowTest ?? false,
      overwrite: flags.overwrite ?? false,
      counter: await counterOf(tokenizer),
      settings: describePromptSettings(settings, config),
    }, { signal, onProgress: (progress) => display.update(progress) });
    const records = config.outputPath;
    printLine(renderFinetuneReport(manifest, { records, manifest: manifestPath(records) }));
    return EXIT.done;
  } catch (error) {
    return exitOf(error);
  } finally {
    display.stop();
    release();
  }
}

/** The model's folder where there is one; a name on the hub is not looked up for its tokenizer. */
async function tokenizerFolder(
  { values: { hf_model_name: name } }: ResolvedSettings,
  tell: (line: string) => void,
): Promise<string | undefined> {
  if (name === undefined) return undefined;
  const isFolder = await Deno.stat(name).then((at) => at.isDirectory, () => false);
  if (isFolder) return name;
  tell(`Tokens are estimated: --hf-model-name ${name} is no local folder.`);
}

async function counterOf(tokenizer: string | undefined): Promise<RecordTokenCounter> {
  const { ESTIMATED, tokenizerCounter } = await import("../dataset/finetune/token_lengths.ts");
  return tokenizer === undefined ? ESTIMATED : await tokenizerCounter(tokenizer);
}

async function requireAll(
  config: EvaluationConfig,
  reasonings: readonly string[],
  tokenizer: string | undefined,
  { words }: CliContext,
): Promise<void> {
  const args = words.slice(1);
  const { splitManifestPath } = await import("../dataset/finetune/split_side.ts");
  const needs: Need[] = [
    ...[config.dataPath, splitManifestPath(config.dataPath), ...reasonings]
      .map((path) => ({ name: "read", path } as const)),
    ...await outputNeeds(config.outputPath),
  ];
  if (config.search !== undefined) {
    needs.push(...await searchNeeds(config.search, NATIVE_TASK, args));
  }
  if (tokenizer !== undefined) {
    await requireNative("Counting tokens with a model's tokenizer", NATIVE_TASK, args);
    const { hubEnvironment } = await import("../settings/hub_environment.ts");
    const { nativeNeeds } = await import("./native_needs.ts");
    needs.push(...await nativeNeeds(hubEnvironment().houqaCache), {
      name: "read",
      path: tokenizer,
    });
  }
  const isNative = needs.some(({ name }) => name === "ffi");
  await requirePermissions(needs, isNative ? NATIVE_TASK : "houqa", isNative ? args : words);
}
