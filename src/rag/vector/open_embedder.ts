import { readMemoryLimit } from "../../device/read_memory_limit.ts";
import { parseOllamaHost } from "../../llm/ollama_host.ts";
import type { ExportDtype } from "../../onnx/export_dtype.ts";
import type { PrepareProgress } from "../../llm/prepare_model.ts";
import { chooseDevice } from "../../runtime/choose_device.ts";
import type { DeviceName } from "../../runtime/device.ts";
import { probeDevice } from "../../runtime/probe_devices.ts";
import type { HubEnvironment } from "../../settings/hub_environment.ts";
import { chooseGraph } from "./choose_graph.ts";
import type { Embedder } from "./embedder.ts";
import { OllamaEmbedder } from "./ollama_embedder.ts";
import { OLLAMA_PREFIX } from "./ollama_prefix.ts";
import { OnnxEmbedder } from "./onnx_embedder.ts";
import { digestEmbeddingModel, prepareEmbeddingModel } from "./prepare_embedding_model.ts";
import { refuseLargeGraph } from "./refuse_large_graph.ts";

/** Which embedding model, and how it runs. */
export interface EmbedderOptions {
  /** `ollama:<name>`, a folder with `onnx/` or Qwen safetensors, or `Org/Name[@revision]`. */
  readonly model: string;
  /** Address of the Ollama server, as in OLLAMA_HOST. */
  readonly ollamaHost: string;
  /** Default "auto". */
  readonly device?: DeviceName | "auto";
  /** Default: the first that is there, fp32 first on processors and fp16 on GPUs. */
  readonly dtype?: ExportDtype;
  /** Replaces what the model's files, or models of its name, have before queries. */
  readonly queryPrefix?: string;
  /** The same before passages; an index depends on it. */
  readonly passagePrefix?: string;
  /** Longest text in tokens; default 2048, never above the model's own. */
  readonly maxTokens?: number;
  readonly signal?: AbortSignal;
  /** Sentences the user should see. */
  readonly onNote?: (note: string) => void;
  /** Called while the model is downloaded or exported. */
  readonly onProgress?: (progress: PrepareProgress) => void;
  /** Replaced in tests. */
  readonly environment?: HubEnvironment;
  /** Replaced in tests. */
  readonly probe?: typeof probeDevice;
  /** Replaced in tests. */
  readonly readMemory?: typeof readMemoryLimit;
}

const EMBEDDING_MODEL = { what: "embedding model", smaller: "q8" };

/**
 * Finds and loads an embedding model.
 * @throws {UsageError} when there is none of that name that can be run here.
 * @throws {CannotContinueError} when it does not fit in memory, or can't be had or loaded.
 * @throws {LlmError} when an Ollama server can't be reached or has no such model.
 */
export async function openEmbedder(options: EmbedderOptions): Promise<Embedder> {
  const { model, signal, onNote, environment, dtype } = options;
  if (model.startsWith(OLLAMA_PREFIX)) {
    return await OllamaEmbedder.open({
      ...options,
      host: parseOllamaHost(options.ollamaHost),
      model: model.slice(OLLAMA_PREFIX.length),
    });
  }
  const { device, note } = await chooseDevice(
    options.device ?? "auto",
    options.probe ?? probeDevice,
  );
  onNote?.(note);
  const { folder, release } = await prepareEmbeddingModel(model, dtype, {
    device,
    signal,
    environment,
    onProgress: options.onProgress,
    onWarning: onNote,
    onNote,
  });
  try {
    const graph = await chooseGraph(folder, device, dtype);
    await refuseLargeGraph(graph, device, options.readMemory ?? readMemoryLimit, EMBEDDING_MODEL);
    const digest = await digestEmbeddingModel(folder, graph, { signal, environment });
    const { queryPrefix, passagePrefix, maxTokens } = options;
    return await OnnxEmbedder.open({
      folder,
      name: model,
      digest,
      device,
      dtype: graph.dtype,
      queryPrefix,
      passagePrefix,
      maxTokens,
      onNote,
      onClose: release,
    });
  } catch (error) {
    release();
    throw error;
  }
}
