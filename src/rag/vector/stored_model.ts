import { OLLAMA_PREFIX } from "./ollama_prefix.ts";
import { readVectorManifest, type VectorManifest } from "./vector_manifest.ts";

/**
 * What a folder of vectors says of itself; undefined where it has no readable manifest: what is wrong
 * is told when the vectors are opened.
 * @throws {Deno.errors.NotCapable} when the folder may not be read.
 */
export async function storedVectors(folder: string): Promise<VectorManifest | undefined> {
  return await readVectorManifest(folder).catch((error) => {
    if (error instanceof Deno.errors.NotCapable) throw error;
    return undefined;
  });
}

/** The model's name as it is asked for. */
export function modelOf({ embedder: { backend, model } }: VectorManifest): string {
  return backend === "ollama" ? OLLAMA_PREFIX + model : model;
}
