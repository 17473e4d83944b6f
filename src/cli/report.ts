import { dirname } from "node:path";
import type { Command } from "commander";
import { DIFFERENCE_NAMES } from "../compare/run_differences.ts";
import { CannotContinueError } from "../settings/cannot_continue_error.ts";
import { wholeNumber } from "../settings/setting_schemas.ts";
import { UsageError } from "../settings/usage_error.ts";
import { systemReason } from "../settings/system_reason.ts";
import type { CliContext } from "./cli_context.ts";
import { printNews } from "./print.ts";
import { requirePermissions } from "./require_permissions.ts";

const EXAMPLES = `
Examples:
  houqa report results/evaluations/base.json
  houqa report base.json lora.json --out results/reports/base_lora.html

Open the file in a browser. It needs no network, and nothing else.
`;

const DEFAULT_OUT = "results/reports/report.html";

interface ReportFlags {
  readonly out: string;
  readonly allowDifferences?: string;
  readonly data?: string;
  readonly seed: string;
  readonly resamples: string;
}

/**
 * Registers `houqa report`.
 * @param printLine where the report's place is told.
 */
export function registerReport(
  program: Command,
  context: CliContext,
  printLine: (text: string) => void = printNews,
): void {
  program.command("report")
    .description("make one HTML file that shows runs, their comparison and every question")
    .argument(
      "<results...>",
      "result files, of houqa eval or the older evaluator; first = baseline",
    )
    .option("--out <file>", "HTML file to write; an older one is replaced", DEFAULT_OUT)
    .option(
      "--allow-differences <names>",
      `draw a verdict although these differ: ${DIFFERENCE_NAMES.join(", ")}`,
    )
    .option("--data <file>", "question file, for the articles that questions share")
    .option("--seed <n>", "random seed of the bootstrap", "42")
    .option("--resamples <n>", "resamples of the bootstrap", "10000")
    .addHelpText("after", EXAMPLES)
    .action(async (results: string[], flags: ReportFlags) => {
      await makeReport(results, flags, context, printLine);
    });
}

async function makeReport(
  paths: readonly string[],
  flags: ReportFlags,
  { words }: CliContext,
  printLine: (text: string) => void,
): Promise<void> {
  const { parseAllowed } = await import("../compare/run_differences.ts");
  const allowed = parseAllowed(flags.allowDifferences);
  const bootstrap = {
    resamples: readNumber("--resamples", flags.resamples, 100),
    seed: readNumber("--seed", flags.seed, 0),
  };
  await refuseTwice([...paths, flags.out]);
  const read = flags.data === undefined ? paths : [...paths, flags.data];
  await requirePermissions(
    [
      ...read.map((path) => ({ name: "read", path }) as const),
      { name: "write", path: flags.out },
      // The library for charts asks for it.
      { name: "env", variable: "NODE_ENV" },
    ],
    "report",
    words.slice(1),
  );
  const { readReportRun } = await import("../report/html/report_run.ts");
  const runs = [];
  for (const path of paths) runs.push(await readReportRun(path));
  const [{ openArticleSource }, { clusterByArticle }, { reportModel }, { writeReport }] =
    await Promise.all([
      import("../compare/open_article_source.ts"),
      import("../compare/article_clusters.ts"),
      import("../report/html/report_model.ts"),
      import("../report/html/write_report.ts"),
    ]);
  const compared = runs.map(({ run }) => run);
  const model = reportModel(runs, {
    allowed,
    bootstrap,
    clustering: clusterByArticle(
      compared[0]!.questions,
      await openArticleSource(compared, flags.data),
    ),
    madeAt: new Date(),
  });
  await makeFolder(flags.out);
  await writeReport(model, flags.out);
  const { size } = await Deno.stat(flags.out);
  printLine(`${flags.out} (${(size / 1e6).toFixed(1)} MB)`);
  if (model.refused.length > 0) {
    const names = [...new Set(model.refused.map(({ name }) => name))].join(",");
    printLine(
      `It holds no verdict, because the runs differ in more than the model. To draw one all the ` +
        `same, add --allow-differences ${names}.`,
    );
  }
}

async function makeFolder(path: string): Promise<void> {
  try {
    await Deno.mkdir(dirname(path), { recursive: true });
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

function readNumber(option: string, value: string, least: number): number {
  const result = wholeNumber(least).safeParse(value);
  if (result.success) return result.data;
  throw new UsageError(
    `option ${option} is "${value}", but must be ${result.error.issues[0]!.message}.`,
  );
}
