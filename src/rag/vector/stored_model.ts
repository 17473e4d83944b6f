import { OLLAMA_PREFIX } from "./open_embedder.ts";
import { readVectorManifest, type VectorManifest } from "./vector_manifest.ts";

/**
 * The embedding model that a folder of vectors names, as it is asked for; undefined where the folder
 * has no readable manifest: what is wrong is told when the vectors are opened.
 * @throws {Deno.errors.NotCapable} when the folder may not be read.
 */
export async function storedModel(folder: string): Promise<string | undefined> {
  const manifest = await readVectorManifest(folder).catch((error) => {
    if (error instanceof Deno.errors.NotCapable) throw error;
    return undefined;
  });
  return manifest && modelOf(manifest);
}

/** The model's name as it is asked for. */
export function modelOf({ embedder: { backend, model } }: VectorManifest): string {
  return backend === "ollama" ? OLLAMA_PREFIX + model : model;
}
