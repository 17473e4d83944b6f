/** What a bundle begins with: its threads begin with the same file, each under the name of its module. */
const name = "DedicatedWorkerGlobalScope" in globalThis ? (self as { name?: string }).name : "";
switch (name) {
  case "hf_worker":
    await import("../../src/llm/hf_worker.ts");
    break;
  case "export_worker":
    await import("../../src/onnx/export_worker.ts");
    break;
  default:
    await import("../../main.ts");
}
