import type { QwenConfig } from "./qwen_config.ts";

/**
 * Tables of the rotary position embedding (RoFormer, arXiv:2104.09864): entry [p, i] is the cosine
 * or sine of p / θ^(2i/d), p the position and d the head size.
 * @returns float32 [positions, headDim / 2] each.
 */
export function rotaryTables(
  { ropeTheta, headDim, maxPositions }: Pick<QwenConfig, "ropeTheta" | "headDim" | "maxPositions">,
): { cos: Float32Array; sin: Float32Array } {
  const half = headDim / 2;
  const cos = new Float32Array(maxPositions * half);
  const sin = new Float32Array(maxPositions * half);
  for (let i = 0; i < half; i++) {
    // Rounded to float32 before the product, as the reference implementation does.
    const frequency = Math.fround(1 / Math.fround(Math.pow(ropeTheta, (2 * i) / headDim)));
    for (let position = 0; position < maxPositions; position++) {
      const angle = Math.fround(position * frequency);
      cos[position * half + i] = Math.cos(angle);
      sin[position * half + i] = Math.sin(angle);
    }
  }
  return { cos, sin };
}
