import { type Command, Option } from "commander";
import {
  parseRemoteAddress,
  PRODUCT_NAMES,
  type RemoteAddress,
} from "../rag/remote/remote_address.ts";
import type { RemoteProgress } from "../rag/remote/build_opensearch.ts";
import type { TextStore } from "../rag/remote/open_text_store.ts";
import type { Embedder } from "../rag/vector/embedder.ts";
import { type Grain, GRAINS } from "../rag/vector/passage_text.ts";
import { UsageError } from "../settings/usage_error.ts";
import type { CliContext } from "./cli_context.ts";
import {
  addEmbeddingOptions,
  createWorkDisplay,
  type EmbeddingSettings,
  openShownEmbedder,
  requireEmbedding,
  resolveEmbedding,
} from "./embedding_options.ts";
import { EXIT } from "./exit_code.ts";
import { listenForSignals } from "./listen_for_signals.ts";
import { printError, printNews } from "./print.ts";
import { requireOption } from "./require_option.ts";
import { wholeNumberOption } from "./whole_number_option.ts";
import { onlyWords } from "./value_words.ts";

const NOTES = `
OpenSearch gets the terms of every row, for --text-server; Qdrant gets vectors, for --vector-store. The
texts stay in the local index. The name points to the new data when all of it is there; until then
searches go on with the old. After an interruption the same command goes on with what is missing.
Passwords come from the environment or .env only: HOUQA_OPENSEARCH_USER and HOUQA_OPENSEARCH_PASSWORD,
HOUQA_OPENSEARCH_TOKEN, HOUQA_QDRANT_API_KEY. Ollama's address: OLLAMA_HOST.

Examples:
  houqa laws push --server opensearch://localhost/laws
  houqa laws push --server qdrant+https://vec.example:6333/laws --embedding-model ollama:bge-m3
`;

interface PushFlags {
  readonly server: string;
  readonly grain?: Grain;
  readonly shards?: number;
  readonly replicas?: number;
}

/** Registers `houqa laws push`. */
export function registerLawsPush(laws: Command, context: CliContext): void {
  const command = laws.command("push")
    .description("send an index to a server, where one machine is not enough")
    .allowExcessArguments(false);
  requireOption(
    command,
    "--server <address>",
    "opensearch+https://host:9200/name or qdrant+https://host:6333/name",
  );
  addEmbeddingOptions(command, {
    "--embedding-model":
      "Qdrant: a folder, Org/Name[@revision] or ollama:<name> (variable: EMBEDDING_MODEL)",
  });
  command
    .addOption(
      onlyWords(
        new Option(
          "--grain <what>",
          "Qdrant: a vector for each unit (article; the default) or row (paragraph, item)",
        ),
        GRAINS,
      ),
    )
    .option(
      "--shards <n>",
      "parts of the index (default: OpenSearch one for 20 million rows, Qdrant 1)",
      wholeNumberOption(1, 1000),
    )
    .option(
      "--replicas <n>",
      "as the server counts: OpenSearch further copies (default: 0), Qdrant all (default: 1)",
      wholeNumberOption(0, 100),
    )
    .addHelpText("after", NOTES)
    .action(async () => context.exit(await runLawsPush(command, context)));
}

async function runLawsPush(command: Command, context: CliContext): Promise<number> {
  const flags = command.opts<PushFlags>();
  const embedding = resolveEmbedding(command);
  const address = readServer(flags.server);
  refuseUnfitting(address, flags, embedding);
  const { index, ollamaHost, model } = embedding;
  const server = flags.server;
  await requireEmbedding(
    address.product === "opensearch"
      ? { index, retriever: "bm25", textServer: server, vectorStore: index, ollamaHost }
      : { index, retriever: "vector", vectorStore: server, embeddingModel: model, ollamaHost },
    context,
  );
  const { openTextStore } = await import("../rag/remote/open_text_store.ts");
  const texts = await openTextStore(index);
  try {
    return await push(texts, address, flags, embedding);
  } finally {
    texts.close();
  }
}

async function push(
  { store, manifest }: TextStore,
  address: RemoteAddress,
  { grain, shards, replicas }: PushFlags,
  { model, device, ollamaHost }: EmbeddingSettings,
): Promise<number> {
  const { buildRemoteIndex } = await import("../rag/remote/remote_index.ts");
  const { COUNTED, renderCut } = await import("../report/embed_report.ts");
  const { renderPushReport } = await import("../report/push_report.ts");
  let shown: { stop(): void } | undefined;
  const { signal, exitOf, release } = listenForSignals(() => shown?.stop());
  let embedder: Embedder | undefined;
  let soFar: RemoteProgress | undefined;
  const what = address.product === "opensearch" ? "rows" : COUNTED[grain ?? "unit"];
  try {
    if (address.product === "qdrant") {
      const options = { model: model!, device, ollamaHost, signal };
      embedder = await openShownEmbedder(options, (one) => shown = one);
    }
    const display = await createWorkDisplay(what);
    shown = display;
    const report = await buildRemoteIndex({
      address,
      store,
      manifest,
      embedder,
      grain,
      shards,
      replicas,
      signal,
      connection: { onNote: (note) => display.note(note) },
      onProgress(progress) {
        soFar = progress;
        display.update(progress);
      },
    });
    display.stop();
    printNews(renderPushReport(address, report));
    if (embedder !== undefined && embedder.cutTexts > 0) {
      const { identity: { maxTokens }, cutTexts } = embedder;
      printNews(`cut     ${renderCut(cutTexts, maxTokens, grain ?? "unit")}`);
    }
    return EXIT.done;
  } catch (error) {
    const code = exitOf(error);
    const kept = soFar === undefined
      ? ""
      : ` ${soFar.done} of ${soFar.total} ${what} are on the server. The same command goes on.`;
    printError(`Interrupted.${kept}`);
    return code;
  } finally {
    shown?.stop();
    release();
    await embedder?.close();
  }
}

function readServer(text: string): RemoteAddress {
  const address = parseRemoteAddress(text);
  if (address !== undefined) return address;
  throw new UsageError(
    `--server "${text}" is no address of a search server: opensearch+https://host[:9200]/name or ` +
      "qdrant+https://host[:6333]/name.",
  );
}

/** @throws {UsageError} for options that the server has nothing for, or wants. */
function refuseUnfitting(
  { product }: RemoteAddress,
  { grain, replicas }: PushFlags,
  { model, settings }: EmbeddingSettings,
): void {
  if (product === "opensearch") {
    const unused = grain !== undefined
      ? "--grain"
      : settings.origins.embedding_model.kind === "option"
      ? "--embedding-model"
      : undefined;
    if (unused === undefined) return;
    throw new UsageError(
      `${unused} is about vectors, and ${PRODUCT_NAMES[product]} gets texts: leave it out.`,
    );
  }
  if (replicas === 0) {
    throw new UsageError("--replicas counts all copies for Qdrant: at least 1.");
  }
  if (model !== undefined) return;
  throw new UsageError(
    "Vectors need a model: set --embedding-model or EMBEDDING_MODEL (a folder, a name of the hub, or " +
      "ollama:<name>).",
  );
}
