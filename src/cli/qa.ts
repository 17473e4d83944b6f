import process from "node:process";
import { createInterface } from "node:readline";
import { getLogger } from "@logtape/logtape";
import type { Command } from "commander";
import type { PrepareProgress } from "../llm/prepare_model.ts";
import type { Llm } from "../llm/llm.ts";
import type { LawLibrary } from "../rag/qa/open_law_library.ts";
import type { QaPipeline } from "../rag/qa/qa_pipeline.ts";
import { UsageError } from "../settings/usage_error.ts";
import { AnswerPrinter } from "./answer_printer.ts";
import { canDraw } from "./can_draw.ts";
import type { CliContext } from "./cli_context.ts";
import { converse } from "./converse.ts";
import { EXIT } from "./exit_code.ts";
import { explainError } from "./explain_error.ts";
import { listenForSignals } from "./listen_for_signals.ts";
import { setUpLog } from "./log_setup.ts";
import { OutputError, print, printError, printText } from "./print.ts";
import { addQaOptions, type QaSettings, resolveQaSettings } from "./qa_settings.ts";
import { requirePermissions } from "./require_permissions.ts";
import { ollamaNeed, requireNative, searchNeeds } from "./search_options.ts";

const NOTES = `
Without a question it asks for questions one after the other; when standard input is no terminal, every
line of it is a question. Answers are no legal advice: read the articles that are listed.

Examples:
  houqa qa "有価証券届出書の効力はいつ生じますか"
  houqa qa "金商法第21条の2の責任を負うのは誰か" --show-context
  houqa qa --llm-backend hf --hf-model-name Qwen/Qwen3-8B
  houqa qa --json < questions.txt > answers.jsonl
`;

interface QaFlags {
  readonly showContext?: boolean;
  readonly json?: boolean;
}

/** Registers `houqa qa`. */
export function registerQa(program: Command, context: CliContext): void {
  const command = program.command("qa")
    .description("ask about laws: finds the articles, then a model answers with them")
    .argument("[question]", "without it, questions are read one after the other")
    .option("--show-context", "print the statutes that are sent along")
    .option("--json", "one JSON object for every question; nothing is streamed")
    .allowExcessArguments(false);
  addQaOptions(command);
  command.addHelpText("after", NOTES)
    .action(async (question: string | undefined) =>
      context.exit(await runQa(command, question, context))
    );
}

async function runQa(
  command: Command,
  given: string | undefined,
  context: CliContext,
): Promise<number> {
  const flags = command.opts<QaFlags>();
  setUpLog("warning");
  const settings = resolveQaSettings(command);
  for (const warning of settings.warnings) {
    getLogger(["houqa", "qa"]).warn("{warning}", { warning });
  }
  const question = given?.trim();
  if (question === "") throw new UsageError("The question is empty.");
  const isTerminal = Deno.stdin.isTerminal();
  if (question === undefined && isTerminal && flags.json) {
    throw new UsageError('--json needs a question: houqa qa --json "…", or lines from a pipe.');
  }
  await requireQaPermissions(settings, context.words);

  let library: LawLibrary | undefined;
  let pipeline: QaPipeline | undefined;
  const { signal, exitCode, exitOf, release } = listenForSignals(() => {});
  try {
    const { openLawLibrary } = await import("../rag/qa/open_law_library.ts");
    library = await whilePreparing((onProgress) =>
      openLawLibrary(settings.search, { signal, onProgress, onNote: printError })
    );
    const { createQaPipeline } = await import("../rag/qa/qa_pipeline.ts");
    pipeline = createQaPipeline(library.retriever);
    const llm = await loadModel(pipeline, settings, signal);
    const printer = await createPrinter(pipeline, library, settings, flags);
    if (question !== undefined) {
      await printer.answer(question, signal);
      return EXIT.done;
    }
    if (!isTerminal) return await answerLines(printer, signal, flags.json ?? false);
    print(`${llm.identity.model} · ${library.corpus.lawCount} laws · /help`);
    await converse({
      answer: (line, stop) => printer.answer(line, stop),
      clear: () => printer.clear(),
      contexts: () => printer.lastContexts,
      print,
      onError: tell,
    }, { input: process.stdin, output: process.stdout, signal });
    return exitCode() ?? EXIT.done;
  } catch (error) {
    return exitOf(error);
  } finally {
    release();
    await pipeline?.close();
    await library?.close();
  }
}

/** Shows what is downloaded or exported meanwhile. */
async function whilePreparing<T>(
  action: (onProgress: (progress: PrepareProgress) => void) => Promise<T>,
): Promise<T> {
  const { createPrepareDisplay } = await import("../report/prepare_display.ts");
  const display = createPrepareDisplay(canDraw(Deno.stderr), printError);
  try {
    return await action((progress) => display.update(progress));
  } finally {
    display.stop();
  }
}

/** Answers every line of standard input; one that fails does not keep the others from an answer. */
async function answerLines(
  printer: AnswerPrinter,
  signal: AbortSignal,
  asJson: boolean,
): Promise<number> {
  let failed = 0;
  const lines = createInterface({ input: process.stdin, crlfDelay: Infinity });
  const end = () => lines.close();
  signal.addEventListener("abort", end, { once: true });
  for await (const line of lines) {
    signal.throwIfAborted();
    const question = line.trim();
    if (question === "") continue;
    // Questions from a file have nothing to do with each other.
    printer.clear();
    try {
      if (!asJson) print(`質問> ${question}`);
      await printer.answer(question, signal);
      if (!asJson) print("");
    } catch (error) {
      if (signal.aborted || error instanceof OutputError) throw error;
      failed++;
      tell(error);
    }
  }
  signal.throwIfAborted();
  return failed > 0 ? EXIT.finding : EXIT.done;
}

function tell(error: unknown): void {
  printError(`houqa: ${explainError(error).message}`);
}

async function loadModel(
  pipeline: QaPipeline,
  { config }: QaSettings,
  signal: AbortSignal,
): Promise<Llm> {
  const { longestPromptBytes } = await import("../rag/qa/qa_session.ts");
  return await whilePreparing((onProgress) =>
    pipeline.loadModel(config, {
      longestPromptBytes: longestPromptBytes(),
      signal,
      onProgress,
    })
  );
}

async function createPrinter(
  pipeline: QaPipeline,
  library: LawLibrary,
  { config, search }: QaSettings,
  flags: QaFlags,
): Promise<AnswerPrinter> {
  const { QaSession } = await import("../rag/qa/qa_session.ts");
  const { corpus, resolver, retriever, isWordSearch } = library;
  return new AnswerPrinter({
    session: new QaSession({
      pipeline,
      corpus,
      resolver,
      topK: search.keep,
      maxNewTokens: config.maxTokens,
      isWordSearch,
    }),
    search: { retriever: retriever.type, index: library.folder },
    asJson: flags.json ?? false,
    showContext: flags.showContext ?? false,
    write: printText,
  });
}

async function requireQaPermissions(
  { search, config: { llm } }: QaSettings,
  words: readonly string[],
): Promise<void> {
  const args = words.slice(1);
  const needs = await searchNeeds(search, "qa:hf", args);
  if (llm.backend === "hf") {
    await requireNative("The hf backend", "qa:hf", args);
    const { hubEnvironment } = await import("../settings/hub_environment.ts");
    const { modelNeeds } = await import("./model_needs.ts");
    needs.push(...await modelNeeds([llm.hfModelName, llm.loraPath], hubEnvironment()));
  } else {
    needs.push(await ollamaNeed(llm.ollamaHost));
  }
  const isNative = needs.some(({ name }) => name === "ffi");
  await requirePermissions(needs, isNative ? "qa:hf" : "qa", args);
}
