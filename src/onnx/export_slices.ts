import { startWorker } from "../start_worker.ts";
import type { ExportReply, ExportRequest } from "./export_worker.ts";
import type { ExportDtype } from "./export_dtype.ts";
import { type SliceStatistics, WeightExporter, type WeightSlice } from "./weight_exporter.ts";

/** How slices are worked through. */
export interface ExportSlicesOptions {
  /** Where the data files are. */
  readonly folder: string;
  readonly dtype: ExportDtype;
  /** 0 = in this thread. */
  readonly workers: number;
  readonly onSlice: (slice: WeightSlice, statistics: SliceStatistics) => void;
  readonly signal?: AbortSignal;
}

/**
 * Runs every slice, in this thread or in workers.
 * @throws {DOMException} `AbortError` when the signal fired.
 * @throws {Error} what went wrong in a slice, e.g. a full disk.
 */
export async function exportSlices(
  slices: readonly WeightSlice[],
  options: ExportSlicesOptions,
): Promise<void> {
  options.signal?.throwIfAborted();
  if (options.workers === 0) await exportHere(slices, options);
  else await exportInWorkers(slices, options);
}

async function exportHere(
  slices: readonly WeightSlice[],
  { folder, dtype, onSlice, signal }: ExportSlicesOptions,
): Promise<void> {
  const exporter = new WeightExporter(folder, dtype);
  try {
    let lastPause = performance.now();
    for (const slice of slices) {
      onSlice(slice, exporter.run(slice));
      if (performance.now() - lastPause < 50) continue;
      // Lets signals and timers have their turn.
      await new Promise((resolve) => setTimeout(resolve));
      signal?.throwIfAborted();
      lastPause = performance.now();
    }
  } finally {
    exporter.close();
  }
}

async function exportInWorkers(
  slices: readonly WeightSlice[],
  { folder, dtype, workers, onSlice, signal }: ExportSlicesOptions,
): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const abort = () => reject(signal!.reason);
  signal?.addEventListener("abort", abort, { once: true });
  let next = 0;
  let done = 0;
  const team = Array.from({ length: Math.min(workers, slices.length) }, () => {
    const worker = startWorker("export_worker");
    const send = (request: ExportRequest) => worker.postMessage(request);
    const giveNext = () => {
      const slice = slices[next];
      if (slice !== undefined) send({ kind: "slice", id: next++, slice });
    };
    worker.onmessage = ({ data }: MessageEvent<ExportReply>) => {
      if (data.kind === "failed") {
        const error = new Error(data.message);
        error.name = data.name;
        return reject(error);
      }
      onSlice(slices[data.id]!, data.statistics);
      if (++done === slices.length) resolve();
      else giveNext();
    };
    worker.onerror = (event) => {
      event.preventDefault();
      reject(new Error(`A worker stopped: ${event.message}`));
    };
    send({ kind: "start", folder, dtype });
    giveNext();
    return worker;
  });
  try {
    await promise;
  } finally {
    signal?.removeEventListener("abort", abort);
    for (const worker of team) worker.terminate();
  }
}
