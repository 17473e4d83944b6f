import { createHash } from "node:crypto";
import { z } from "zod";

const digests = z.record(z.string().min(1), z.string().regex(/^[0-9a-f]{64}$/, "a SHA-256 in hex"));

/** What an exported model was made from and how. */
export const exportKeySchema = z.object({
  /** The model's name, for people; the same bytes under another name are the same export. */
  name: z.string().min(1),
  /** SHA-256 of weights, configuration and tokenizer files, by file name. */
  files: digests,
  /** The LoRA adapter that is merged into the weights. */
  adapter: z.object({ name: z.string().min(1), files: digests }).optional(),
  /** Precision of the exported weights, e.g. "q4". */
  dtype: z.string().regex(/^[a-z0-9_]+$/),
  /** Changes whenever the exporter would write other bytes. */
  exporterVersion: z.string().min(1),
});

/** What an exported model was made from and how. */
export type ExportKey = z.infer<typeof exportKeySchema>;

/** The key without names, in one order: two keys mean the same export if these texts are equal. */
export function canonicalKey(key: ExportKey): string {
  const sorted = (files: Readonly<Record<string, string>>) =>
    Object.entries(files).sort(([a], [b]) => a < b ? -1 : 1);
  return JSON.stringify({
    files: sorted(key.files),
    adapter: key.adapter === undefined ? null : sorted(key.adapter.files),
    dtype: key.dtype,
    exporterVersion: key.exporterVersion,
  });
}

/** 16 hex digits that stand for a key. */
export function exportId(key: ExportKey): string {
  return createHash("sha256").update(canonicalKey(key)).digest("hex").slice(0, 16);
}

/** Name of an export's folder, e.g. `Qwen--Qwen3-8B+direct_norag_v1-q4-0123456789abcdef`. */
export function exportFolderName(key: ExportKey): string {
  const adapter = key.adapter === undefined ? "" : `+${readable(key.adapter.name)}`;
  return `${readable(key.name)}${adapter}-${key.dtype}-${exportId(key)}`;
}

/** The last two parts of a name or path, in letters that every file system takes. */
function readable(name: string): string {
  const parts = name.split(/[/\\]+/).filter((part) => !/^\.*$/.test(part)).slice(-2);
  const text = parts.join("--").replace(/[^A-Za-z0-9._-]+/g, "_").replace(/^[.-]+/, "");
  return text.slice(-60) || "model";
}
