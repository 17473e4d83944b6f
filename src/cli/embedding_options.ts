import type { Command } from "commander";
import type { Embedder } from "../rag/vector/embedder.ts";
import { OLLAMA_PREFIX } from "../rag/vector/ollama_prefix.ts";
import type { EmbedderOptions } from "../rag/vector/open_embedder.ts";
import type { WorkDisplay } from "../report/work_display.ts";
import type { ResolvedSettings } from "../settings/resolve_settings.ts";
import type { SettingName } from "../settings/setting_table.ts";
import { canDraw } from "./can_draw.ts";
import type { CliContext } from "./cli_context.ts";
import { printError } from "./print.ts";
import { type Need, requirePermissions } from "./require_permissions.ts";
import { searchNeeds, type SearchPlaces } from "./search_options.ts";
import { addSomeSettingOptions, resolveFrom } from "./setting_options.ts";

/** The index where nothing is said: where `houqa laws build` puts it. */
const DEFAULT_INDEX = "data/egov_laws";
const DESCRIPTIONS = { "--index": `the index (default: ${DEFAULT_INDEX}; variable: LAW_INDEX)` };

/** Which index is embedded by which model, and where that runs. */
export interface EmbeddingSettings {
  readonly index: string;
  readonly model?: string;
  readonly device: ResolvedSettings["values"]["embedding_device"];
  readonly ollamaHost: string;
  readonly settings: ResolvedSettings;
}

/** Gives a command the options of an index, a model, and others of a search. */
export function addEmbeddingOptions(
  command: Command,
  descriptions: Readonly<Record<string, string>> = {},
): void {
  const flags = [
    "--index",
    "--embedding-model",
    "--embedding-device",
    ...Object.keys(descriptions),
  ];
  addSomeSettingOptions(command, new Set(flags), { ...DESCRIPTIONS, ...descriptions });
}

/**
 * Resolves what {@linkcode addEmbeddingOptions} gave.
 * @param own options of the command that look like a setting's and are none.
 * @throws {UsageError} for a value that is not allowed.
 */
export function resolveEmbedding(
  command: Command,
  own: readonly SettingName[] = [],
): EmbeddingSettings {
  const settings = resolveFrom(command, own);
  const { law_index, embedding_model: model, embedding_device, ollama_host } = settings.values;
  return {
    index: law_index ?? DEFAULT_INDEX,
    ...(model === undefined ? {} : { model }),
    device: embedding_device,
    ollamaHost: ollama_host,
    settings,
  };
}

/** Permissions of models that run here, and of all else. */
const TASKS = { native: "laws:hf", plain: "laws" } as const;

/**
 * Looks ahead at what an index, servers and models take.
 * @param more needs besides.
 * @throws {UsageError} with the command that has the permissions.
 */
export async function requireEmbedding(
  places: SearchPlaces,
  { words }: CliContext,
  more: readonly Need[] = [],
): Promise<void> {
  const args = words.slice(1);
  const needs = await searchNeeds(places, TASKS.native, args);
  const isNative = needs.some(({ name }) => name === "ffi");
  await requirePermissions([...needs, ...more], TASKS[isNative ? "native" : "plain"], args);
}

/** Opens the model, showing what is downloaded or exported first, and says what it is. */
export async function openShownEmbedder(
  options: EmbedderOptions,
  onDisplay: (display: { stop(): void }) => void,
): Promise<Embedder> {
  const { openEmbedder } = await import("../rag/vector/open_embedder.ts");
  const { createPrepareDisplay } = await import("../report/prepare_display.ts");
  const display = createPrepareDisplay(canDraw(Deno.stderr), printError);
  onDisplay(display);
  try {
    const embedder = await openEmbedder({
      ...options,
      onNote: printError,
      onProgress: (progress) => display.update(progress),
    });
    const { dimensions, maxTokens } = embedder.identity;
    const place = options.model.startsWith(OLLAMA_PREFIX)
      ? ` at ${(await import("../llm/ollama_host.ts")).parseOllamaHost(options.ollamaHost).display}`
      : "";
    printError(
      `Embedding model: ${options.model}${place}, ${dimensions} numbers a vector, at most ` +
        `${maxTokens} tokens of a text.`,
    );
    return embedder;
  } finally {
    display.stop();
  }
}

/** A bar on a terminal, lines elsewhere. */
export async function createWorkDisplay(what: string): Promise<WorkDisplay> {
  const { createWorkBar, createWorkLines } = await import("../report/work_display.ts");
  return canDraw(Deno.stderr) ? createWorkBar(what, printError) : createWorkLines(what, printError);
}
