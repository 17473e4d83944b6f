import assert from "node:assert/strict";
import { unchangedParts } from "./mapped_pages.ts";
import { fakeSystemFiles } from "./system_files_double.ts";

const entry = (range: string, path: string, anonymousKb: number) =>
  `${range} rw-p 00000000 fe:00 123                  ${path}
Size:               1024 kB
Rss:                 512 kB
Private_Dirty:         0 kB
Anonymous:      ${String(anonymousKb).padStart(8)} kB
VmFlags: rd wr mr mw me sd
`;

Deno.test("only mappings of those files that nobody wrote to may be forgotten", () => {
  const smaps = entry("7f0000000000-7f0000100000", "/m/a.onnx_data", 0) +
    entry("7f0000200000-7f0000300000", "/m/a.onnx_data", 4) +
    entry("7f0000400000-7f0000401000", "/m/with a space.onnx_data_1", 0) +
    entry("7f0000500000-7f0000501000", "/m/other", 0) +
    entry("7f0000600000-7f0000601000", "", 0);
  const files = fakeSystemFiles({ "/proc/self/smaps": smaps });
  assert.deepEqual(unchangedParts(["/m/a.onnx_data", "/m/with a space.onnx_data_1"], files), [
    { address: 0x7f0000000000n, sizeBytes: 0x100000n },
    { address: 0x7f0000400000n, sizeBytes: 0x1000n },
  ]);
  assert.deepEqual(unchangedParts(["/m/a.onnx_data"], fakeSystemFiles({})), []);
});
