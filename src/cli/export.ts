import { dirname, join, resolve } from "node:path";
import { getLogger } from "@logtape/logtape";
import { type Command, Option } from "commander";
import type { Checkpoint } from "../onnx/checkpoint.ts";
import { EXPORT_DTYPES, type ExportDtype } from "../onnx/export_dtype.ts";
import type { ExportReport } from "../onnx/export_report.ts";
import type { LoraAdapter } from "../onnx/lora_adapter.ts";
import type { PrepareDisplay } from "../report/prepare_display.ts";
import { hubEnvironment } from "../settings/hub_environment.ts";
import { oneOf } from "../settings/setting_schemas.ts";
import { suggestWord } from "../settings/suggest_word.ts";
import { UsageError } from "../settings/usage_error.ts";
import { canDraw } from "./can_draw.ts";
import type { CliContext } from "./cli_context.ts";
import { EXIT } from "./exit_code.ts";
import { listenForSignals } from "./listen_for_signals.ts";
import { setUpLog } from "./log_setup.ts";
import { modelNeeds } from "./model_needs.ts";
import { print, printNews } from "./print.ts";
import { requirePermissions } from "./require_permissions.ts";
import { nameWords } from "./value_words.ts";

interface ExportFlags {
  readonly lora?: string;
  readonly dtype?: ExportDtype;
  readonly output?: string;
  readonly anyProcessor?: boolean;
  readonly verify?: boolean;
  readonly quiet?: boolean;
}

const EXAMPLES = `
Examples:
  houqa export datasets/demo/model --lora datasets/demo/lora --dtype q8 --verify
  houqa export Qwen/Qwen3-8B --dtype q4 --verify
  houqa export models/qwen3 --lora runs/qwen_law_ft/direct_norag_v1 --output models/qwen3-law
`;

/** Registers `houqa export`. */
export function registerExport(program: Command, context: CliContext): void {
  program.command("export")
    .description("turn a Qwen model (safetensors), with a LoRA adapter or without, into ONNX")
    .argument("<model>", "a folder, or Org/Name[@revision]")
    .option("--lora <folder>", "PEFT LoRA adapter to merge in: a folder, or Org/Name[@revision]")
    .addOption(
      nameWords(
        new Option(
          "--dtype <type>",
          `precision: ${EXPORT_DTYPES.join(", ")} (default: as eval on this machine)`,
        ),
        EXPORT_DTYPES,
      ).argParser(readDtype),
    )
    .option("--output <folder>", "new folder for the export (default: houqa's cache)")
    .option("--any-processor", "q8 for x86 without VNNI too, at half the speed (with --output)")
    .option("--verify", "compare the export with a float32 pass through the same weights")
    .option("--quiet", "no log, no progress")
    .addHelpText("after", EXAMPLES)
    .allowExcessArguments(false)
    .action(async (model: string, flags: ExportFlags) => {
      context.exit(await runExport(model, flags, context));
    });
}

async function runExport(model: string, flags: ExportFlags, context: CliContext): Promise<number> {
  setUpLog(flags.quiet ? "warning" : "info");
  const output = flags.output === undefined ? undefined : resolve(flags.output);
  if (flags.anyProcessor) refuseNeedless(flags.dtype, output);
  await requirePermissions(
    [
      ...await modelNeeds([model, flags.lora], hubEnvironment()),
      ...(output === undefined ? [] : [{ name: "write" as const, path: dirname(output) }]),
    ],
    "export",
    context.words.slice(1),
  );
  if (output !== undefined) await refuseExisting(output);
  const { createPrepareDisplay } = await import("../report/prepare_display.ts");
  const log = getLogger(["houqa", "export"]);
  const display = flags.quiet
    ? undefined
    : createPrepareDisplay(canDraw(Deno.stderr), (line) => log.info("{line}", { line }));
  const { signal, exitOf, release } = listenForSignals(() => display?.stop());
  try {
    const dtype = flags.dtype ?? (flags.anyProcessor ? "q8" : await dtypeHere());
    return await exportAndVerify({ model, flags, dtype, output, display, signal });
  } catch (error) {
    return exitOf(error);
  } finally {
    display?.stop();
    release();
  }
}

async function exportAndVerify({ model, flags, dtype, output, display, signal }: {
  model: string;
  flags: ExportFlags;
  dtype: ExportDtype;
  output: string | undefined;
  display: PrepareDisplay | undefined;
  signal: AbortSignal;
}): Promise<number> {
  const { openSource, exportSource } = await import("../llm/prepare_model.ts");
  const log = getLogger(["houqa", "export"]);
  const options = {
    signal,
    onProgress: (progress: Parameters<PrepareDisplay["update"]>[0]) => display?.update(progress),
    onNote: (note: string) => log.info("{note}", { note }),
    onWarning: (warning: string) => log.warn("{warning}", { warning }),
    ...(flags.anyProcessor ? { integerWeights: "uint8" as const } : {}),
  };
  const source = await openSource({ modelName: model, loraPath: flags.lora, dtype }, options);
  const { folder, release } = await exportSource(source, output, options);
  try {
    display?.stop();
    const report: ExportReport = JSON.parse(await Deno.readTextFile(join(folder, "export.json")));
    printNews(describeExport(folder, report));
    return flags.verify ? await verify(folder, dtype, source, signal) : EXIT.done;
  } finally {
    release();
  }
}

async function verify(
  folder: string,
  dtype: ExportDtype,
  { checkpoint, adapter }: { checkpoint: Checkpoint; adapter?: LoraAdapter },
  signal: AbortSignal,
): Promise<number> {
  const { verifyExport } = await import("../llm/verify_export.ts");
  const { renderVerification } = await import("../report/verification_report.ts");
  const verification = await verifyExport({
    folder,
    dtype,
    device: "cpu",
    checkpoint,
    adapter,
    signal,
  });
  print(renderVerification(verification));
  return verification.findings.length > 0 ? EXIT.finding : EXIT.done;
}

function describeExport(folder: string, { dtype, totals, warnings }: ExportReport): string {
  const share = (value: number) => `${(100 * value / totals.norm).toPrecision(2)} %`;
  return [
    `Export:         ${folder}`,
    `Precision:      ${dtype}; rounding changed the weights by ${share(totals.rounding_error)}`,
    ...(totals.adapter_change === undefined
      ? []
      : [`Adapter:        changed them by ${share(totals.adapter_change)}`]),
    ...warnings.map((warning) => `Warning:        ${warning}`),
  ].join("\n");
}

/** What an evaluation on this machine would take. */
async function dtypeHere(): Promise<ExportDtype> {
  const { chooseDevice } = await import("../runtime/choose_device.ts");
  const { probeDevice } = await import("../runtime/probe_devices.ts");
  const { defaultDtype } = await import("../llm/hf.ts");
  return defaultDtype((await chooseDevice("auto", probeDevice)).device);
}

/** Read with the line, so that who only parses a line sees the same. */
function readDtype(text: string): ExportDtype {
  const parsed = oneOf(EXPORT_DTYPES).safeParse(text);
  if (parsed.success) return parsed.data;
  throw new UsageError(
    `option --dtype is "${text}", but must be ${parsed.error.issues[0]!.message}.` +
      suggestWord(text, EXPORT_DTYPES),
  );
}

/** @throws {UsageError} where `--any-processor` changes nothing, or nobody would find what it makes. */
function refuseNeedless(dtype: ExportDtype | undefined, output: string | undefined): void {
  if (dtype !== undefined && dtype !== "q8") {
    throw new UsageError(
      `--any-processor is about q8: ${dtype} runs on any processor. Leave it out.`,
    );
  }
  if (output !== undefined) return;
  throw new UsageError(
    "--any-processor needs --output: in its cache houqa keeps what suits this machine best.",
  );
}

/** @throws {UsageError} for a folder with anything in it, or a file. */
async function refuseExisting(output: string): Promise<void> {
  try {
    for await (const _ of Deno.readDir(output)) {
      throw new UsageError(`--output ${output} is not empty. Give a new folder.`);
    }
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return;
    if (error instanceof UsageError || error instanceof Deno.errors.NotCapable) throw error;
    throw new UsageError(`--output ${output} is not a folder: ${(error as Error).message}`);
  }
}
