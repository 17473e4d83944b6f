import assert from "node:assert/strict";
import { seededRandom } from "../../tasks/demo/random.ts";
import { encodeRows } from "./encode_rows.ts";
import { computeType, type ExportDtype } from "./export_dtype.ts";
import type { IntegerWeights } from "./integer_weights.ts";
import { ONNX_BYTES, type OnnxType } from "./onnx_graph.ts";
import {
  BLOCK_SIZE,
  type PlannedValues,
  type PlannedWeight,
  type WeightLayout,
} from "./weight_plan.ts";

const ROWS = 67;
const ODD = 100;

/** A weight of its own file, its values on odd places so that wrong offsets show. */
function planOf(
  layout: WeightLayout,
  floatType: OnnxType,
  columns: number,
  integers: IntegerWeights = "int8",
): PlannedWeight {
  let offset = 64;
  const place = (type: OnnxType, dims: number[]): PlannedValues => {
    const sizeBytes = dims.reduce((product, dim) => product * dim, ONNX_BYTES[type]);
    const at = { file: "data", offset, sizeBytes };
    offset += sizeBytes + ODD;
    return { type, dims, at };
  };
  const common = { source: "w", layout, firstRow: 0, rows: ROWS, columns };
  const blocks = Math.ceil(columns / BLOCK_SIZE);
  switch (layout) {
    case "as_is":
      return { ...common, values: place(floatType, [ROWS, columns]) };
    case "transposed":
      return { ...common, values: place(floatType, [columns, ROWS]) };
    case "row8":
      return {
        ...common,
        values: place(integers, [columns, ROWS]),
        scales: place(floatType, [ROWS]),
      };
    case "block8":
      return {
        ...common,
        values: place("uint8", [ROWS, blocks, 32]),
        scales: place(floatType, [ROWS, blocks]),
      };
    case "block4":
      return {
        ...common,
        values: place("uint8", [ROWS, blocks, 16]),
        scales: place(floatType, [ROWS, blocks]),
        zeroPoints: place("uint8", [ROWS, Math.ceil(blocks / 2)]),
      };
  }
}

function valuesOf(columns: number, seed = 3): Float32Array {
  const random = seededRandom(seed);
  return Float32Array.from(
    { length: ROWS * columns },
    (_, i) => (random.next() - 0.5) * (1 + Math.floor(i / columns) / 7),
  );
}

/** Runs the encoder on runs of rows and puts what it writes into one file. */
function encode(
  plan: PlannedWeight,
  dtype: ExportDtype,
  w: Float32Array,
  cuts: readonly number[],
): { file: Uint8Array; errorSquared: number } {
  const file = new Uint8Array(200_000).fill(0xee);
  let errorSquared = 0;
  const bounds = [0, ...cuts, ROWS];
  for (let i = 0; i + 1 < bounds.length; i++) {
    const [first, end] = [bounds[i]!, bounds[i + 1]!];
    const slice = w.slice(first * plan.columns, end * plan.columns);
    const { writes, error } = encodeRows(plan, dtype, slice, first);
    for (const { file: name, offset, bytes } of writes) {
      assert.equal(name, "data");
      file.set(bytes, offset);
    }
    errorSquared += error.errorSquared;
    assert.equal(error.overflows, 0);
  }
  return { file, errorSquared };
}

function read(file: Uint8Array, { type, at }: PlannedValues): number[] {
  const bytes = file.slice(at.offset, at.offset + at.sizeBytes).buffer;
  const typed = {
    float32: Float32Array,
    float16: Float16Array,
    uint8: Uint8Array,
    int8: Int8Array,
    int32: Int32Array,
    int64: BigInt64Array,
  }[type];
  return Array.from(new typed(bytes) as ArrayLike<number>);
}

/** What the operators make of the stored bytes, as [rows, columns]. */
function decode(plan: PlannedWeight, file: Uint8Array): Float64Array {
  const { layout, columns } = plan;
  const stored = read(file, plan.values);
  const scales = plan.scales === undefined ? [] : read(file, plan.scales);
  const zeros = plan.zeroPoints === undefined ? [] : read(file, plan.zeroPoints);
  const blocks = Math.ceil(columns / BLOCK_SIZE);
  return Float64Array.from({ length: ROWS * columns }, (_, at) => {
    const [row, column] = [Math.floor(at / columns), at % columns];
    const block = Math.floor(column / BLOCK_SIZE);
    const inBlock = (row * blocks + block) * BLOCK_SIZE + column % BLOCK_SIZE;
    switch (layout) {
      case "as_is":
        return stored[at]!;
      case "transposed":
        return stored[column * ROWS + row]!;
      case "row8":
        return scales[row]! *
          (stored[column * ROWS + row]! - (plan.values.type === "uint8" ? 128 : 0));
      case "block8":
        return scales[row * blocks + block]! * (stored[inBlock]! - 128);
      case "block4": {
        const level = stored[inBlock >> 1]! >> 4 * (inBlock & 1) & 15;
        const packed = zeros[row * Math.ceil(blocks / 2) + (block >> 1)]!;
        return scales[row * blocks + block]! * (level - (packed >> 4 * (block & 1) & 15));
      }
    }
  });
}

/** Largest error relative to the largest value. */
const BOUNDS: Readonly<Record<WeightLayout, number>> = {
  as_is: 0,
  transposed: 0,
  row8: 1 / 250,
  block8: 1 / 250,
  block4: 1 / 5,
};

const CASES: [WeightLayout, ExportDtype, IntegerWeights?][] = [
  ["as_is", "fp32"],
  ["as_is", "fp16"],
  ["transposed", "fp32"],
  ["transposed", "fp16"],
  ["row8", "q8", "int8"],
  ["row8", "q8", "uint8"],
  ["block8", "q4"],
  ["block8", "q4f16"],
  ["block4", "q4"],
  ["block4", "q4f16"],
];

for (const [layout, dtype, integers] of CASES) {
  const name = [layout, dtype, integers].filter(Boolean).join(", ");
  for (const columns of [64, 96, 80, 33]) {
    Deno.test(`${name}, ${columns} columns: the stored bytes stand for the values`, () => {
      const plan = planOf(layout, computeType(dtype), columns, integers);
      const w = valuesOf(columns);
      const { file, errorSquared } = encode(plan, dtype, w, []);
      const decoded = decode(plan, file);
      const isHalf = computeType(dtype) === "float16";
      let missed = 0;
      for (let row = 0; row < ROWS; row++) {
        const values = w.subarray(row * columns, (row + 1) * columns);
        const largest = Math.max(...values.map(Math.abs));
        values.forEach((value, column) => {
          const error = Math.abs(decoded[row * columns + column]! - value);
          missed += error ** 2;
          const most = largest * (BOUNDS[layout] + (isHalf ? 2 ** -11 : 0));
          assert.ok(error <= most, `[${row}, ${column}]: ${value} became ${error} off`);
        });
      }
      // 4-bit errors are summed in float32.
      const digits = layout === "block4" ? 1e-5 : 1e-9;
      assert.ok(Math.abs(missed - errorSquared) <= digits * missed, `${missed} ${errorSquared}`);
    });

    Deno.test(`${name}, ${columns} columns: slices of rows give the bytes of the whole`, () => {
      const plan = planOf(layout, computeType(dtype), columns, integers);
      const w = valuesOf(columns);
      const whole = encode(plan, dtype, w, []);
      for (const cuts of [[1], [66], [5, 6, 40], [32, 64]]) {
        const sliced = encode(plan, dtype, w, cuts);
        assert.deepEqual(sliced.file, whole.file, `cut at ${cuts}`);
        assert.ok(
          Math.abs(sliced.errorSquared - whole.errorSquared) <= 1e-9 * whole.errorSquared,
        );
      }
      // Nothing is written beside the places of the plan.
      const places = [plan.values, plan.scales, plan.zeroPoints].flatMap((one) => one ?? []);
      whole.file.forEach((byte, at) => {
        const isInside = places.some(({ at: { offset, sizeBytes } }) =>
          at >= offset && at < offset + sizeBytes
        );
        if (!isInside) assert.equal(byte, 0xee, `byte ${at} was written`);
      });
    });
  }
}

Deno.test("half precision counts what it can't hold, and leaves float32 alone", () => {
  const w = Float32Array.of(65504, -65504, 65520, -1e30, 1);
  const overflows = (layout: WeightLayout, dtype: ExportDtype) => {
    const plan = { ...planOf(layout, computeType(dtype), 5), rows: 1 };
    return encodeRows(plan, dtype, w, 0).error.overflows;
  };
  assert.equal(overflows("as_is", "fp16"), 2);
  assert.equal(overflows("transposed", "fp16"), 2);
  assert.equal(overflows("block4", "q4f16"), 2);
  assert.equal(overflows("block8", "q4f16"), 2);
  for (const layout of ["as_is", "transposed"] as const) assert.equal(overflows(layout, "fp32"), 0);
  for (const layout of ["block4", "block8"] as const) assert.equal(overflows(layout, "q4"), 0);
  assert.equal(overflows("row8", "q8"), 0);
});
