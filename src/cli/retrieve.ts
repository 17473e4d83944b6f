import { type Command, Option } from "commander";
import { loadDataset } from "../dataset/load_dataset.ts";
import { QUERY_PARTS, type QueryPart } from "../rag/recall/measure_retrieval.ts";
import type { RetrievalSource } from "../rag/recall/retrieval_source.ts";
import { DEFAULT_DATA } from "../settings/setting_table.ts";
import { wholeNumber } from "../settings/setting_schemas.ts";
import { UsageError } from "../settings/usage_error.ts";
import type { Question } from "../dataset/question.ts";
import type { CliContext } from "./cli_context.ts";
import { EXIT } from "./exit_code.ts";
import { print } from "./print.ts";
import { type Need, requirePermissions } from "./require_permissions.ts";

const EXAMPLES = `
Examples:
  houqa retrieve --data ${DEFAULT_DATA}
  houqa retrieve --index data/egov_laws --retriever bm25 --retriever cite+bm25 --misses
`;

interface RetrieveFlags {
  readonly data: string;
  readonly index?: string;
  readonly retriever?: readonly string[];
  readonly query: QueryPart;
  readonly samples?: string;
  readonly misses?: boolean;
  readonly json?: boolean;
}

/**
 * Registers `houqa retrieve`.
 * @param printLine where the report goes.
 */
export function registerRetrieve(
  program: Command,
  context: CliContext,
  printLine: (line: string) => void = print,
): void {
  program.command("retrieve")
    .description("measure how well searches find the right articles; no model is asked")
    .option("--data <file>", "questions in the lawqa_jp format", DEFAULT_DATA)
    .option("--index <folder>", "index of laws to search; without it, the questions' own contexts")
    .addOption(
      new Option(
        "--retriever <name>",
        "a search to measure; may be given several times (default: all)",
      )
        .argParser((name: string, before: readonly string[] = []) => [...before, name]),
    )
    .addOption(
      new Option("--query <part>", "what is searched for: the question with its choices, or alone")
        .choices(QUERY_PARTS).default("full"),
    )
    .option("--samples <n>", "only the first n questions")
    .option("--misses", "list the questions whose right article did not come first")
    .option("--json", "as JSON")
    .allowExcessArguments(false)
    .addHelpText("after", EXAMPLES)
    .action(async (flags: RetrieveFlags) => {
      printLine(await retrieve(flags, context));
      context.exit(EXIT.done);
    });
}

async function retrieve(flags: RetrieveFlags, { words }: CliContext): Promise<string> {
  const samples = readSamples(flags.samples);
  const needs: Need[] = [{ name: "read", path: flags.data }];
  if (flags.index !== undefined) needs.push({ name: "read", path: flags.index });
  await requirePermissions(needs, "retrieve", words.slice(1));
  const dataset = await loadDataset(flags.data);
  const source = await openSource(flags, dataset.questions);
  try {
    const retrievers = [...new Set(flags.retriever ?? source.retrievers)];
    const { measureRetrieval } = await import("../rag/recall/measure_retrieval.ts");
    const { recallReportJson, renderRecallReport } = await import("../report/recall_report.ts");
    const questions = dataset.questions.slice(0, samples);
    const measurement = await measureRetrieval(questions, source, {
      retrievers,
      query: flags.query,
    });
    if (measurement.unresolved.length === questions.length) {
      throw new UsageError(
        `${source.name} has no article that a コンテキスト of ${flags.data} quotes, so that nothing ` +
          `can be measured: ${measurement.unresolved[0]!.reason}. Check --index and --data.`,
      );
    }
    return flags.json
      ? recallReportJson(measurement, dataset)
      : renderRecallReport(measurement, { misses: flags.misses });
  } finally {
    await source.close();
  }
}

async function openSource(
  { index, data }: RetrieveFlags,
  questions: readonly Question[],
): Promise<RetrievalSource> {
  if (index !== undefined) {
    const { openIndexSource } = await import("../rag/recall/index_source.ts");
    return await openIndexSource(index);
  }
  const { createDatasetSource } = await import("../rag/recall/dataset_source.ts");
  return createDatasetSource(questions, data);
}

function readSamples(value: string | undefined): number | undefined {
  if (value === undefined) return undefined;
  const result = wholeNumber(1).safeParse(value);
  if (result.success) return result.data;
  throw new UsageError(
    `option --samples is "${value}", but must be ${result.error.issues[0]!.message}.`,
  );
}
