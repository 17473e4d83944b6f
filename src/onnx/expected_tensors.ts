import type { QwenConfig } from "./qwen_config.ts";

/** Name of the embedding's module. */
export const EMBEDDING = "model.embed_tokens";
/** Name of the output layer's module. */
export const LM_HEAD = "lm_head";

/**
 * Names and shapes of exactly the tensors a checkpoint of this architecture holds, as in
 * transformers' modeling_qwen2.py and modeling_qwen3.py. A tied model has no `lm_head.weight`.
 */
export function expectedTensors(config: QwenConfig): ReadonlyMap<string, readonly number[]> {
  const { hiddenSize, headDim, layers } = config;
  const tensors = new Map<string, readonly number[]>();
  tensors.set(`${EMBEDDING}.weight`, [config.vocabSize, hiddenSize]);
  for (let layer = 0; layer < layers; layer++) {
    const at = `model.layers.${layer}`;
    tensors.set(`${at}.input_layernorm.weight`, [hiddenSize]);
    tensors.set(`${at}.post_attention_layernorm.weight`, [hiddenSize]);
    for (const [name, shape] of linearsOfLayer(config)) {
      tensors.set(`${at}.${name}.weight`, shape);
      if (config.modelType === "qwen2" && /[qkv]_proj$/.test(name)) {
        tensors.set(`${at}.${name}.bias`, [shape[0]]);
      }
    }
    if (config.modelType === "qwen3") {
      tensors.set(`${at}.self_attn.q_norm.weight`, [headDim]);
      tensors.set(`${at}.self_attn.k_norm.weight`, [headDim]);
    }
  }
  tensors.set("model.norm.weight", [hiddenSize]);
  if (!config.tied) tensors.set(`${LM_HEAD}.weight`, [config.vocabSize, hiddenSize]);
  return tensors;
}

/**
 * Every linear layer by module name with its weight's shape [out, in]: the seven projections of
 * each layer, and the output layer, which a tied model has too.
 */
export function linearModules(
  config: QwenConfig,
): ReadonlyMap<string, readonly [out: number, into: number]> {
  const modules = new Map<string, readonly [number, number]>();
  for (let layer = 0; layer < config.layers; layer++) {
    for (const [name, shape] of linearsOfLayer(config)) {
      modules.set(`model.layers.${layer}.${name}`, shape);
    }
  }
  modules.set(LM_HEAD, [config.vocabSize, config.hiddenSize]);
  return modules;
}

function linearsOfLayer(
  { hiddenSize, intermediateSize, heads, kvHeads, headDim }: QwenConfig,
): [name: string, shape: readonly [number, number]][] {
  return [
    ["self_attn.q_proj", [heads * headDim, hiddenSize]],
    ["self_attn.k_proj", [kvHeads * headDim, hiddenSize]],
    ["self_attn.v_proj", [kvHeads * headDim, hiddenSize]],
    ["self_attn.o_proj", [hiddenSize, heads * headDim]],
    ["mlp.gate_proj", [intermediateSize, hiddenSize]],
    ["mlp.up_proj", [intermediateSize, hiddenSize]],
    ["mlp.down_proj", [hiddenSize, intermediateSize]],
  ];
}
