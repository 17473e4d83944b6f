import assert from "node:assert/strict";
import { explainRuntimeError } from "./runtime_error.ts";

Deno.test("every runtime's way to say that memory ran out is one kind of error", () => {
  for (
    const message of [
      "std::bad_alloc",
      "Failed to allocate memory for requested buffer of size 1073741824",
      "CUDA failure 2: out of memory ; GPU=0",
      "CUDNN_STATUS_ALLOC_FAILED: allocation failed",
      "Out of memory",
      "Array buffer allocation failed",
      "The weights have more than 3.5 GB, which WebAssembly can't address: out of memory.",
      "Buffer size exceeds the max memory of the device",
    ]
  ) {
    const error = explainRuntimeError(new Error(`${message}\n at somewhere`));
    assert.equal(error.kind, "out_of_memory", message);
    assert.match(error.message, /--hf-dtype \(q4\).*--top-k.*--hf-device cpu/);
    assert.ok(error.message.endsWith(`(${message})`), error.message);
  }
});

Deno.test("anything else is the model's failure, in the runtime's words", () => {
  for (
    const message of [
      "Non-zero status code returned while running MatMul node",
      "CUDA failure 209: no kernel image is available",
      "CUDA failure 222: the provided PTX was compiled with an unsupported toolchain",
      "Invalid input name: memory_mask",
    ]
  ) {
    const cause = new Error(`${message}\nstack`);
    const error = explainRuntimeError(cause);
    assert.equal(error.kind, "server", message);
    assert.equal(error.message, `The model failed: ${message}`);
    assert.equal(error.cause, cause);
  }
});
