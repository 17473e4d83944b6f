import assert from "node:assert/strict";
import { isSoftwareAdapter } from "./is_software_adapter.ts";

Deno.test("adapters that compute on the processor are recognised, GPUs are not", () => {
  const software = [
    { vendor: "65541", device: "0", description: "llvmpipe (LLVM 15.0.6, 256 bits)" },
    { vendor: "mesa", architecture: "lavapipe" },
    { vendor: "google", architecture: "swiftshader", description: "" },
    { description: "SwiftShader Device (Subzero)" },
    { vendor: "5140", description: "Microsoft Basic Render Driver" },
    { vendor: "", description: "", isFallbackAdapter: true },
  ];
  for (const info of software) assert.ok(isSoftwareAdapter(info), JSON.stringify(info));
  const hardware = [
    { vendor: "4318", description: "NVIDIA GeForce RTX 3080", isFallbackAdapter: false },
    { vendor: "nvidia", architecture: "ampere" },
    { vendor: "intel", architecture: "xe", description: "Intel(R) Arc(TM) A770" },
    { vendor: "apple", description: "Apple M2" },
    {},
  ];
  for (const info of hardware) assert.ok(!isSoftwareAdapter(info), JSON.stringify(info));
});
