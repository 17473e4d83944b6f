import { dirname, join } from "node:path";
import type { Tensor } from "onnxruntime-common";
import type { InferenceSession } from "onnxruntime-web";
import { inputType } from "./native_session.ts";
import type { RuntimeSession, SessionModel } from "./runtime_session.ts";

/** What 32-bit WebAssembly can address, less room for the arithmetic. */
const MAX_WASM_BYTES = 3.5e9;

/**
 * Loads a graph with `onnxruntime-web`: on the processor as WebAssembly, or on a GPU through
 * `navigator.gpu`, where the key-value cache then stays. Its weights pass through this process's
 * memory; only the native runtime maps them.
 * @throws {Error} in the runtime's words, or when the weights are beyond what WebAssembly addresses.
 */
export async function openWebSession(
  model: SessionModel,
  device: "wasm" | "webgpu",
): Promise<RuntimeSession> {
  const ort = device === "wasm" ? await importForProcessor() : await import("onnxruntime-web");
  ort.env.wasm.numThreads = 1;
  ort.env.logLevel = "error";
  const externalData = [];
  const { graph } = model;
  // Weights may stand in the graph's own file.
  let totalBytes = typeof graph === "string" ? (await Deno.stat(graph)).size : graph.length;
  for (const name of model.dataFiles) {
    const path = join(dirname(String(graph)), name);
    totalBytes += (await Deno.stat(path)).size;
    if (totalBytes > MAX_WASM_BYTES) {
      throw new Error(
        `The weights have more than ${MAX_WASM_BYTES / 1e9} GB, which WebAssembly can't address: ` +
          "out of memory. Use --hf-device cuda or cpu, or --hf-dtype q4.",
      );
    }
    externalData.push({ path: name, data: await Deno.readFile(path) });
  }
  const bytes = typeof graph === "string" ? await Deno.readFile(graph) : graph;
  // With Node's modules at hand the runtime puts Node's Worker in the place of the web's.
  const { Worker } = globalThis;
  let session: InferenceSession;
  try {
    session = await ort.InferenceSession.create(bytes, {
      executionProviders: [device],
      externalData,
      logSeverityLevel: 3,
      ...(device === "webgpu"
        ? {
          preferredOutputLocation: Object.fromEntries(
            model.cacheOutputs.map((name) => [name, "gpu-buffer" as const]),
          ),
        }
        : {}),
    });
  } finally {
    globalThis.Worker = Worker;
  }
  let isOpen = true;
  return {
    device,
    versions: { "onnxruntime-web": ort.env.versions.web ?? "" },
    inputNames: session.inputNames,
    keepsCacheOnDevice: device === "webgpu",
    fillsGivenOutputs: false,
    tensor: (type, data, dims) => new ort.Tensor(type, data, dims) as unknown as Tensor,
    inputType: (name) => inputType(session.inputMetadata, name),
    run: (feeds) =>
      session.run(feeds as Parameters<typeof session.run>[0]) as unknown as Promise<
        Record<string, Tensor>
      >,
    async close() {
      if (isOpen) await session.release();
      isOpen = false;
    },
  };
}

/** The build for GPUs lacks some of the processor's operators, e.g. the one that looks up embeddings. */
async function importForProcessor(): Promise<typeof import("onnxruntime-web")> {
  return await import("onnxruntime-web/wasm");
}
