import type { Checkpoint } from "./checkpoint.ts";
import type { LoraAdapter } from "./lora_adapter.ts";
import type { TensorSource } from "./tensor_source.ts";
import { EMBEDDING, HEAD } from "./weight_plan.ts";

/**
 * Where a weight is read from: the adapter's saved modules, else the checkpoint; the output layer of
 * a tied model is the checkpoint's embedding.
 */
export function tensorSource(
  name: string,
  { tensors }: Checkpoint,
  adapter: LoraAdapter | undefined,
): TensorSource {
  const source = adapter?.saved.get(name) ?? tensors.get(name) ??
    (name === HEAD ? tensors.get(EMBEDDING) : undefined);
  if (source === undefined) throw new Error(`The checkpoint has no ${name}.`);
  return source;
}

/** Whether the output layer has weights of its own, by the checkpoint or through the adapter. */
export function hasOwnHead({ config }: Checkpoint, adapter: LoraAdapter | undefined): boolean {
  if (!config.tied) return true;
  if (adapter === undefined) return false;
  const head = adapter.saved.get(HEAD);
  const embedding = adapter.saved.get(EMBEDDING);
  // Saved once for both: they stay one.
  if (head !== undefined && head === embedding) return false;
  return head !== undefined || embedding !== undefined || adapter.modules.has("lm_head");
}
