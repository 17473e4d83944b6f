import { getLogger } from "@logtape/logtape";
import { collectGarbage } from "../device/collect_garbage.ts";
import { readMemoryLimit } from "../device/read_memory_limit.ts";
import { computeType, type ExportDtype } from "../onnx/export_dtype.ts";
import { chooseDevice } from "../runtime/choose_device.ts";
import type { DeviceName } from "../runtime/device.ts";
import { type DeviceProbe, probeDevice } from "../runtime/probe_devices.ts";
import type { HubEnvironment } from "../settings/hub_environment.ts";
import { UsageError } from "../settings/usage_error.ts";
import type { BatchSize } from "./batch_choice.ts";
import { HfWorkerLlm } from "./hf_worker_llm.ts";
import type { Llm } from "./llm.ts";
import { type ModelFolder, readModelFolder } from "./model_folder.ts";
import { prepareModel, type PrepareProgress } from "./prepare_model.ts";
import { refuseTooLarge } from "./refuse_too_large.ts";

/** Which model of Hugging Face's kind, and how it answers. */
export interface HFLLMConfig {
  /** A folder, or `Org/Name[@revision]`. */
  readonly modelName: string;
  /** A PEFT LoRA adapter to merge in; absent: the model as it is. */
  readonly loraPath?: string;
  /** Default "auto": cuda first. */
  readonly device?: DeviceName | "auto";
  /** Default: q4f16 on cuda, q4 on webgpu, q8 on processors. */
  readonly dtype?: ExportDtype;
  /** 4 bits on any device, where no dtype is given. */
  readonly loadIn4bit?: boolean;
  /** Default 256. */
  readonly maxNewTokens?: number;
  /** Default 0: always the likeliest token. */
  readonly temperature?: number;
  readonly seed?: number;
  readonly think?: boolean;
  /** Questions read together; default 1. */
  readonly batchSize?: BatchSize;
  /** Longest wait for one answer, in milliseconds. */
  readonly timeoutMs?: number;
  readonly signal?: AbortSignal;
  readonly onProgress?: (progress: PrepareProgress) => void;
  /** Replaced in tests. */
  readonly probe?: typeof probeDevice;
  /** Replaced in tests. */
  readonly environment?: Pick<HubEnvironment, "houqaCache">;
  /** Replaced in tests. */
  readonly readMemory?: typeof readMemoryLimit;
}

/**
 * Loads a Qwen model, with a LoRA adapter or without, in a thread of its own.
 * @throws {UsageError} when the model, the adapter, the device or the precision can't be used.
 * @throws {CannotContinueError} when the weights do not fit in memory, or the disk is full.
 * @throws {LlmError} when the runtime can't load the model.
 */
export async function createHfLlm(config: HFLLMConfig): Promise<Llm> {
  const log = getLogger(["houqa", "hf"]);
  const { device, probe, note } = await chooseDevice(
    config.device ?? "auto",
    config.probe ?? probeDevice,
  );
  log.info("{note}", { note });
  const dtype = config.dtype ?? defaultDtype(device, config.loadIn4bit);
  refuseDtype(dtype, probe);
  if (device === "cuda" && computeType(dtype) === "float32") {
    log.warn(
      "The attention of {dtype} is computed in float32, for which CUDA has no kernel here: it runs " +
        "on the host and is slow. q4f16 and fp16 run on the GPU alone.",
      { dtype },
    );
  }
  const prepared = await prepareModel({ ...config, dtype }, {
    signal: config.signal,
    environment: config.environment,
    onProgress: config.onProgress,
    onNote: (note) => log.info("{note}", { note }),
    onWarning: (warning) => log.warn("{warning}", { warning }),
  });
  try {
    const model = await readModelFolder(prepared.folder, dtype);
    await refuseTooLarge(model, probe, config.readMemory ?? readMemoryLimit);
    log.info("Loading {model}{adapter} ({dtype})", {
      model: config.modelName,
      adapter: config.loraPath === undefined ? "" : ` with LoRA ${config.loraPath}`,
      dtype,
    });
    // The runtime lays the weights out next, and needs more memory than ever again.
    collectGarbage();
    return await HfWorkerLlm.open({
      open: {
        model,
        device,
        defaults: {
          maxNewTokens: config.maxNewTokens ?? 256,
          temperature: config.temperature ?? 0,
          seed: config.seed ?? 0,
          think: config.think ?? false,
        },
        identity: {
          backend: "hf",
          model: config.modelName,
          modelDigest: prepared.modelDigest,
          ...(config.loraPath === undefined ? {} : { adapter: config.loraPath }),
          ...(prepared.adapterDigest ? { adapterDigest: prepared.adapterDigest } : {}),
          ...(prepared.exporter ? { exporter: prepared.exporter } : {}),
          dtype,
          versions: prepared.revision === undefined ? {} : { revision: prepared.revision },
        },
      },
      timeoutMs: config.timeoutMs ?? 300_000,
      batchSize: chooseBatchSize(model, device, config.batchSize),
      signal: config.signal,
      onClose: () => prepared.release(),
    });
  } catch (error) {
    prepared.release();
    throw error;
  }
}

/**
 * 4 bits where decoding is bound by the GPU's memory, 8 where a processor does the arithmetic. On
 * cuda with float16 activations: ONNX Runtime's GroupQueryAttention has no float32 kernel there.
 */
export function defaultDtype(device: DeviceName, loadIn4bit = false): ExportDtype {
  if (device === "cuda") return "q4f16";
  return device === "webgpu" || loadIn4bit ? "q4" : "q8";
}

/**
 * Batches need what houqa's own graphs do: each row's logits at its own last token.
 * @throws {UsageError} when several questions a pass are asked of somebody else's graph.
 */
function chooseBatchSize(
  { folder, isOurs }: ModelFolder,
  device: DeviceName,
  wanted: BatchSize = 1,
): BatchSize {
  // One prompt keeps a processor busy; a batch only takes more memory there.
  const isProcessor = device === "cpu" || device === "wasm";
  if (wanted === "auto" && isProcessor) return 1;
  if (isOurs || wanted === 1) return wanted;
  if (wanted === "auto") return 1;
  throw new UsageError(
    `--batch-size ${wanted} needs a model that houqa exported, and ${folder} was not: use ` +
      "--batch-size 1, or give the safetensors.",
  );
}

/** @throws {UsageError} for what the device has no arithmetic for, with what to use instead. */
function refuseDtype(dtype: ExportDtype, { device, detail, hasFloat16 }: DeviceProbe): void {
  if (dtype === "q8" && (device === "cuda" || device === "webgpu")) {
    throw new UsageError(
      `q8 is for processors: on ${device} its integer products would run on the host. ` +
        "Use --hf-dtype q4, q4f16 or fp16, or --hf-device cpu.",
    );
  }
  if (computeType(dtype) === "float16" && hasFloat16 === false) {
    throw new UsageError(
      `${dtype} computes in float16, and this WebGPU adapter${detail ? ` (${detail})` : ""} does ` +
        `not (it has no shader-f16). Use --hf-dtype ${dtype === "fp16" ? "fp32" : "q4"}, or ` +
        "--hf-device cpu.",
    );
  }
}
