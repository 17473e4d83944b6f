import type { WorkerName } from "../../../src/start_worker.ts";

/** Stands in for `src/start_worker.ts`: a bundle is one file, which looks at its thread's name. */
export function startWorker(name: WorkerName): Worker {
  return new Worker(import.meta.url, { type: "module", name });
}
