import { LlmError } from "../llm/llm.ts";
import { OllamaConnection } from "../llm/ollama_connection.ts";
import { parseOllamaHost } from "../llm/ollama_host.ts";
import { tagsSchema, versionSchema } from "../llm/ollama_protocol.ts";
import type { Finding } from "./doctor_check.ts";

/** What is asked of an Ollama server. */
export interface OllamaCheckOptions {
  /** As in `OLLAMA_HOST`. */
  readonly host: string;
  readonly model: string;
  /** True where the settings choose this backend: then a missing server or model is a problem. */
  readonly isWanted: boolean;
  readonly timeoutMs?: number;
  /** For tests. */
  readonly fetch?: typeof fetch;
}

/** Model names beyond this are counted only. */
const SHOWN_MODELS = 8;

/** Whether the Ollama server answers, and has the model. */
export async function checkOllama(options: OllamaCheckOptions): Promise<Finding> {
  const { model, isWanted, timeoutMs = 2000 } = options;
  const host = parseOllamaHost(options.host);
  const missing = isWanted ? "problem" as const : "note" as const;
  const permission = { name: "net", host: host.netPermission } as const;
  if (
    options.fetch === undefined && (await Deno.permissions.query(permission)).state !== "granted"
  ) {
    throw new Deno.errors.NotCapable(`Requires net access to "${host.netPermission}"`);
  }
  const connection = new OllamaConnection({ host, model, concurrency: 1, fetch: options.fetch });
  const call = { purpose: "list", timeoutMs, tries: 1 } as const;
  try {
    const { value: version } = await connection.call(
      call,
      async (client) => versionSchema.parse(await client.version()),
    );
    const { value: tags } = await connection.call(
      call,
      async (client) => tagsSchema.parse(await client.list()),
    );
    const models = (tags.models ?? []).map(({ name }) => name);
    const hasModel = models.some((name) => name === model || name === `${model}:latest`);
    const data = { url: host.display, version: version.version, models };
    const summary = `${host.display}, version ${version.version}, ${listModels(models)}`;
    if (hasModel) return { state: "ok", summary, data };
    return {
      state: missing,
      summary,
      advice: `Get the model with \`ollama pull ${model}\`.`,
      data,
    };
  } catch (error) {
    if (!(error instanceof LlmError)) throw error;
    const { message } = error;
    const advice = isWanted || !message.includes("could not be reached")
      ? {}
      : { advice: "Only needed for the ollama backend." };
    return { state: missing, summary: message, ...advice, data: { url: host.display } };
  } finally {
    connection.close();
  }
}

function listModels(models: readonly string[]): string {
  if (models.length === 0) return "no models";
  const shown = models.slice(0, SHOWN_MODELS).join(", ");
  const rest = models.length - SHOWN_MODELS;
  return `${models.length} model${models.length === 1 ? "" : "s"}: ${shown}` +
    (rest > 0 ? ` and ${rest} more` : "");
}
