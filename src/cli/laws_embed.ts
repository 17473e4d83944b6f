import { type Command, Option } from "commander";
import { pushCommand } from "../rag/index_commands.ts";
import { parseRemoteAddress } from "../rag/remote/remote_address.ts";
import type { BuildCost, BuildProgress } from "../rag/vector/build_cost.ts";
import { type Grain, GRAINS } from "../rag/vector/passage_text.ts";
import { modelOf, storedVectors } from "../rag/vector/stored_model.ts";
import type { WorkDisplay } from "../report/work_display.ts";
import { defaultVectorStore } from "../settings/search_config.ts";
import { UsageError } from "../settings/usage_error.ts";
import { askAtTerminal, canAsk } from "./ask_at_terminal.ts";
import type { CliContext } from "./cli_context.ts";
import {
  addEmbeddingOptions,
  createWorkDisplay,
  openShownEmbedder,
  requireEmbedding,
  resolveEmbedding,
} from "./embedding_options.ts";
import { EXIT } from "./exit_code.ts";
import { listenForSignals } from "./listen_for_signals.ts";
import { printError, printNews } from "./print.ts";
import { wholeNumberOption } from "./whole_number_option.ts";
import { onlyWords } from "./value_words.ts";

/** Longer builds are asked about. */
const LONG_SECONDS = 10 * 60;

const NOTES = `
The first 64 texts are embedded as a trial; then the time for all of them is told, and asked about when
it is more than 10 minutes. What is embedded is kept: after an interruption the same command goes on.
Options that are left out are as for the vectors that are in the folder. Ollama's address: OLLAMA_HOST.

Examples:
  houqa laws embed --embedding-model intfloat/multilingual-e5-small
  houqa laws embed --embedding-model ollama:bge-m3
  houqa laws embed --index data/demo_laws --embedding-model models/ruri --grain row --yes
`;

interface EmbedFlags {
  readonly grain?: Grain;
  readonly graph?: boolean;
  readonly maxTokens?: number;
  readonly yes?: boolean;
}

/** Registers `houqa laws embed`. */
export function registerLawsEmbed(laws: Command, context: CliContext): void {
  const command = laws.command("embed")
    .description("turn every article into a vector, for --retriever vector and hybrid")
    .allowExcessArguments(false);
  addEmbeddingOptions(command, {
    "--vector-store":
      "folder of the vectors (default: <index>_vectors; variable: VECTOR_STORE_PATH)",
  });
  command
    .addOption(
      onlyWords(
        new Option("--grain <what>", "a vector for each unit (article) or row (paragraph, item)"),
        GRAINS,
      ),
    )
    .option("--graph", "also connect neighbours: fast with millions, may miss a few, takes memory")
    .option("--no-graph", "without neighbours, though the vectors in the folder have some")
    .option(
      "--max-tokens <n>",
      "longest text that is read, in tokens (default: 2048, or what the model takes)",
      wholeNumberOption(16, 1_000_000),
    )
    .option("--yes", "do not ask, however long it takes")
    .addHelpText("after", NOTES)
    .action(async () => context.exit(await runLawsEmbed(command, context)));
}

async function runLawsEmbed(command: Command, context: CliContext): Promise<number> {
  const flags = command.opts<EmbedFlags>();
  const { index, model: asked, device, ollamaHost, settings } = resolveEmbedding(command, [
    "max_tokens",
  ]);
  const folder = settings.values.vector_store_path ?? defaultVectorStore(index);
  refuseServer(folder, index, asked);
  // What is wrong with vectors that are there does not matter: they are made again.
  const stored = await storedVectors(folder);
  const model = asked ?? (stored && modelOf(stored));
  await requireEmbedding(
    { index, retriever: "vector", vectorStore: folder, embeddingModel: model, ollamaHost },
    context,
    [{ name: "write", path: folder }],
  );
  if (model === undefined) {
    throw new UsageError(
      "Which embedding model? Set --embedding-model or EMBEDDING_MODEL: a folder, a name of the " +
        "hub (intfloat/multilingual-e5-small) or one of Ollama (ollama:bge-m3).",
    );
  }
  const { openTextStore } = await import("../rag/remote/open_text_store.ts");
  const { refuseForeignFolder } = await import("../rag/vector/refuse_foreign_folder.ts");
  const texts = await openTextStore(index);
  try {
    await refuseForeignFolder(folder);
    const like = stored !== undefined && modelOf(stored) === model ? stored : undefined;
    return await embed(texts, folder, {
      grain: flags.grain ?? stored?.grain ?? "unit",
      withGraph: flags.graph ?? stored?.neighbours !== undefined,
      hasYes: flags.yes ?? false,
      embedder: {
        model,
        device,
        ollamaHost,
        maxTokens: flags.maxTokens ?? like?.embedder.max_tokens,
      },
    });
  } finally {
    texts.close();
  }
}

interface Plan {
  readonly grain: Grain;
  readonly withGraph: boolean;
  readonly hasYes: boolean;
  readonly embedder: Parameters<typeof openShownEmbedder>[0];
}

async function embed(
  { store, manifest }: import("../rag/remote/open_text_store.ts").TextStore,
  folder: string,
  { grain, withGraph, hasYes, embedder: options }: Plan,
): Promise<number> {
  const { buildVectorIndex } = await import("../rag/vector/build_vector_index.ts");
  const report = await import("../report/embed_report.ts");
  let shown: { stop(): void } | undefined;
  const { signal, exitOf, release } = listenForSignals(() => shown?.stop());
  let embedder: Awaited<ReturnType<typeof openShownEmbedder>> | undefined;
  let soFar: Pick<BuildProgress, "done" | "total"> | undefined;
  const keptSoFar = () => soFar === undefined ? "" : report.renderKept(soFar, grain);
  try {
    embedder = await openShownEmbedder({ ...options, signal }, (one) => shown = one);
    const display = await createWorkDisplay(report.COUNTED[grain]);
    shown = display;
    const timing = { startedMs: performance.now(), first: 0, isUsed: false };
    const built = await buildVectorIndex({
      store,
      corpusDigest: manifest.corpus.sha256,
      embedder,
      folder,
      grain,
      withGraph,
      signal,
      onNote: (note) => display.note(note),
      async onCost(cost) {
        soFar = { done: cost.done, total: cost.passages };
        timing.first = cost.done - cost.trial.passages;
        timing.isUsed = true;
        if (cost.done === cost.passages) return true;
        printError(report.renderBuildCost(cost, grain));
        const askedMs = performance.now();
        const goesOn = hasYes || await mayTakeLong(cost, signal);
        timing.startedMs += performance.now() - askedMs;
        return goesOn;
      },
      onProgress(progress) {
        soFar = progress;
        display.update(progress);
      },
    });
    display.stop();
    if (built === undefined) {
      printError(`Stopped. ${keptSoFar()}`);
      return EXIT.stopped;
    }
    printNews(report.renderVectorReport(folder, built, {
      passages: timing.isUsed ? built.count - timing.first : 0,
      seconds: (performance.now() - timing.startedMs) / 1000,
    }));
    return EXIT.done;
  } catch (error) {
    const code = exitOf(error);
    printError(`Interrupted. ${keptSoFar()}`.trim());
    return code;
  } finally {
    (shown as WorkDisplay | undefined)?.stop();
    release();
    await embedder?.close();
  }
}

/** Asks about a long build, where there is somebody to ask. */
async function mayTakeLong({ seconds }: BuildCost, signal: AbortSignal): Promise<boolean> {
  if (seconds <= LONG_SECONDS) return true;
  if (canAsk()) return await askAtTerminal("Go on?", signal);
  printError("There is no terminal to ask at: it goes on (--yes leaves this sentence out).");
  return true;
}

function refuseServer(place: string, index: string, model: string | undefined): void {
  const address = parseRemoteAddress(place);
  if (address === undefined) return;
  if (address.product === "qdrant") {
    throw new UsageError(
      `${address.display} is a server. Send the vectors there: ` +
        pushCommand(index, address, model ?? "<model>"),
    );
  }
  throw new UsageError(`${address.display} keeps texts, not vectors. Name a folder.`);
}
