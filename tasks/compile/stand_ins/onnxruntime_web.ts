/** Stands in for `onnxruntime-web`, as the module beside this one does for its build without GPU. */
import { env } from "onnxruntime-web";
import { runtimeFile } from "./runtime_file.ts";

// Without it the runtime fails outside of any promise that could be caught.
if (!("lost" in GPUDevice.prototype)) {
  throw new Error(`the WebGPU of Deno ${Deno.version.deno} is too old; take houqa.run`);
}
// Else it is looked for on a content delivery network.
env.wasm.wasmPaths = undefined;
env.wasm.wasmBinary = Deno.readFileSync(runtimeFile("ort-wasm-simd-threaded.asyncify.wasm")).buffer;

export * from "onnxruntime-web";
