/** The modules that houqa runs in threads of their own. */
export type WorkerName = "hf_worker" | "export_worker";

const MODULES: Readonly<Record<WorkerName, URL>> = {
  hf_worker: new URL("./llm/hf_worker.ts", import.meta.url),
  export_worker: new URL("./onnx/export_worker.ts", import.meta.url),
};

/**
 * Starts a thread. All threads are started here, because a bundle, where modules have no files of
 * their own, puts another module in this one's place.
 */
export function startWorker(name: WorkerName): Worker {
  return new Worker(MODULES[name], { type: "module" });
}
