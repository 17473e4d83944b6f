import { join } from "node:path";
import { Argument, type Command, Option } from "commander";
import { DEFAULT_NAMES, type ProcedureNames } from "../docs/render_procedures.ts";
import { suggestWord } from "../settings/suggest_word.ts";
import { UsageError } from "../settings/usage_error.ts";
import { systemReason } from "../settings/system_reason.ts";
import type { CliContext } from "./cli_context.ts";
import { EXIT } from "./exit_code.ts";
import { print } from "./print.ts";
import { requirePermissions } from "./require_permissions.ts";
import { nameWords } from "./value_words.ts";

const DOCS_EXAMPLES = `
Examples:
  houqa docs heart01 --output results/heart01
  houqa docs log baseline > results/reports/baseline.md
`;

const HEART01_NOTES = `
Without --output the three documents are printed one after the other. What real runs printed in them
is not changed, only commands and names.

Examples:
  houqa docs heart01 --model Qwen/Qwen3-4B --adapter runs/qwen_law_ft/v2 --output results/heart01_4b
`;

const LOG_NOTES = `
Kinds: baseline and evaluation take result files of houqa eval, training takes a summary.json. What
the files do not say is marked 【記入】; without --from everything is.

Examples:
  houqa docs log baseline --from results/evaluations/base.json > results/reports/baseline.md
  houqa docs log evaluation --from results/evaluations/base.json \\
    results/evaluations/adapter.json
  houqa docs log training --from runs/qwen_law_ft/direct_norag_v1/summary.json
`;

/** Kinds of logs, each with its template below docs. */
const LOG_KINDS = ["baseline", "training", "evaluation"] as const;
type LogKind = (typeof LOG_KINDS)[number];

interface Heart01Flags extends ProcedureNames {
  readonly output?: string;
  readonly overwrite?: boolean;
}

/**
 * Registers `houqa docs …`.
 * @param printLine where documents go.
 */
export function registerDocs(
  program: Command,
  context: CliContext,
  printLine: (text: string) => void = print,
): void {
  const docs = program.command("docs").description("procedures and log templates, in Japanese")
    .addHelpText("after", DOCS_EXAMPLES);
  docs.command("heart01")
    .description("the procedures for training and evaluation on the server, for given names")
    .option("--model <name>", "base model: a folder or Org/Name[@revision]", DEFAULT_NAMES.model)
    .option("--adapter <folder>", "the adapter that training writes", DEFAULT_NAMES.adapter)
    .option("--results <folder>", "where result files go", DEFAULT_NAMES.results)
    .option("--output <folder>", "write the documents there")
    .option("--overwrite", "replace documents that are there")
    .allowExcessArguments(false)
    .addHelpText("after", HEART01_NOTES)
    .action(async (flags: Heart01Flags) => {
      await runHeart01(flags, context, printLine);
      context.exit(EXIT.done);
    });
  docs.command("log")
    .description("a log to keep, filled from real files")
    .addArgument(
      nameWords(new Argument("<kind>", LOG_KINDS.join(", ")), LOG_KINDS).argParser(readKind),
    )
    .addOption(new Option("--from <files...>", "result files, or the summary.json of a training"))
    .allowExcessArguments(false)
    .addHelpText("after", LOG_NOTES)
    .action(async (kind: LogKind, { from = [] }: { from?: string[] }) => {
      await requirePermissions(
        from.map((path) => ({ name: "read", path })),
        "houqa",
        context.words,
      );
      printLine((await renderLog(kind, from)).trimEnd());
      context.exit(EXIT.done);
    });
}

/** Read with the line, not when it runs: who only parses a line sees the same. */
function readKind(text: string): LogKind {
  const known = LOG_KINDS.find((one) => one === text);
  if (known !== undefined) return known;
  throw new UsageError(
    `docs log "${text}": the kinds are ${LOG_KINDS.join(", ")}.${suggestWord(text, LOG_KINDS)}`,
  );
}

async function runHeart01(
  { output, overwrite = false, ...names }: Heart01Flags,
  context: CliContext,
  printLine: (text: string) => void,
): Promise<void> {
  const { DOCUMENT_TEXTS } = await import("../docs/document_texts.ts");
  const { renderProcedures } = await import("../docs/render_procedures.ts");
  const documents = renderProcedures(DOCUMENT_TEXTS, names);
  if (output === undefined) {
    for (const { name, text } of documents) printLine(`<!-- ${name} -->\n${text.trimEnd()}\n`);
    return;
  }
  await requirePermissions(
    [{ name: "read", path: output }, { name: "write", path: output }],
    "houqa",
    context.words,
  );
  if (!overwrite) {
    for (const { name } of documents) await refuseExisting(join(output, name));
  }
  const { writeAtomically } = await import("../eval/write_atomically.ts");
  await makeFolder(output);
  for (const { name, text } of documents) {
    await writeAtomically(join(output, name), [text]);
    printLine(join(output, name));
  }
}

async function renderLog(kind: LogKind, paths: readonly string[]): Promise<string> {
  if (kind === "training") {
    if (paths.length > 1) throw new UsageError("docs log training takes one summary.json.");
    const { readTrainingSummary } = await import("../report/training_summary.ts");
    const { renderTrainingLog } = await import("../report/training_log.ts");
    return renderTrainingLog(
      paths[0] === undefined ? undefined : await readTrainingSummary(paths[0]),
    );
  }
  const { readResult } = await import("../eval/read_result.ts");
  const { renderResultLog } = await import("../report/result_log.ts");
  const runs = [];
  for (const path of paths) {
    const result = await readResult(path);
    if (result === undefined) throw new UsageError(`--from ${path}: there is no such file.`);
    runs.push({ path, result });
  }
  return renderResultLog(kind, runs);
}

async function refuseExisting(path: string): Promise<void> {
  if (await Deno.lstat(path).catch(() => undefined) === undefined) return;
  throw new UsageError(`${path} is there already. Give another --output, or --overwrite.`);
}

async function makeFolder(path: string): Promise<void> {
  try {
    const { makeFolders } = await import("../settings/make_folders.ts");
    await makeFolders(path);
  } catch (error) {
    throw new UsageError(`--output ${path} can't be made: ${systemReason(error)}`);
  }
}
