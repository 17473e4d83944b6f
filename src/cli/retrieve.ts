import { type Command, Option } from "commander";
import { loadDataset } from "../dataset/load_dataset.ts";
import { QUERY_PARTS, type QueryPart } from "../rag/recall/query_part.ts";
import type { IndexSourceOptions } from "../rag/recall/index_source.ts";
import type { RetrievalSource } from "../rag/recall/retrieval_source.ts";
import { settingsForIndexOnly } from "../settings/evaluation_config.ts";
import { type SearchConfig, searchConfig } from "../settings/search_config.ts";
import { DEFAULT_DATA } from "../settings/setting_table.ts";
import { UsageError } from "../settings/usage_error.ts";
import type { Question } from "../dataset/question.ts";
import { canDraw } from "./can_draw.ts";
import type { CliContext } from "./cli_context.ts";
import { EXIT } from "./exit_code.ts";
import { listenForSignals } from "./listen_for_signals.ts";
import { print, printError } from "./print.ts";
import { type Need, requirePermissions } from "./require_permissions.ts";
import { SEARCH_FLAGS, searchNeeds } from "./search_options.ts";
import { addSomeSettingOptions, resolveFrom } from "./setting_options.ts";
import { onlyWords } from "./value_words.ts";

const EXAMPLES = `
Examples:
  houqa retrieve --data datasets/demo/questions.json
  houqa retrieve --data ${DEFAULT_DATA}
  houqa retrieve --index data/egov_laws --retriever bm25 --retriever cite+bm25 --misses
`;

interface RetrieveFlags {
  readonly retriever?: readonly string[];
  readonly query: QueryPart;
  readonly misses?: boolean;
  readonly json?: boolean;
}

/** Settings of an evaluation that mean the same here. */
const SHARED_FLAGS: ReadonlySet<string> = new Set([
  "--data",
  "--index",
  "--samples",
  "--top-k",
  ...SEARCH_FLAGS,
].filter((flag) => flag !== "--expand"));

const DESCRIPTIONS = {
  "--top-k":
    "what a reranker chooses among is four times as many, or as many with --rerank-top-n " +
    "(default: 3; variable: RETRIEVER_TOP_K)",
};

/**
 * Registers `houqa retrieve`.
 * @param printLine where the report goes.
 */
export function registerRetrieve(
  program: Command,
  context: CliContext,
  printLine: (line: string) => void = print,
): void {
  const command = program.command("retrieve")
    .description("measure how well searches find the right articles; no model answers")
    .addOption(
      new Option(
        "--retriever <name>",
        "a search by its name in result files, e.g. bm25 or cite+bm25; may be given several times " +
          "(default: all there are)",
      )
        .argParser((name: string, before: readonly string[] = []) => [...before, name]),
    )
    .addOption(
      onlyWords(
        new Option(
          "--query <part>",
          "what is searched for: the question with its choices, or alone",
        ),
        QUERY_PARTS,
      ).default("full"),
    )
    .option("--misses", "list the questions whose right article did not come first")
    .option("--json", "as JSON, with the first ten articles of every question and their scores")
    .allowExcessArguments(false);
  addSomeSettingOptions(command, SHARED_FLAGS, DESCRIPTIONS);
  command.addHelpText("after", EXAMPLES)
    .action(async () => {
      const text = await retrieve(command, context);
      if (typeof text === "number") return context.exit(text);
      printLine(text);
      context.exit(EXIT.done);
    });
}

/** @returns the report, or the exit code of a signal. */
async function retrieve(command: Command, { words }: CliContext): Promise<string | number> {
  const args = words.slice(1);
  const flags = command.opts<RetrieveFlags>();
  const settings = resolveFrom(command, ["retriever_type"]);
  const { data, samples, law_index: index } = settings.values;
  const config = index === undefined ? undefined : searchConfig(settings, index);
  if (config === undefined) {
    for (const warning of settingsForIndexOnly(settings, "retrieved")) {
      printError(`WARNING: ${warning}`);
    }
  }
  const hasVectors = config !== undefined && await wantsVectors(config, flags);
  const needs: Need[] = [{ name: "read", path: data }];
  if (config !== undefined) {
    const retriever = hasVectors ? "hybrid" : "bm25";
    needs.push(...await searchNeeds({ ...config, retriever }, "retrieve:hf", args));
  }
  const isNative = needs.some(({ name }) => name === "ffi");
  await requirePermissions(needs, isNative ? "retrieve:hf" : "retrieve", args);
  const dataset = await loadDataset(data);
  const { createPrepareDisplay } = await import("../report/prepare_display.ts");
  const display = createPrepareDisplay(canDraw(Deno.stderr), printError);
  const { signal, exitOf, release } = listenForSignals(() => display.stop());
  let source: RetrievalSource | undefined;
  try {
    source = await openSource(
      dataset.questions,
      data,
      config && {
        config,
        hasVectors,
        hooks: {
          signal,
          onNote: onlyOnce(printError),
          onProgress: (progress) => display.update(progress),
        },
      },
    );
    const retrievers = [...new Set(flags.retriever ?? source.retrievers)];
    const { measureRetrieval } = await import("../rag/recall/measure_retrieval.ts");
    const questions = dataset.questions.slice(0, samples);
    const measurement = await measureRetrieval(questions, source, {
      retrievers,
      query: flags.query,
      ...(config === undefined ? {} : { keep: config.keep }),
      signal,
    });
    display.stop();
    if (measurement.unresolved.length === questions.length) {
      throw new UsageError(
        `${source.name} has no article that a コンテキスト of ${data} quotes, so that nothing ` +
          `can be measured: ${measurement.unresolved[0]!.reason}. Check --index and --data.`,
      );
    }
    if (flags.json) {
      const { recallJson } = await import("../report/recall_json.ts");
      return recallJson(measurement, { data: dataset, store: source.store });
    }
    const { renderRecallReport } = await import("../report/recall_report.ts");
    return renderRecallReport(measurement, { misses: flags.misses });
  } catch (error) {
    return exitOf(error);
  } finally {
    display.stop();
    release();
    await source?.close();
  }
}

/** Vectors are measured where there are some, or where they were asked for. */
async function wantsVectors(
  { vectorStore }: SearchConfig,
  { retriever }: RetrieveFlags,
): Promise<boolean> {
  if (retriever !== undefined) return retriever.some((name) => /vector|hybrid/.test(name));
  const { parseRemoteAddress } = await import("../rag/remote/remote_address.ts");
  if (parseRemoteAddress(vectorStore) !== undefined) return true;
  return await Deno.stat(vectorStore).then(({ isDirectory }) => isDirectory, () => false);
}

/** Every search opens its own model and says so. */
function onlyOnce(tell: (note: string) => void): (note: string) => void {
  const told = new Set<string>();
  return (note) => {
    if (told.has(note)) return;
    told.add(note);
    tell(note);
  };
}

async function openSource(
  questions: readonly Question[],
  data: string,
  options: IndexSourceOptions | undefined,
): Promise<RetrievalSource> {
  if (options !== undefined) {
    const { openIndexSource } = await import("../rag/recall/index_source.ts");
    return await openIndexSource(options);
  }
  const { createDatasetSource } = await import("../rag/recall/dataset_source.ts");
  return createDatasetSource(questions, data);
}
