import { join } from "node:path";
import { SENTENCE_FILES, SMALL_FILES } from "../hub/model_files.ts";
import { parseJson } from "../eval/parse_json.ts";
import { readTextIfThere } from "../settings/read_text_if_there.ts";
import { UsageError } from "../settings/usage_error.ts";
import { computeType, type ExportDtype, modelFileName } from "./export_dtype.ts";
import type { ExportTask } from "./export_task.ts";

/** What an export adds to the companions. */
export interface CompanionOptions {
  readonly dtype: ExportDtype;
  readonly dataFileCount: number;
  /** The output layer's weights are the embedding's. */
  readonly tied: boolean;
  /** For feature-extraction the files go along that say how its vectors are made. */
  readonly task?: ExportTask;
}

/**
 * The files beside the weights as an export folder needs them: `config.json` with what
 * transformers.js must know, the chat template inside `tokenizer_config.json`, where it looks for
 * it, everything else as it is.
 * @throws {UsageError} when the folder has no `tokenizer.json`.
 */
export async function companionFiles(
  folder: string,
  config: Readonly<Record<string, unknown>>,
  options: CompanionOptions,
): Promise<Map<string, string>> {
  const files = new Map<string, string>();
  const names = options.task === "feature-extraction"
    ? [...SMALL_FILES, ...SENTENCE_FILES]
    : SMALL_FILES;
  for (const name of names) {
    const text = await readTextIfThere(join(folder, name));
    if (text !== undefined) files.set(name, text);
  }
  if (!files.has("tokenizer.json")) {
    throw new UsageError(
      `${folder} has no tokenizer.json. Make one with Python: ` +
        `AutoTokenizer.from_pretrained("${folder}").save_pretrained("${folder}")`,
    );
  }
  files.set("config.json", JSON.stringify(exportedConfig(config, options), null, 2) + "\n");
  const tokenizer = withChatTemplate(files, folder);
  if (tokenizer !== undefined) files.set("tokenizer_config.json", tokenizer);
  return files;
}

function exportedConfig(
  config: Readonly<Record<string, unknown>>,
  { dtype, dataFileCount, tied }: CompanionOptions,
): Record<string, unknown> {
  const isHalf = computeType(dtype) === "float16";
  return {
    ...config,
    tie_word_embeddings: tied,
    "transformers.js_config": {
      dtype,
      use_external_data_format: { [modelFileName(dtype)]: dataFileCount },
      ...(isHalf ? { kv_cache_dtype: { [dtype]: "float16" } } : {}),
    },
  };
}

/**
 * `tokenizer_config.json` with the template of `chat_template.jinja` or `.json`, which as in Python
 * goes before its own; undefined where there is no such file.
 */
function withChatTemplate(files: ReadonlyMap<string, string>, folder: string): string | undefined {
  const path = join(folder, "tokenizer_config.json");
  const tokenizer = parseObject(files.get("tokenizer_config.json") ?? "{}", path);
  const template = files.get("chat_template.jinja") ?? templateOfJson(files, folder);
  if (template === undefined) return undefined;
  return JSON.stringify({ ...tokenizer, chat_template: template }, null, 2) + "\n";
}

/** Whether a model's folder has a chat template, in any of the places where it may stand. */
export async function hasChatTemplate(folder: string): Promise<boolean> {
  const read = (name: string) => Deno.readTextFile(join(folder, name)).catch(() => undefined);
  if (await read("chat_template.jinja") !== undefined) return true;
  for (const name of ["tokenizer_config.json", "chat_template.json"]) {
    const text = await read(name);
    const value = text === undefined ? undefined : parseJson(text) as { chat_template?: unknown };
    if (value?.chat_template) return true;
  }
  return false;
}

function templateOfJson(files: ReadonlyMap<string, string>, folder: string): string | undefined {
  const text = files.get("chat_template.json");
  if (text === undefined) return undefined;
  const template = parseObject(text, join(folder, "chat_template.json")).chat_template;
  return typeof template === "string" ? template : undefined;
}

function parseObject(text: string, path: string): Record<string, unknown> {
  const value = parseJson(text);
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    throw new UsageError(`${path} is not a JSON object.`);
  }
  return value as Record<string, unknown>;
}
