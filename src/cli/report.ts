import { dirname } from "node:path";
import { type Command, Option } from "commander";
import { DIFFERENCE_NAMES } from "../compare/run_differences.ts";
import type { ReportModel } from "../report/html/report_model.ts";
import { CannotContinueError } from "../settings/cannot_continue_error.ts";
import { wholeNumber } from "../settings/setting_schemas.ts";
import { UsageError } from "../settings/usage_error.ts";
import { systemReason } from "../settings/system_reason.ts";
import type { CliContext } from "./cli_context.ts";
import { outputNeeds } from "./output_needs.ts";
import { print, printNews } from "./print.ts";
import { type ModelOptions, readModel } from "./read_report_model.ts";
import { type Need, requirePermissions } from "./require_permissions.ts";

const EXAMPLES = `
Examples:
  houqa report results/evaluations/base.json
  houqa report results/evaluations/base.json results/evaluations/lora.json \\
    --out results/reports/base_lora.html
  houqa report results/evaluations/base.json results/evaluations/lora.json --markdown
  houqa report --watch results/evaluations/base.json results/evaluations/lora.json

Open the file in a browser. It needs no network, and nothing else. --watch takes results that are
still being made: name the file that the evaluation will write (its --output).
`;

/** Where `--watch` listens unless told otherwise: the one port that its task may open. */
const WATCH_PORT = 8765;
const DEFAULT_OUT = "results/reports/report.html";

interface ReportFlags {
  readonly out?: string;
  readonly markdown?: boolean;
  readonly watch?: boolean;
  readonly port: string;
  readonly allowDifferences?: string;
  readonly data?: string;
  readonly seed: string;
  readonly resamples: string;
}

/**
 * Registers `houqa report`.
 * @param printLine where the report's place, or its Markdown, is told.
 */
export function registerReport(
  program: Command,
  context: CliContext,
  printLine?: (text: string) => void,
): void {
  program.command("report")
    .description("make one HTML file that shows runs, their comparison and every question")
    .argument(
      "<results...>",
      "result files, of houqa eval or the older evaluator; first = baseline",
    )
    .option(
      "--out <file>",
      `file to write; an older one is replaced (default: ${DEFAULT_OUT}; Markdown is printed)`,
    )
    .option("--markdown", "as Markdown, for a log or an issue")
    .addOption(
      new Option("--watch", "serve the page on this machine while the runs go on")
        .conflicts(["out", "markdown"]),
    )
    .option("--port <n>", "of --watch; 0 takes a free one", String(WATCH_PORT))
    .option(
      "--allow-differences <names>",
      `draw a verdict although these differ: ${DIFFERENCE_NAMES.join(", ")}`,
    )
    .option("--data <file>", "question file, for the articles that questions share")
    .option("--seed <n>", "random seed of the bootstrap", "42")
    .option("--resamples <n>", "resamples of the bootstrap", "10000")
    .addHelpText("after", EXAMPLES)
    .action(async (results: string[], flags: ReportFlags, command: Command) => {
      if (!flags.watch && command.getOptionValueSource("port") === "cli") {
        throw new UsageError(
          "--port is of --watch, which is not given: a report that is written to a file needs no port.",
        );
      }
      const options = await readOptions(flags);
      if (flags.watch) {
        const { watchReport } = await import("./report_watch.ts");
        const port = readNumber("--port", flags.port, 0, 65535);
        await refuseTwice(results);
        await watchReport(results, { ...options, port }, context, printLine ?? printNews);
        return;
      }
      await makeReport(results, flags, options, context, printLine);
    });
}

async function readOptions(flags: ReportFlags): Promise<ModelOptions> {
  const { parseAllowed } = await import("../compare/run_differences.ts");
  return {
    allowed: parseAllowed(flags.allowDifferences),
    bootstrap: {
      resamples: readNumber("--resamples", flags.resamples, 100),
      seed: readNumber("--seed", flags.seed, 0),
    },
    ...(flags.data === undefined ? {} : { dataPath: flags.data }),
  };
}

async function makeReport(
  paths: readonly string[],
  { out, markdown = false }: ReportFlags,
  options: ModelOptions,
  { words }: CliContext,
  printLine?: (text: string) => void,
): Promise<void> {
  const output = out ?? (markdown ? undefined : DEFAULT_OUT);
  await refuseTwice(output === undefined ? paths : [...paths, output]);
  const read = options.dataPath === undefined ? paths : [...paths, options.dataPath];
  const needs: Need[] = [
    ...read.map((path): Need => ({ name: "read", path })),
    // The library for charts asks for it.
    { name: "env", variable: "NODE_ENV" },
  ];
  if (output !== undefined) needs.push(...await outputNeeds(output));
  await requirePermissions(needs, "report", words.slice(1));
  const { readReportRun } = await import("../report/html/report_run.ts");
  const runs = [];
  for (const path of paths) runs.push(await readReportRun(path));
  const model = await readModel(runs, options);
  if (output !== undefined) await makeFolder(output);
  if (!markdown) {
    const { writeReport } = await import("../report/html/write_report.ts");
    await writeReport(model, output!);
  } else {
    const text = await markdownOf(model);
    if (output === undefined) {
      (printLine ?? print)(text);
      return;
    }
    const { writeAtomically } = await import("../eval/write_atomically.ts");
    await writeAtomically(output, [text]);
  }
  const tell = printLine ?? printNews;
  const { size } = await Deno.stat(output!);
  tell(`${output} (${(size / 1e6).toFixed(1)} MB)`);
  if (model.refused.length > 0) {
    const names = [...new Set(model.refused.map(({ name }) => name))].join(",");
    tell(
      `It holds no verdict, because the runs differ in more than the model. To draw one all the ` +
        `same, add --allow-differences ${names}.`,
    );
  }
}

async function markdownOf(model: ReportModel): Promise<string> {
  const [{ describeReport }, { renderMarkdown }] = await Promise.all([
    import("../report/report_markdown.ts"),
    import("../report/markdown_blocks.ts"),
  ]);
  return renderMarkdown(describeReport(model));
}

async function makeFolder(path: string): Promise<void> {
  try {
    const { makeFolders } = await import("../settings/make_folders.ts");
    await makeFolders(dirname(path));
  } catch (error) {
    // It may be there without a permission to make it; writing tells.
    if (error instanceof Deno.errors.NotCapable) return;
    throw new CannotContinueError(
      `Can't make the folder ${dirname(path)}: ${systemReason(error)}`,
      { cause: error },
    );
  }
}

/** @throws {UsageError} when one file is named twice, also by another name. */
async function refuseTwice(paths: readonly string[]): Promise<void> {
  const real = await Promise.all(paths.map((path) => Deno.realPath(path).catch(() => path)));
  const twice = paths.find((_, place) => real.indexOf(real[place]!) < place);
  if (twice === undefined) return;
  throw new UsageError(`${twice} is given twice: results and --out must be different files.`);
}

function readNumber(option: string, value: string, least: number, most?: number): number {
  const result = wholeNumber(least, most).safeParse(value);
  if (result.success) return result.data;
  throw new UsageError(
    `option ${option} is "${value}", but must be ${result.error.issues[0]!.message}.`,
  );
}
