import { join } from "node:path";
import type { readMemoryLimit } from "../../device/read_memory_limit.ts";
import type { DeviceName } from "../../runtime/device.ts";
import { CannotContinueError } from "../../settings/cannot_continue_error.ts";
import type { ChosenGraph } from "./choose_graph.ts";

/** For the runtime, the tokenizer and the activations of a batch. */
const ROOM_BYTES = 400e6;

/** Whose graph it is, in the words of the message. */
export interface GraphOwner {
  /** E.g. "reranker". */
  readonly what: string;
  /** A precision to take instead. */
  readonly smaller: string;
}

/** @throws {CannotContinueError} rather than being killed by the kernel halfway. */
export async function refuseLargeGraph(
  { path, dataFiles, dtype }: ChosenGraph,
  device: DeviceName,
  readMemory: typeof readMemoryLimit,
  { what, smaller }: GraphOwner,
): Promise<void> {
  const { availableBytes } = readMemory();
  if (availableBytes === undefined || device === "cuda") return;
  let mapped = 0;
  for (const name of dataFiles) mapped += (await Deno.stat(join(path, "..", name))).size;
  // Weights inside the graph's own file are there twice while it is read.
  const needed = ROOM_BYTES + mapped + 2 * (await Deno.stat(path)).size;
  if (needed <= availableBytes) return;
  const megabytes = (bytes: number) => `${Math.round(bytes / 1e6)} MB`;
  throw new CannotContinueError(
    `The ${what} needs about ${megabytes(needed)} of memory (${dtype}), and ` +
      `${megabytes(availableBytes)} are free. Take a smaller model, or a smaller precision ` +
      `(${smaller}).`,
  );
}
