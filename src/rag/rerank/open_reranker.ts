import { readMemoryLimit } from "../../device/read_memory_limit.ts";
import { resolveModel } from "../../hub/resolve_model.ts";
import { defaultDtype } from "../../llm/hf.ts";
import { prepareModel } from "../../llm/prepare_model.ts";
import type { ExportDtype } from "../../onnx/export_dtype.ts";
import { chooseDevice } from "../../runtime/choose_device.ts";
import { probeDevice } from "../../runtime/probe_devices.ts";
import { UsageError } from "../../settings/usage_error.ts";
import { chooseGraph } from "../vector/choose_graph.ts";
import type { EmbedderOptions } from "../vector/open_embedder.ts";
import { digestEmbeddingModel } from "../vector/prepare_embedding_model.ts";
import { CrossEncoder } from "./cross_encoder.ts";
import { QwenReranker } from "./qwen_reranker.ts";
import { readRerankerFolder } from "./read_reranker_folder.ts";
import type { Reranker } from "./reranker.ts";
import { refuseLargeGraph } from "../vector/refuse_large_graph.ts";

/** Which reranker, and how it runs. */
export interface OpenRerankerOptions extends
  Pick<
    EmbedderOptions,
    "device" | "signal" | "onNote" | "onProgress" | "environment" | "probe" | "readMemory"
  > {
  /** A folder, or `Org/Name[@revision]`. */
  readonly model: string;
  /** Default: for Qwen3-Reranker as for other Qwen models; else the first that is there. */
  readonly dtype?: ExportDtype;
  /** Longest query and text together, in tokens. */
  readonly maxTokens?: number;
  /** What "fits" means, for Qwen3-Reranker. */
  readonly instruction?: string;
  /** Replaced in tests. */
  readonly resolve?: typeof resolveModel;
}

const RERANKER = { what: "reranker", smaller: "q4" };

/**
 * Finds and loads a reranker; its config.json tells which kind it is. Safetensors of Qwen3-Reranker
 * are exported once, into the cache.
 * @throws {UsageError} when there is none of that name that can be run here.
 * @throws {CannotContinueError} when it does not fit in memory, or can't be had or loaded.
 * @throws {DOMException} `AbortError` when the signal fired.
 */
export async function openReranker(options: OpenRerankerOptions): Promise<Reranker> {
  const { model, signal, environment, onNote, onProgress, maxTokens, instruction } = options;
  const { device, note } = await chooseDevice(
    options.device ?? "auto",
    options.probe ?? probeDevice,
  );
  onNote?.(note);
  const { folder, kind: files } = await (options.resolve ?? resolveModel)(model, {
    signal,
    environment,
    onWarning: onNote,
    onProgress: ({ doneBytes, totalBytes }) =>
      onProgress?.({ stage: "download", doneBytes, totalBytes }),
    hasAdapter: false,
  });
  const readMemory = options.readMemory ?? readMemoryLimit;
  const common = { name: model, device, ...(maxTokens === undefined ? {} : { maxTokens }) };
  const { kind } = await readRerankerFolder(folder);

  if (kind === "cross_encoder") {
    if (files === "safetensors") {
      throw new UsageError(
        `${model} has safetensors and no onnx/: give an ONNX export of it (e.g. with Python: ` +
          `optimum-cli export onnx --task text-classification -m ${model} FOLDER/onnx, with the ` +
          "model's other files in FOLDER).",
      );
    }
    const graph = await chooseGraph(folder, device, options.dtype);
    await refuseLargeGraph(graph, device, readMemory, RERANKER);
    const digest = await digestEmbeddingModel(folder, graph, { signal, environment });
    return await CrossEncoder.open({ ...common, folder, digest, dtype: graph.dtype });
  }

  if (!/rerank/i.test(model)) {
    onNote?.(
      `${model} does not call itself a reranker: a model that was not trained to answer yes or no ` +
        "to a document gives poor scores.",
    );
  }
  const dtype = options.dtype ?? defaultDtype(device);
  const prepared = await prepareModel({ modelName: folder, dtype }, {
    signal,
    environment,
    onProgress,
    onNote,
    onWarning: onNote,
  });
  try {
    await refuseLargeGraph(
      await chooseGraph(prepared.folder, device, dtype),
      device,
      readMemory,
      RERANKER,
    );
    return await QwenReranker.open({
      ...common,
      folder: prepared.folder,
      digest: prepared.modelDigest,
      dtype,
      onClose: () => prepared.release(),
      ...(instruction === undefined ? {} : { instruction }),
    });
  } catch (error) {
    prepared.release();
    throw error;
  }
}
