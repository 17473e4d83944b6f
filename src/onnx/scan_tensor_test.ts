import assert from "node:assert/strict";
import { join } from "node:path";
import { type DoubleTensor, filled, inTempFolder, safetensorsBytes } from "./checkpoint_double.ts";
import { openSafetensors } from "./safetensors_file.ts";
import { sameValues } from "./same_values.ts";
import { scanTensor } from "./scan_tensor.ts";
import { TensorReader } from "./tensor_reader.ts";
import type { StoredType, TensorSource } from "./tensor_source.ts";

/** Writes tensors into a file and hands over where they lie. */
async function withTensors(
  tensors: Record<string, DoubleTensor>,
  body: (sources: Record<string, TensorSource>, reader: TensorReader) => void,
): Promise<void> {
  await inTempFolder(async (folder) => {
    const path = join(folder, "x.safetensors");
    await Deno.writeFile(path, safetensorsBytes(new Map(Object.entries(tensors))));
    const reader = new TensorReader();
    try {
      body(Object.fromEntries((await openSafetensors(path)).tensors), reader);
    } finally {
      reader.close();
    }
  });
}

/** One value at one place among others. */
function withValue(
  count: number,
  index: number,
  value: number,
  rest = 0,
  dtype: StoredType = "F32",
) {
  const tensor = filled([count], rest, dtype);
  const one = filled([1], value, dtype).bytes;
  tensor.bytes.set(one, index * one.length);
  return tensor;
}

Deno.test("NaN and infinities are found in every type, anywhere, across slices", async () => {
  const far = (1 << 18) + 5;
  await withTensors({
    zero: filled([3, 4], 0),
    minusZero: filled([4], -0),
    one: filled([4], 1, "F16"),
    nanAtEnd: withValue(far + 1, far, NaN),
    infinity: withValue(9, 3, Infinity, 1, "BF16"),
    minusInfinity: withValue(9, 8, -Infinity, 1, "F16"),
    largest: filled([2], 65504, "F16"),
    empty: filled([0, 4]),
    lastOnly: withValue(far, far - 1, 1e-30),
  }, (at, reader) => {
    assert.deepEqual(scanTensor(reader, at.zero!), { allZero: true });
    assert.deepEqual(scanTensor(reader, at.minusZero!), { allZero: true });
    assert.deepEqual(scanTensor(reader, at.one!), { allZero: false });
    assert.deepEqual(scanTensor(reader, at.nanAtEnd!), { firstNonFinite: far, allZero: false });
    assert.equal(scanTensor(reader, at.infinity!).firstNonFinite, 3);
    assert.equal(scanTensor(reader, at.minusInfinity!).firstNonFinite, 8);
    assert.deepEqual(scanTensor(reader, at.largest!), { allZero: false });
    assert.deepEqual(scanTensor(reader, at.empty!), { allZero: true });
    assert.deepEqual(scanTensor(reader, at.lastOnly!), { allZero: false });
  });
});

Deno.test("values are compared after rounding float32 to the other's type", async () => {
  const third = 1 / 3;
  const bf16Bits = new Uint16Array([0x3eab]); // 1/3 rounded to nearest, upwards
  const cut = new Uint16Array([0x3eaa]);
  const one = (bits: Uint16Array): DoubleTensor => ({
    dtype: "BF16",
    shape: [1],
    bytes: new Uint8Array(bits.buffer),
  });
  const far = (1 << 18) + 5;
  await withTensors({
    third: filled([1], third),
    half: filled([1], third, "F16"),
    brain: one(bf16Bits),
    cut: one(cut),
    quarter: filled([1], 0.25, "F16"),
    quarterB: filled([1], 0.25, "BF16"),
    column: filled([1, 1], third),
    long: filled([far], 1),
    longOther: withValue(far, far - 1, 2, 1),
  }, (at, reader) => {
    const same = (a: string, b: string) => {
      const there = sameValues(reader, at[a]!, at[b]!);
      assert.equal(sameValues(reader, at[b]!, at[a]!), there);
      return there;
    };
    assert.ok(same("third", "third") && same("third", "half") && same("third", "brain"));
    assert.ok(!same("third", "cut"), "rounded, not cut off");
    assert.ok(!same("half", "brain") && same("quarter", "quarterB"));
    assert.ok(!same("third", "column"), "another shape");
    assert.ok(same("long", "long") && !same("long", "longOther"));
  });
});
