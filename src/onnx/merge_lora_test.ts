import assert from "node:assert/strict";
import { join } from "node:path";
import { seededRandom } from "../../tasks/demo/random.ts";
import { inTempFolder } from "./checkpoint_double.ts";
import type { LoraModule } from "./lora_adapter.ts";
import { loadLora, mergeLora } from "./merge_lora.ts";
import { TensorReader } from "./tensor_reader.ts";
import { narrow } from "./tiny_model_double.ts";
import { STORED_BYTES, type StoredType, type TensorSource } from "./tensor_source.ts";

const ROWS = 11;
const COLUMNS = 19;

/** Values as they are stored, i.e. what each type makes of noise. */
interface Stored {
  readonly source: TensorSource;
  readonly values: Float32Array;
}

/** Writes noise to a file of its own, behind some other bytes. */
async function store(
  folder: string,
  name: string,
  shape: readonly number[],
  dtype: StoredType,
  seed: number,
): Promise<Stored> {
  const random = seededRandom(seed);
  const count = shape.reduce((product, size) => product * size, 1);
  // Eighths are exact in every type.
  const values = Float32Array.from({ length: count }, () => Math.round(random.next() * 16 - 8) / 8);
  const offset = 24;
  const bytes = new Uint8Array(offset + count * STORED_BYTES[dtype]).fill(0x7f);
  bytes.set(narrow(values, dtype), offset);
  const path = join(folder, name);
  await Deno.writeFile(path, bytes);
  return { values, source: { path, dtype, shape, offset, sizeBytes: bytes.length - offset } };
}

/** s · B · A, and with magnitudes each row of the sum scaled to its own, in float64. */
function naive(
  w: Float32Array,
  a: Float32Array,
  b: Float32Array,
  rank: number,
  scaling: number,
  magnitude?: Float32Array,
): Float64Array {
  const merged = Float64Array.from(w, (value, at) => {
    const [row, column] = [Math.floor(at / COLUMNS), at % COLUMNS];
    let product = 0;
    for (let k = 0; k < rank; k++) product += b[row * rank + k]! * a[k * COLUMNS + column]!;
    return value + scaling * product;
  });
  if (magnitude === undefined) return merged;
  return merged.map((value, at) => {
    const row = Math.floor(at / COLUMNS);
    const norm = Math.hypot(...merged.subarray(row * COLUMNS, (row + 1) * COLUMNS));
    return magnitude[row]! * value / norm;
  });
}

for (const rank of [1, 3, 4, 9]) {
  for (const isDora of [false, true]) {
    for (const dtype of ["F32", "F16", "BF16"] as const) {
      Deno.test(`rank ${rank}${isDora ? ", DoRA" : ""}, ${dtype}: the sum of a naive product`, () =>
        inTempFolder(async (folder) => {
          const a = await store(folder, "a", [rank, COLUMNS], dtype, 1);
          const b = await store(folder, "b", [ROWS, rank], dtype, 2);
          const m = await store(folder, "m", [ROWS], dtype, 3);
          const { values: w } = await store(folder, "w", [ROWS, COLUMNS], "F32", 4);
          const module: LoraModule = {
            rank,
            scaling: 0.75,
            a: a.source,
            b: b.source,
            ...(isDora ? { magnitude: m.source } : {}),
          };
          const expected = naive(w, a.values, b.values, rank, 0.75, isDora ? m.values : undefined);
          let change = 0;
          expected.forEach((value, at) => change += (value - w[at]!) ** 2);

          const reader = new TensorReader();
          try {
            const loaded = loadLora(reader, module, COLUMNS);
            for (const bounds of [[0, ROWS], [0, 1, 4, 10, ROWS]]) {
              let found = 0;
              for (let i = 0; i + 1 < bounds.length; i++) {
                const [first, end] = [bounds[i]!, bounds[i + 1]!];
                const rows = w.slice(first * COLUMNS, end * COLUMNS);
                found += mergeLora(reader, loaded, rows, COLUMNS, first);
                rows.forEach((value, at) => {
                  const wanted = expected[first * COLUMNS + at]!;
                  assert.ok(Math.abs(value - wanted) <= 2e-6, `${value} is not ${wanted}`);
                });
              }
              assert.ok(Math.abs(found - change) <= 1e-5 * change, `${found} is not ${change}`);
            }
          } finally {
            reader.close();
          }
        }));
    }
  }
}

Deno.test("a file that became shorter since its header was read is an error, not zeros", () =>
  inTempFolder(async (folder) => {
    const { source } = await store(folder, "b", [ROWS, 2], "BF16", 1);
    await Deno.truncate(source.path, 40);
    const reader = new TensorReader();
    try {
      reader.read(source, 0, new Float32Array(8));
      assert.throws(() => reader.read(source, 0, new Float32Array(9)), /b became shorter/);
    } finally {
      reader.close();
    }
  }));
