import { createHash } from "node:crypto";
import { z } from "zod";
import { type EmbedderIdentity, embeddingDifferences } from "../vector/embedder.ts";
import { GRAINS, PASSAGE_VERSION } from "../vector/passage_text.ts";
import { embedderOf, storedEmbedder, storedEmbedderSchema } from "../vector/vector_manifest.ts";
import type { RemoteCorpus } from "./opensearch_schema.ts";

/** Raised with every change to the collection that older ones don't have. */
export const QDRANT_FORMAT_VERSION = 1;
/** The point that holds what a collection says of itself: no unit or row has so large a number. */
export const ABOUT_POINT = Number.MAX_SAFE_INTEGER;

const count = z.int().nonnegative();

const aboutSchema = z.object({
  format: z.literal("houqa law vectors"),
  format_version: z.literal(QDRANT_FORMAT_VERSION),
  corpus: z.object({ sha256: z.string(), units: count, rows: count }),
  grain: z.enum(GRAINS),
  passage_version: count,
  embedder: storedEmbedderSchema,
});

/** What a collection says of what it was made from; the payload of {@linkcode ABOUT_POINT}. */
export type QdrantAbout = Readonly<z.infer<typeof aboutSchema>>;

const progressSchema = z.object({
  /** Passages, from the first, whose vectors are on the server. */
  done: count,
  /** Those among them that have a vector: deleted articles have none. */
  vectors: count,
  is_complete: z.boolean(),
});

/** How far a collection is. */
export type QdrantProgress = Readonly<z.infer<typeof progressSchema>>;

/** What a collection must say to be the one that is wanted. */
export function wantedVectors(
  { sha256, units, rows }: RemoteCorpus,
  embedder: EmbedderIdentity,
  grain: QdrantAbout["grain"],
): QdrantAbout {
  return {
    format: "houqa law vectors",
    format_version: QDRANT_FORMAT_VERSION,
    corpus: { sha256, units, rows },
    grain,
    passage_version: PASSAGE_VERSION,
    embedder: storedEmbedder(embedder),
  };
}

/**
 * The name of the collection behind an alias: each corpus and model has its own. Which name a model
 * goes by and what stands before queries make no difference to passages.
 */
export function collectionNameFor(alias: string, about: QdrantAbout): string {
  const { embedder: { model: _, query_prefix: __, ...embedder }, ...rest } = about;
  const digest = createHash("sha256").update(JSON.stringify([rest, embedder])).digest("hex");
  return `${alias}-${digest.slice(0, 12)}`;
}

/** The vector of {@linkcode ABOUT_POINT}: any direction serves, since searches drop the point. */
export function aboutVector(dimensions: number): number[] {
  return Array.from({ length: dimensions }, (_, at) => at === 0 ? 1 : 0);
}

/**
 * Reads what a collection says of itself.
 * @returns undefined where it is not houqa's, or of a version that this one can't read.
 */
export function readAbout(
  payload: unknown,
): { readonly about: QdrantAbout; readonly progress: QdrantProgress } | undefined {
  const about = aboutSchema.safeParse(payload).data;
  const progress = progressSchema.safeParse(payload).data;
  return about === undefined || progress === undefined ? undefined : { about, progress };
}

/** Why a collection is not the one that is wanted, whatever its grain; undefined: it is. */
export function foreignVectors(
  about: QdrantAbout,
  corpus: RemoteCorpus,
  embedder: EmbedderIdentity,
): string | undefined {
  const { sha256, units, rows } = about.corpus;
  if (sha256 !== corpus.sha256 || units !== corpus.units || rows !== corpus.rows) {
    return `was made of another corpus (${units} articles, ${rows} rows, ${
      sha256.slice(0, 12)
    }…; ` +
      `now ${corpus.units}, ${corpus.rows}, ${corpus.sha256.slice(0, 12)}…)`;
  }
  if (about.passage_version !== PASSAGE_VERSION) return "was made by another version of houqa";
  const differences = embeddingDifferences(embedderOf(about), embedder);
  if (differences.length === 0) return undefined;
  return `was made with the embedding model ${about.embedder.model}, and ${embedder.model} is ` +
    `asked for: ${differences.join("; ")}`;
}
