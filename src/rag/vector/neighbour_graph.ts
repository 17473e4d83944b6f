import type { Index } from "usearch";
import { nativeFolder } from "../../runtime/native_folder.ts";
import { CannotContinueError } from "../../settings/cannot_continue_error.ts";
import { SCALE_BYTES } from "./dot_kernel.ts";
import { quantiseRow } from "./quantise_vector.ts";

/*
 * A graph of neighbours for searches that may miss a little: HNSW (Malkov and Yashunin, "Efficient
 * and robust approximate nearest neighbor search using Hierarchical Navigable Small World graphs",
 * arXiv:1603.09320) as the native library usearch has it, over the same 8-bit numbers.
 */

/** How well a graph is connected, and how hard is searched. */
export interface GraphShape {
  /** Neighbours of a vector. */
  readonly connectivity: number;
  /** Candidates that are looked at when a vector is put in. */
  readonly expansionAdd: number;
}

/** What was measured to find all but a few in a thousand of vectors that lie in groups. */
export const GRAPH_SHAPE: GraphShape = { connectivity: 16, expansionAdd: 128 };
/** Candidates that are looked at in a search. */
const EXPANSION_SEARCH = 128;

/** A graph that is being made, in memory. */
export interface GraphBuilder {
  /** @param rows of the vector file, scales and padding included. */
  add(first: number, rows: Uint8Array<ArrayBuffer>, rowBytes: number): void;
  save(path: string): void;
}

/** A graph on disk. Its pages are mapped when they are needed. */
export interface NeighbourGraph {
  /** Numbers of about the nearest vectors, in no order that counts. */
  search(query: Float32Array, limit: number): number[];
}

/**
 * Starts a graph.
 * @throws {CannotContinueError} when the native library can't be loaded here.
 */
export async function buildGraph(dimensions: number, shape: GraphShape): Promise<GraphBuilder> {
  const index = await newIndex(dimensions, shape);
  return {
    add(first, rows, rowBytes) {
      const count = rows.length / rowBytes;
      const keys: bigint[] = [];
      const values = new Int8Array(count * dimensions);
      let kept = 0;
      for (let row = 0; row < count; row++) {
        const start = row * rowBytes + SCALE_BYTES;
        const numbers = new Int8Array(rows.buffer, rows.byteOffset + start, dimensions);
        // A vector of zeros is nobody's neighbour.
        if (numbers.every((value) => value === 0)) continue;
        values.set(numbers, kept++ * dimensions);
        keys.push(BigInt(first + row));
      }
      if (kept === 0) return;
      index.add(BigUint64Array.from(keys), values.subarray(0, kept * dimensions), 0);
    },
    save: (path) => index.save(path),
  };
}

/**
 * Opens a graph.
 * @throws {CannotContinueError} when the native library can't be loaded here.
 * @throws {Error} in the library's words when the file is none of its own.
 */
export async function openGraph(
  path: string,
  dimensions: number,
  shape: GraphShape,
): Promise<NeighbourGraph> {
  const index = await newIndex(dimensions, shape);
  index.view(path);
  const row = new Uint8Array(SCALE_BYTES + dimensions);
  return {
    search(query, limit) {
      quantiseRow(query, row);
      const numbers = new Int8Array(row.buffer, SCALE_BYTES, dimensions);
      const { keys } = index.search(numbers, Math.min(limit, index.size()), 1);
      return Array.from(keys, Number);
    },
  };
}

async function newIndex(
  dimensions: number,
  { connectivity, expansionAdd }: GraphShape,
): Promise<Index> {
  const usearch = await loadUsearch();
  const { Index, MetricKind, ScalarKind } = usearch;
  return new Index({
    dimensions,
    metric: MetricKind.Cos,
    quantization: ScalarKind.I8,
    connectivity,
    expansion_add: expansionAdd,
    expansion_search: EXPANSION_SEARCH,
    multi: false,
  });
}

/**
 * Loads the native library.
 * @throws {CannotContinueError} when it can't be loaded here.
 */
export async function loadUsearch(): Promise<typeof import("usearch")> {
  // The package hides what went wrong, a missing permission too.
  const needs = [
    { name: "ffi", path: nativeFolder("usearch") },
    { name: "sys", kind: "uid" },
  ] as const;
  for (const need of needs) {
    if ((await Deno.permissions.query(need)).state === "granted") continue;
    const flag = "kind" in need ? `--allow-sys=${need.kind}` : `--allow-ffi=${need.path}`;
    throw new CannotContinueError(
      `The library for neighbour graphs (usearch) needs the permission ${flag}. ${WITHOUT}`,
    );
  }
  try {
    return await import("usearch");
  } catch (error) {
    const [reason] = (error as Error).message.split("\n");
    throw new CannotContinueError(
      `The library for neighbour graphs (usearch) can't be loaded: ${reason}. ${WITHOUT}`,
      { cause: error },
    );
  }
}

const WITHOUT = "Without a graph, searches look at every vector.";
