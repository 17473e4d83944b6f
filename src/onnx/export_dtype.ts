/** Precisions of the weights that an export can have. */
export const EXPORT_DTYPES = ["fp32", "fp16", "q8", "q4", "q4f16"] as const;
/** One of the {@linkcode EXPORT_DTYPES}. */
export type ExportDtype = (typeof EXPORT_DTYPES)[number];

/** What transformers.js puts between `model` and `.onnx` for each precision. */
export const MODEL_SUFFIX: Readonly<Record<ExportDtype, string>> = {
  fp32: "",
  fp16: "_fp16",
  q8: "_quantized",
  q4: "_q4",
  q4f16: "_q4f16",
};

/** Element type of activations and of the key-value cache. */
export function computeType(dtype: ExportDtype): "float32" | "float16" {
  return dtype === "fp16" || dtype === "q4f16" ? "float16" : "float32";
}

/** Name of the graph's file in an export folder. */
export function modelFileName(dtype: ExportDtype): string {
  return `model${MODEL_SUFFIX[dtype]}.onnx`;
}
