import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { isAtLeast } from "./deno_program.ts";

/** A file that lies beside the program, and where it comes from. */
export interface RuntimeFile {
  readonly name: string;
  readonly source: string;
}

/** By Deno's target: the folder in npm's `onnxruntime-node`, and what of it the processor needs. */
const NATIVE_FILES: Readonly<Record<string, readonly [folder: string, ...names: string[]]>> = {
  "x86_64-unknown-linux-gnu": ["linux/x64", "onnxruntime_binding.node", "libonnxruntime.so.1"],
  "aarch64-unknown-linux-gnu": ["linux/arm64", "onnxruntime_binding.node", "libonnxruntime.so.1"],
  "aarch64-apple-darwin": [
    "darwin/arm64",
    "onnxruntime_binding.node",
    "libonnxruntime.1.dylib",
  ],
  "x86_64-pc-windows-msvc": [
    "win32/x64",
    "onnxruntime_binding.node",
    "onnxruntime.dll",
    "DirectML.dll",
  ],
  // ONNX Runtime has no build for it any more: WebAssembly only.
  "x86_64-apple-darwin": [""],
};

/** Targets that houqa can be compiled for. */
export const TARGETS: readonly string[] = Object.keys(NATIVE_FILES);

/** The first Deno whose WebGPU runs ONNX Runtime's shaders. */
const RUNS_WEBGPU = "2.9.0";

/**
 * What belongs into the folder `runtime`: the native ONNX Runtime for the processor, its WebAssembly,
 * and the one for GPUs where that Deno can use it.
 * @param version of the Deno that will run the program.
 */
export function runtimeFiles(target: string, version: string): RuntimeFile[] {
  const node = fileURLToPath(import.meta.resolve("onnxruntime-node"));
  const web = fileURLToPath(import.meta.resolve("onnxruntime-web"));
  const [folder, ...names] = NATIVE_FILES[target]!;
  const webNames = [
    "ort-wasm-simd-threaded.wasm",
    ...isAtLeast(version, RUNS_WEBGPU) ? ["ort-wasm-simd-threaded.asyncify.wasm"] : [],
  ];
  return [
    ...names.map((name) => ({ name, source: join(node, "../../bin/napi-v6", folder, name) })),
    ...webNames.map((name) => ({ name, source: join(web, "..", name) })),
  ];
}
