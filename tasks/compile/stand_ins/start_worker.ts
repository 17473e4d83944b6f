import type { WorkerName } from "../../../src/start_worker.ts";
import { BUNDLE_ENTRY } from "../bundle_entry_name.ts";

/**
 * Stands in for `src/start_worker.ts`: in a bundle this module lies in some file beside the one that
 * it begins with, and that one looks at its thread's name.
 */
export function startWorker(name: WorkerName): Worker {
  return new Worker(new URL(BUNDLE_ENTRY, import.meta.url), { type: "module", name });
}
