import { type Command, Option } from "commander";
import { ANSWER_KINDS, type AnswerKind, chooseAnswer } from "../compare/choose_answer.ts";
import type { ComparedRun } from "../compare/compared_run.ts";
import { DIFFERENCE_NAMES } from "../compare/run_differences.ts";
import { wholeNumber } from "../settings/setting_schemas.ts";
import { UsageError } from "../settings/usage_error.ts";
import type { CliContext } from "./cli_context.ts";
import { canDraw } from "./can_draw.ts";
import { EXIT } from "./exit_code.ts";
import { print } from "./print.ts";
import { requirePermissions } from "./require_permissions.ts";
import { onlyWords } from "./value_words.ts";

const EXAMPLES = `
Examples:
  houqa compare results/evaluations/base.json results/evaluations/lora.json
  houqa compare results/evaluations/base.json results/evaluations/lora_r8.json \\
    results/evaluations/lora_r16.json --markdown > results/reports/comparison.md
  houqa compare results/evaluations/older_a.json results/evaluations/older_b.json --re-extract \\
    --data datasets/lawqa_jp/data/selection.json

Exit codes: 0 compared, whatever came out; 1 with --fail-if-worse and a run worse than the first
(fewer right than a baseline that gives one letter, by that letter alone, is not worse);
2 the runs can't be compared.
`;

/** Most flipped questions shown in each direction. */
const DEFAULT_FLIPS = 10;

interface CompareFlags {
  readonly allowDifferences?: string;
  readonly reExtract?: boolean;
  readonly answer: AnswerKind;
  readonly data?: string;
  readonly flips: string;
  readonly seed: string;
  readonly resamples: string;
  readonly json?: boolean;
  readonly markdown?: boolean;
  readonly failIfWorse?: boolean;
}

/**
 * Registers `houqa compare`.
 * @param printLine where the report goes.
 * @param screen what a person reads it on.
 */
export function registerCompare(
  program: Command,
  context: CliContext,
  printLine: (text: string) => void = print,
  screen: () => { width: number; color: boolean } = readScreen,
): void {
  program.command("compare")
    .description("say whether runs on the same questions are better or worse than the first one")
    .argument("<baseline>", "result file to compare with, of houqa eval or the older evaluator")
    .argument("<results...>", "one or more result files")
    .option(
      "--allow-differences <names>",
      `compare although these differ: ${DIFFERENCE_NAMES.join(", ")} (comma between them)`,
    )
    .option("--re-extract", "read the letters from the responses again, with the rules of today")
    .addOption(
      onlyWords(
        new Option("--answer <kind>", "which of the runs' answers is compared").default("plain"),
        ANSWER_KINDS,
      ),
    )
    .option("--data <file>", "question file, for the articles that questions share")
    .option("--flips <n>", "flipped questions to list each way, or all", String(DEFAULT_FLIPS))
    .option("--seed <n>", "random seed of the bootstrap", "42")
    .option("--resamples <n>", "resamples of the bootstrap", "10000")
    .addOption(new Option("--json", "as JSON").conflicts("markdown"))
    .option("--markdown", "as Markdown")
    .option("--fail-if-worse", "exit code 1 if a run is worse than the first")
    .addHelpText("after", EXAMPLES)
    .action(async (baseline: string, results: string[], flags: CompareFlags) => {
      const report = await compare([baseline, ...results], flags, context);
      const { pairs } = report.comparison;
      printLine(await render(report, flags, screen));
      const isWorse = pairs.some(({ verdict: { kind } }) => kind === "worse");
      context.exit(flags.failIfWorse && isWorse ? EXIT.finding : EXIT.done);
    });
}

async function compare(paths: readonly string[], flags: CompareFlags, { words }: CliContext) {
  const [{ readRun }, { compareRuns }, { clusterByArticle }, { openArticleSource }] = await Promise
    .all([
      import("../compare/read_run.ts"),
      import("../compare/compare_runs.ts"),
      import("../compare/article_clusters.ts"),
      import("../compare/open_article_source.ts"),
    ]);
  const { parseAllowed } = await import("../compare/run_differences.ts");
  const allowed = parseAllowed(flags.allowDifferences);
  const bootstrap = {
    resamples: readNumber("--resamples", flags.resamples, 100),
    seed: readNumber("--seed", flags.seed, 0),
  };
  if (flags.reExtract && flags.answer !== "plain") {
    throw new UsageError(
      `--re-extract reads the plain answers again, so it does not go with --answer ${flags.answer}.`,
    );
  }
  await refuseTwice(paths);
  const named = flags.data === undefined ? paths : [...paths, flags.data];
  await requirePermissions(
    named.map((path) => ({ name: "read", path })),
    "compare",
    words.slice(1),
  );
  const recorded: ComparedRun[] = [];
  for (const path of paths) recorded.push(chooseAnswer(await readRun(path), flags.answer));
  const { reExtract } = await import("../compare/re_extract.ts");
  const readAgain = flags.reExtract ? recorded.map(reExtract) : undefined;
  const runs = asSeveral(readAgain?.map(({ run }) => run) ?? recorded);
  const { checkComparable } = await import("../compare/check_comparable.ts");
  const differences = checkComparable(runs, allowed);
  const clustering = clusterByArticle(
    runs[0].questions,
    await openArticleSource(runs, flags.data),
  );
  return {
    comparison: compareRuns(runs, clustering, bootstrap),
    differences,
    ...(readAgain === undefined ? {} : {
      reExtraction: {
        runs: readAgain,
        asRecorded: compareRuns(asSeveral(recorded), clustering, bootstrap),
      },
    }),
  };
}

async function render(
  report: Awaited<ReturnType<typeof compare>>,
  flags: CompareFlags,
  screen: () => { width: number; color: boolean },
): Promise<string> {
  if (flags.json) {
    const { comparisonJson } = await import("../report/compare_json.ts");
    return comparisonJson(report);
  }
  const { describeComparison } = await import("../report/compare_report.ts");
  const flips = flags.flips === "all" ? Infinity : readNumber("--flips", flags.flips, 0);
  const blocks = describeComparison(report, { flips });
  if (flags.markdown) {
    const { renderMarkdown } = await import("../report/markdown_blocks.ts");
    return renderMarkdown(blocks);
  }
  const { renderTerminal } = await import("../report/terminal_blocks.ts");
  return renderTerminal(blocks, screen());
}

function asSeveral(runs: readonly ComparedRun[]): [ComparedRun, ...ComparedRun[]] {
  const [first, ...others] = runs;
  return [first!, ...others];
}

/** @throws {UsageError} when one file is named twice, also by another name. */
async function refuseTwice(paths: readonly string[]): Promise<void> {
  const real = await Promise.all(paths.map((path) => Deno.realPath(path).catch(() => path)));
  const twice = paths.find((_, place) => real.indexOf(real[place]!) < place);
  if (twice === undefined) return;
  throw new UsageError(`${twice} is given twice: a run can only be compared with another one.`);
}

function readNumber(option: string, value: string, least: number): number {
  const result = wholeNumber(least).safeParse(value);
  if (result.success) return result.data;
  throw new UsageError(
    `option ${option} is "${value}", but must be ${result.error.issues[0]!.message}.`,
  );
}

/** Pipes and files get 100 columns, as they have no width. */
function readScreen(): { width: number; color: boolean } {
  const isTerminal = Deno.stdout.isTerminal();
  const width = isTerminal ? Deno.consoleSize().columns : 100;
  return {
    width: Math.min(Math.max(width, 60), 160),
    color: canDraw(Deno.stdout) && !Deno.noColor,
  };
}
