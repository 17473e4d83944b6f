import assert from "node:assert/strict";
import { rotaryTables } from "./rotary_tables.ts";

Deno.test("entry [p, i] is the angle p / θ^(2i/d)", () => {
  for (const [ropeTheta, headDim] of [[1e4, 16], [1e6, 128], [5e5, 8]] as const) {
    const maxPositions = 50;
    const { cos, sin } = rotaryTables({ ropeTheta, headDim, maxPositions });
    const half = headDim / 2;
    assert.deepEqual([cos.length, sin.length], [maxPositions * half, maxPositions * half]);
    for (let position = 0; position < maxPositions; position++) {
      for (let i = 0; i < half; i++) {
        const angle = position / ropeTheta ** (2 * i / headDim);
        const at = position * half + i;
        assert.ok(Math.abs(cos[at]! - Math.cos(angle)) < 1e-5, `cos ${position} ${i}`);
        assert.ok(Math.abs(sin[at]! - Math.sin(angle)) < 1e-5, `sin ${position} ${i}`);
      }
    }
    assert.deepEqual([cos[0], sin[0], sin[half]], [1, 0, Math.fround(Math.sin(1))]);
  }
});

Deno.test("angles are rounded to float32 before the cosine, as the reference does", () => {
  const { cos } = rotaryTables({ ropeTheta: 1e6, headDim: 16, maxPositions: 40_000 });
  const frequency = Math.fround(1 / Math.fround(1e6 ** (2 / 16)));
  const position = 39_999;
  assert.equal(
    cos[position * 8 + 1],
    Math.fround(Math.cos(Math.fround(position * frequency))),
  );
});
