import { dirname } from "node:path";
import { type Command, Option } from "commander";
import { DIFFERENCE_NAMES } from "../compare/run_differences.ts";
import type { ReportRun } from "../report/html/report_run.ts";
import { UsageError } from "../settings/usage_error.ts";
import type { CliContext } from "./cli_context.ts";
import { outputNeeds } from "./output_needs.ts";
import { print } from "./print.ts";
import { type Need, requirePermissions } from "./require_permissions.ts";

const EXAMPLES = `
Examples:
  houqa vote results/evaluations/a.json results/evaluations/b.json results/evaluations/c.json
  houqa vote results/evaluations/a.json results/evaluations/b.json results/evaluations/c.json \\
    --output results/evaluations/vote.json
  houqa vote results/evaluations/a.json results/evaluations/b.json --json

Every run has one vote, its letter. A tie goes to the letter with the larger sum of log-probabilities
where all files hold them, else to the letter of the file named first.
`;

interface VoteFlags {
  readonly output?: string;
  readonly overwrite?: boolean;
  readonly allowDifferences?: string;
  readonly reExtract?: boolean;
  readonly json?: boolean;
  readonly markdown?: boolean;
}

/**
 * Registers `houqa vote`.
 * @param printLine where the report goes.
 * @param width columns of what a person reads it on.
 */
export function registerVote(
  program: Command,
  context: CliContext,
  printLine: (text: string) => void = print,
  width: () => number = () => Deno.stdout.isTerminal() ? Deno.consoleSize().columns : 100,
): void {
  program.command("vote")
    .description("let runs on the same questions vote on every answer")
    .argument("<file>", "result file, of houqa eval or the older evaluator")
    .argument("<results...>", "one or more further result files")
    .option("--output <file>", "also write the vote as a result file")
    .option("--overwrite", "replace a result that stands there")
    .option(
      "--allow-differences <names>",
      `vote although these differ: ${
        DIFFERENCE_NAMES.filter((name) => name !== "dtype").join(", ")
      } (comma between them)`,
    )
    .option("--re-extract", "read the letters from the responses again, with the rules of today")
    .addOption(new Option("--json", "as JSON, with every question").conflicts("markdown"))
    .option("--markdown", "as Markdown")
    .addHelpText("after", EXAMPLES)
    .action(async (first: string, others: string[], flags: VoteFlags) => {
      printLine(await vote([first, ...others], flags, context, width));
    });
}

async function vote(
  paths: readonly string[],
  flags: VoteFlags,
  { words }: CliContext,
  width: () => number,
): Promise<string> {
  const { output } = flags;
  const { parseAllowed } = await import("../compare/run_differences.ts");
  const allowed = parseAllowed(flags.allowDifferences);
  await refuseTwice(output === undefined ? paths : [...paths, output]);
  await requirePermissions(
    [
      ...paths.map((path): Need => ({ name: "read", path })),
      ...output === undefined ? [] : await outputNeeds(output),
    ],
    "vote",
    words.slice(1),
  );
  if (output !== undefined) await refuseExisting(output, flags.overwrite === true);
  const [{ readReportRun }, { reExtract }, { checkComparable }, { voteRuns }] = await Promise.all([
    import("../report/html/report_run.ts"),
    import("../compare/re_extract.ts"),
    import("../compare/check_comparable.ts"),
    import("../compare/vote_runs.ts"),
  ]);
  const read: ReportRun[] = [];
  for (const path of paths) read.push(await readReportRun(path));
  const runs = read.map(({ run }) => flags.reExtract ? reExtract(run).run : run);
  const differences = checkComparable(runs, allowed, new Set(["dtype"]));
  const result = voteRuns(runs);
  if (output !== undefined) {
    const [{ voteResultFile }, { writeResult }, { sha256Hex }] = await Promise.all([
      import("../compare/vote_result_file.ts"),
      import("../eval/write_result.ts"),
      import("../dataset/sha256.ts"),
    ]);
    const voters = await Promise.all(paths.map(async (path, place) => ({
      path,
      sha256: await sha256Hex(await Deno.readFile(path)),
      file: read[place]!.file,
    })));
    const file = voteResultFile(result, { voters, allowed: [...allowed], now: new Date() });
    await Deno.mkdir(dirname(output), { recursive: true }).catch(() => {});
    await writeResult(output, file);
  }
  if (flags.json) {
    const { voteJson } = await import("../report/vote_json.ts");
    return voteJson(result, differences);
  }
  const { describeVote } = await import("../report/vote_report.ts");
  const blocks = [
    ...describeVote(result, differences),
    ...(output === undefined ? [] : [{ kind: "text", text: `Output: ${output}` } as const]),
  ];
  if (flags.markdown) {
    const { renderMarkdown } = await import("../report/markdown_blocks.ts");
    return renderMarkdown(blocks);
  }
  const { renderTerminal } = await import("../report/terminal_blocks.ts");
  const color = Deno.stdout.isTerminal() && !Deno.noColor;
  return renderTerminal(blocks, { width: Math.min(Math.max(width(), 60), 160), color });
}

/** @throws {UsageError} for a result that would be lost, and where a run is writing one. */
async function refuseExisting(output: string, overwrite: boolean): Promise<void> {
  const [{ inspectOutput }, { journalPath }] = await Promise.all([
    import("../eval/inspect_output.ts"),
    import("../eval/journal.ts"),
  ]);
  const existing = await inspectOutput(output);
  if (await Deno.stat(journalPath(output)).then(() => true, () => false)) {
    throw new UsageError(
      `--output ${output} belongs to an evaluation that is not finished: its journal ` +
        `${journalPath(output)} is there. Choose another --output.`,
    );
  }
  if (existing === undefined || overwrite) return;
  throw new UsageError(
    `${output} is a finished result and is not overwritten. Use another --output, or --overwrite.`,
  );
}

/** @throws {UsageError} when one file is named twice, also by another name. */
async function refuseTwice(paths: readonly string[]): Promise<void> {
  const real = await Promise.all(paths.map((path) => Deno.realPath(path).catch(() => path)));
  const twice = paths.find((_, place) => real.indexOf(real[place]!) < place);
  if (twice === undefined) return;
  throw new UsageError(
    `${twice} is given twice: every run has one vote, and --output must be another file.`,
  );
}
