/** How the 8-bit weights of q8 can be stored; the results are the same. */
export const INTEGER_WEIGHTS = ["int8", "uint8"] as const;
/** One of the {@linkcode INTEGER_WEIGHTS}. */
export type IntegerWeights = (typeof INTEGER_WEIGHTS)[number];

/**
 * The form that this machine multiplies fast and right. Products of unsigned activations and signed
 * weights are fastest where the processor has dot-product instructions (VNNI; every ARM). x86
 * processors without them add pairs of such products in 16 bits, which overflow silently; unsigned
 * weights take another path there, at half the speed. Source: ONNX Runtime, "Quantize ONNX models",
 * on U8S8 saturation.
 * @param cpuInfo contents of /proc/cpuinfo; undefined where there is none.
 */
export function preferredIntegerWeights(
  cpuInfo: string | undefined,
  arch: string = Deno.build.arch,
): IntegerWeights {
  if (arch === "aarch64") return "int8";
  const flags = /^flags\s*:(.*)$/m.exec(cpuInfo ?? "")?.[1]?.trim().split(/\s+/) ?? [];
  return flags.includes("avx512_vnni") || flags.includes("avx_vnni") ? "int8" : "uint8";
}
