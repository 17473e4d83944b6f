import { join } from "node:path";
import { z } from "zod";
import { writeAtomically } from "../../eval/write_atomically.ts";
import type { EmbedderIdentity } from "./embedder.ts";
import { GRAINS } from "./passage_text.ts";

const count = z.int().nonnegative();
const fileSchema = z.object({
  /** Name in the index's folder. */
  file: z.string().regex(/^[\w.-]+$/),
  size_bytes: count,
  sha256: z.string().regex(/^[0-9a-f]{64}$/),
});

/** The model that vectors were made by, as it is stored beside them. */
export const storedEmbedderSchema = z.object({
  backend: z.enum(["onnx", "ollama"]),
  model: z.string(),
  digest: z.string(),
  dimensions: z.int().positive(),
  pooling: z.enum(["mean", "cls", "last_token", "graph", "server"]),
  query_prefix: z.string(),
  passage_prefix: z.string(),
  max_tokens: z.int().positive(),
});

const manifestSchema = z.object({
  schema: z.literal(1),
  houqa_version: z.string(),
  created_at: z.iso.datetime(),
  corpus: z.object({ digest: z.string(), units: count, rows: count }),
  grain: z.enum(GRAINS),
  passage_version: count,
  embedder: storedEmbedderSchema,
  /** Vectors, those of zeros for deleted articles included. */
  count,
  /** Passages that were too long for the model and of which only a start was read. */
  cut_passages: count,
  vectors: fileSchema,
  /** Absent: every search looks at every vector. */
  neighbours: fileSchema.extend({
    // The native library believes them.
    connectivity: z.int().min(2).max(256),
    expansion_add: z.int().min(1).max(4096),
  }).optional(),
});

/** What a vector index says about itself: `manifest.json`. */
export type VectorManifest = z.infer<typeof manifestSchema>;
/** A file of an index. */
export type IndexFile = z.infer<typeof fileSchema>;

const MANIFEST = "manifest.json";

/**
 * The manifest of an index folder; undefined where there is none.
 * @throws {Error} saying what is wrong with it.
 */
export async function readVectorManifest(folder: string): Promise<VectorManifest | undefined> {
  let text: string;
  try {
    text = await Deno.readTextFile(join(folder, MANIFEST));
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  }
  const parsed = manifestSchema.safeParse(JSON.parse(text));
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  throw new Error(`${MANIFEST}: ${issue?.path.join(".")}: ${issue?.message}`);
}

/** Puts an index in the place of the one before, at once. @throws {CannotContinueError} */
export async function writeVectorManifest(folder: string, manifest: VectorManifest): Promise<void> {
  await writeAtomically(join(folder, MANIFEST), [JSON.stringify(manifest, null, 2), "\n"]);
}

/** The manifest's form of an embedder. */
export function storedEmbedder(identity: EmbedderIdentity): VectorManifest["embedder"] {
  const { queryPrefix, passagePrefix, maxTokens, ...same } = identity;
  return {
    ...same,
    query_prefix: queryPrefix,
    passage_prefix: passagePrefix,
    max_tokens: maxTokens,
  };
}

/** The embedder that a manifest names. */
export function embedderOf({ embedder }: Pick<VectorManifest, "embedder">): EmbedderIdentity {
  const { query_prefix, passage_prefix, max_tokens, ...same } = embedder;
  return {
    ...same,
    queryPrefix: query_prefix,
    passagePrefix: passage_prefix,
    maxTokens: max_tokens,
  };
}
