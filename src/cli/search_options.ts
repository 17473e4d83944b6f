import denoJson from "../../deno.json" with { type: "json" };
import { buildForm } from "../build/build_form.ts";
import { formCommand } from "../build/form_command.ts";
import type { SearchConfig } from "../settings/search_config.ts";
import { UsageError } from "../settings/usage_error.ts";
import type { Need } from "./require_permissions.ts";

/** Options of a search in an index, the index itself and the retriever left out. */
export const SEARCH_FLAGS = [
  "--expand",
  "--text-server",
  "--vector-store",
  "--embedding-model",
  "--embedding-device",
  "--fusion-method",
  "--rrf-k",
  "--vector-weight",
  "--bm25-weight",
  "--fetch-k-multiplier",
  "--use-mmr",
  "--no-use-mmr",
  "--mmr-lambda",
  "--mmr-fetch-k-max",
  "--use-reranker",
  "--reranker-model",
  "--rerank-top-n",
] as const;

/** The parts of a search's settings that say what it takes. */
export type SearchPlaces = Pick<
  SearchConfig,
  | "index"
  | "retriever"
  | "textServer"
  | "vectorStore"
  | "embeddingModel"
  | "ollamaHost"
  | "reranker"
>;

/**
 * What a search takes: its index and vectors, the servers that have them, and the models that it
 * runs.
 * @param nativeTask the task that may run models here.
 * @param args what the user typed after the task's name.
 * @throws {UsageError} naming that task where this one may not.
 */
export async function searchNeeds(
  config: SearchPlaces,
  nativeTask: keyof typeof denoJson.tasks,
  args: readonly string[],
): Promise<Need[]> {
  const { index, retriever, textServer, vectorStore, embeddingModel, reranker } = config;
  const needs: Need[] = [{ name: "read", path: index }];
  const models: string[] = [];
  if (textServer !== undefined && (retriever === "bm25" || retriever === "hybrid")) {
    needs.push(...await serverNeeds(textServer));
  }
  if (retriever === "vector" || retriever === "hybrid") {
    const server = await serverNeeds(vectorStore);
    needs.push(...server.length > 0 ? server : [{ name: "read", path: vectorStore } as const]);
    const { modelOf, storedVectors } = await import("../rag/vector/stored_model.ts");
    const stored = embeddingModel !== undefined || server.length > 0
      ? undefined
      : await storedVectors(vectorStore);
    const model = embeddingModel ?? (stored && modelOf(stored));
    const { OLLAMA_PREFIX } = await import("../rag/vector/ollama_prefix.ts");
    if (model?.startsWith(OLLAMA_PREFIX)) needs.push(await ollamaNeed(config.ollamaHost));
    else if (model !== undefined) models.push(model);
  }
  if (reranker !== undefined) models.push(reranker.model);
  if (models.length === 0) return needs;
  await requireNative(models[0]!, nativeTask, args);
  const { hubEnvironment } = await import("../settings/hub_environment.ts");
  const { modelNeeds } = await import("./model_needs.ts");
  return [...needs, ...await modelNeeds(models, hubEnvironment())];
}

/**
 * Models that run here take permissions of a task of their own: native libraries can do anything.
 * @throws {UsageError} naming that task.
 */
export async function requireNative(
  what: string,
  nativeTask: keyof typeof denoJson.tasks,
  args: readonly string[],
): Promise<void> {
  const { nativeNeeds } = await import("./native_needs.ts");
  const needs = await nativeNeeds();
  for (const need of needs) {
    // Only a task of that kind has any of them; what else is missing is told with a command.
    if ((await Deno.permissions.query(need)).state === "granted") return;
  }
  if (buildForm() !== "sources") return;
  const [libraries] = needs.flatMap((need) => need.name === "ffi" ? need.path : []);
  throw new UsageError(
    `${what} loads native libraries (--allow-ffi=${libraries}), which this task may not. Run:\n` +
      `  ${formCommand(nativeTask, args)}`,
  );
}

/** What an Ollama server takes. */
export async function ollamaNeed(host: string): Promise<Need> {
  const { parseOllamaHost } = await import("../llm/ollama_host.ts");
  return { name: "net", host: parseOllamaHost(host).netPermission };
}

/** What a search server takes; nothing for a folder. */
export async function serverNeeds(place: string): Promise<Need[]> {
  const { parseRemoteAddress } = await import("../rag/remote/remote_address.ts");
  const address = parseRemoteAddress(place);
  if (address === undefined) return [];
  const { CREDENTIAL_VARIABLES } = await import("../rag/remote/remote_credentials.ts");
  return [
    { name: "net", host: address.netPermission },
    ...CREDENTIAL_VARIABLES[address.product].map((
      variable,
    ) => ({ name: "env", variable } as const)),
  ];
}
