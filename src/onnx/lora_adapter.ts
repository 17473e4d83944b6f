import type { TensorSource } from "./tensor_source.ts";

/** The low-rank change of one linear layer: ΔW = scaling · B · A. */
export interface LoraModule {
  readonly rank: number;
  /** α/r, or α/√r with rsLoRA. */
  readonly scaling: number;
  /** lora_A, [rank, in]. */
  readonly a: TensorSource;
  /** lora_B, [out, rank]. */
  readonly b: TensorSource;
  /** DoRA's magnitude vector, [out]: W' = m · (W + ΔW) / ‖W + ΔW‖ by row. */
  readonly magnitude?: TensorSource;
}

/** A PEFT LoRA adapter whose every tensor is accounted for. */
export interface LoraAdapter {
  readonly folder: string;
  /** Changed layers by module name, e.g. "model.layers.0.self_attn.q_proj". */
  readonly modules: ReadonlyMap<string, LoraModule>;
  /** `modules_to_save`: tensors that replace the base's, by the base's tensor name. */
  readonly saved: ReadonlyMap<string, TensorSource>;
  /** adapter_config.json as it was read. */
  readonly config: Readonly<Record<string, unknown>>;
  /** Files read: the configuration and the weights. */
  readonly files: readonly string[];
  /** What the user should know, e.g. that the adapter names another base. */
  readonly warnings: readonly string[];
}
