import { createHash } from "node:crypto";
import type { ResolvedSettings } from "./resolve_settings.ts";
import { type ContextMode, INDEX_SETTINGS, type SettingName } from "./setting_table.ts";

/** Longest name in bytes: file systems take 255, and the journal's ends with `.journal.jsonl`. */
const MAX_NAME_BYTES = 255 - ".journal.jsonl".length;

/**
 * The result file where none is given: a name made of what the answers depend on, so that the same
 * command finds its own file again. A model's or a question file's name that is too long for a file
 * system is cut, and a hash of the whole name tells such files apart.
 */
export function defaultOutput(resolved: ResolvedSettings, contextMode: ContextMode): string {
  const { values, origins } = resolved;
  const model = values.baseline ??
    `${values.llm_backend}_${
      values.llm_backend === "hf"
        ? [values.hf_model_name, values.lora_path].filter(Boolean).join("_lora_")
        : values.llm_model
    }`;
  const data = values.data.split("/").at(-1)!.replace(/\.json$/, "");
  const settings = [
    values.use_cot ? "cot" : "direct",
    contextMode === "retrieved" ? `retrieved${values.top_k}` : contextMode,
    contextMode === "retrieved" && values.law_index !== undefined
      ? searchName(resolved, values.law_index)
      : "",
    contextMode === "retrieved" && values.context_tokens !== undefined
      ? `room${values.context_tokens}`
      : "",
    values.few_shot ? "" : "zeroshot",
    values.think ? "think" : "",
    values.ensemble > 1 ? `ens${values.ensemble}` : "",
    values.orders > 1 ? `orders${values.orders}` : "",
    values.calibrate ? "calibrated" : "",
    values.temperature === undefined ? "" : `t${values.temperature}`,
    origins.seed.kind === "default" ? "" : `seed${values.seed}`,
    values.max_tokens === undefined ? "" : `max${values.max_tokens}`,
    values.num_ctx === undefined ? "" : `ctx${values.num_ctx}`,
    values.structured === undefined ? "" : values.structured ? "structured" : "free",
    values.answer_mode === "score" ? "score" : "",
    values.llm_backend === "hf" ? values.hf_dtype ?? (values.load_in_4bit ? "4bit" : "") : "",
    values.llm_backend === "hf" && values.hf_device !== "auto" ? values.hf_device : "",
    values.samples === undefined ? "" : `n${values.samples}`,
  ].filter((part) => part !== "").join("_");
  const asked = safe(`${model}_${data}`);
  const name = `${asked}_${safe(settings)}.json`;
  const excess = byteLength(name) - MAX_NAME_BYTES;
  if (excess <= 0) return `results/evaluations/${name}`;
  const hash = createHash("sha256").update(`${model}\0${data}\0${settings}`).digest("hex");
  const end = `_${safe(settings)}_${hash.slice(0, 16)}.json`;
  return `results/evaluations/${cut(asked, MAX_NAME_BYTES - byteLength(end))}${end}`;
}

/** Settings of a search that stand in a name by themselves, or say only where things are. */
const NOT_IN_NAMES: ReadonlySet<SettingName> = new Set([
  "law_index",
  "retriever_type",
  "context_tokens",
  "text_server",
  "vector_store_path",
  "embedding_device",
  "reranker_enabled",
]);

/** The index, the way it is searched, and what is not as it is by default. */
function searchName({ values, origins }: ResolvedSettings, index: string): string {
  const changed = INDEX_SETTINGS.filter((name) => !NOT_IN_NAMES.has(name))
    .filter((name) => origins[name].kind !== "default")
    .filter((name) => !name.startsWith("rerank") || values.reranker_enabled)
    .map((name) => {
      const word = name.replaceAll("_", "-");
      return values[name] === true
        ? word
        : values[name] === false
        ? `no-${word}`
        : `${word}-${values[name]}`;
    });
  return [
    index.replace(/[\/\\]+$/, "").split(/[\/\\]/).at(-1),
    values.retriever_type,
    ...changed,
  ].join("-");
}

/** A text in letters that every file system takes. */
function safe(text: string): string {
  return text.replace(/[^\p{L}\p{N}._-]+/gu, "-");
}

/** The start of a text: at most so many bytes of UTF-8, and whole characters with their marks. */
function cut(text: string, bytes: number): string {
  let start = "";
  for (const { segment } of new Intl.Segmenter().segment(text)) {
    if (byteLength(start) + byteLength(segment) > bytes) break;
    start += segment;
  }
  return start;
}

const byteLength = (text: string) => new TextEncoder().encode(text).length;
