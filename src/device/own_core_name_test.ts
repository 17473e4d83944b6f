import assert from "node:assert/strict";
import { COMMON_CORE_NAME, giveOwnCoreName, OWN_CORE_NAME } from "./own_core_name.ts";

const bytesOf = (text: string) => new TextEncoder().encode(text);

Deno.test("the name is replaced, nothing else moves", () => {
  assert.equal(COMMON_CORE_NAME.length, OWN_CORE_NAME.length);
  const bytes = bytesOf("\x7fELF\0\0libm.so.6\0libonnxruntime.so.1\0VERS_1.30.0\0\0");
  giveOwnCoreName(bytes, "x");
  assert.equal(
    new TextDecoder().decode(bytes),
    "\x7fELF\0\0libm.so.6\0libonnxrt_cuda.so.1\0VERS_1.30.0\0\0",
  );
});

Deno.test("only a whole name counts, and it must be there exactly once", () => {
  const twice = "\0libonnxruntime.so.1\0libonnxruntime.so.1\0";
  for (const text of ["", "\0libonnxruntime.so.1.30.0\0", "xlibonnxruntime.so.1\0", twice]) {
    const bytes = bytesOf(text);
    assert.throws(() => giveOwnCoreName(bytes, "x.node"), /x\.node names .* instead of once/);
    assert.deepEqual(bytes, bytesOf(text));
  }
});
