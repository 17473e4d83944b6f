/**
 * Stands in for `onnxruntime-web/wasm`, which looks for its WebAssembly beside its own module: here
 * it lies in the folder `runtime` beside the program.
 */
import { env } from "onnxruntime-web/wasm";
import { runtimeFile } from "./runtime_file.ts";

env.wasm.wasmBinary = Deno.readFileSync(runtimeFile("ort-wasm-simd-threaded.wasm")).buffer;

export * from "onnxruntime-web/wasm";
