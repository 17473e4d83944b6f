import { join } from "node:path";
import { hashFile } from "../../device/hash_file.ts";
import { syncFolder } from "../../eval/write_atomically.ts";
import { CannotContinueError } from "../../settings/cannot_continue_error.ts";
import { systemReason } from "../../settings/system_reason.ts";
import { rowBytes } from "./dot_kernel.ts";
import { buildGraph, GRAPH_SHAPE } from "./neighbour_graph.ts";
import { HEADER_BYTES } from "./vector_file.ts";
import { type IndexFile, type VectorManifest, writeVectorManifest } from "./vector_manifest.ts";

/** Vectors that go into the graph together. */
const GRAPH_ROWS = 4096;

/** A finished vector file and what is to be made of it. */
export interface SettleOptions {
  /** The index's folder. */
  readonly folder: string;
  /** The vector file, anywhere on the same disk. */
  readonly vectorPath: string;
  readonly withGraph: boolean;
  /** Everything but the files. */
  readonly manifest: Omit<VectorManifest, "vectors" | "neighbours">;
  readonly signal?: AbortSignal;
  readonly onNote?: (note: string) => void;
}

/**
 * Puts a finished vector file, with a graph where one is wanted, in the place of the index that is
 * there, by one rename of the manifest. What belonged to the one before is removed.
 * @throws {CannotContinueError} when the disk is full, or the graph's library can't be loaded.
 */
export async function settleIndex(options: SettleOptions): Promise<VectorManifest> {
  const { folder, vectorPath, withGraph } = options;
  try {
    const graphPath = withGraph ? await makeGraph(options) : undefined;
    const vectors = await nameByContent(vectorPath, folder, "vectors");
    const neighbours = graphPath && await nameByContent(graphPath, folder, "neighbours");
    const { connectivity, expansionAdd: expansion_add } = GRAPH_SHAPE;
    const manifest: VectorManifest = {
      ...options.manifest,
      vectors,
      ...(neighbours ? { neighbours: { ...neighbours, connectivity, expansion_add } } : {}),
    };
    await syncFolder(folder);
    await writeVectorManifest(folder, manifest);
    await removeOthers(folder, [vectors.file, ...neighbours ? [neighbours.file] : []]);
    return manifest;
  } catch (error) {
    if (error instanceof CannotContinueError || error instanceof DOMException) throw error;
    throw new CannotContinueError(`Can't write ${folder}: ${systemReason(error)}`, {
      cause: error,
    });
  }
}

async function makeGraph(
  { folder, vectorPath, manifest: { count, embedder }, signal, onNote }: SettleOptions,
): Promise<string> {
  const { dimensions } = embedder;
  const stride = rowBytes(dimensions);
  onNote?.(`Connecting ${count} vectors with their neighbours.`);
  const graph = await buildGraph(dimensions, GRAPH_SHAPE);
  using file = await Deno.open(vectorPath);
  await file.seek(HEADER_BYTES, Deno.SeekMode.Start);
  for (let first = 0; first < count; first += GRAPH_ROWS) {
    await new Promise((resolve) => setTimeout(resolve));
    signal?.throwIfAborted();
    const rows = new Uint8Array(Math.min(GRAPH_ROWS, count - first) * stride);
    for (let read = 0; read < rows.length;) {
      const bytes = await file.read(rows.subarray(read));
      if (bytes === null) throw new Error(`${vectorPath} ended early`);
      read += bytes;
    }
    graph.add(first, rows, stride);
  }
  await Deno.mkdir(join(folder, "building"), { recursive: true });
  const path = join(folder, "building", "neighbours.bin");
  graph.save(path);
  return path;
}

/** Gives a file a second name, so that a build that is killed here still has it under its first. */
async function nameByContent(path: string, folder: string, kind: string): Promise<IndexFile> {
  const sha256 = await hashFile(path);
  const file = `${kind}-${sha256.slice(0, 12)}.bin`;
  const target = join(folder, file);
  const { size } = await Deno.stat(path);
  if (path !== target) {
    await Deno.remove(target).catch(() => {});
    // Not every file system has links.
    await Deno.link(path, target).catch(() => Deno.rename(path, target));
  }
  return { file, size_bytes: size, sha256 };
}

/** Files of indexes before, and the build's own folder. */
async function removeOthers(folder: string, kept: readonly string[]): Promise<void> {
  for await (const { name } of Deno.readDir(folder)) {
    const isOld = /^(vectors|neighbours)-[0-9a-f]{12}\.bin$/.test(name) && !kept.includes(name);
    if (isOld || name === "building") await Deno.remove(join(folder, name), { recursive: true });
  }
}
