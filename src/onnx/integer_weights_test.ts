import assert from "node:assert/strict";
import { preferredIntegerWeights } from "./integer_weights.ts";

const cpuInfo = (flags: string) =>
  `processor\t: 0\nmodel name\t: avx512_vnni in a name\nflags\t\t: ${flags}\nbugs\t\t: avx_vnni\n`;

Deno.test("signed weights where dot products are in hardware, unsigned where pairs overflow", () => {
  const cases: [string, string | undefined, "int8" | "uint8"][] = [
    ["x86_64", cpuInfo("fpu avx2 avx512f avx512_vnni amx_tile"), "int8"],
    ["x86_64", cpuInfo("fpu avx2 avx_vnni"), "int8"],
    ["x86_64", cpuInfo("fpu sse4_2 avx2 avx512f"), "uint8"],
    ["x86_64", cpuInfo("fpu avx2 avx512_vnnix my_avx_vnni"), "uint8"],
    ["x86_64", cpuInfo(""), "uint8"],
    ["x86_64", "", "uint8"],
    ["x86_64", undefined, "uint8"],
    ["aarch64", undefined, "int8"],
    ["aarch64", "Features\t: fp asimd asimddp\n", "int8"],
  ];
  for (const [arch, text, expected] of cases) {
    assert.equal(preferredIntegerWeights(text, arch), expected, `${arch}: ${text}`);
  }
});
