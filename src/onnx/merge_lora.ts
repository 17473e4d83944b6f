import type { LoraModule } from "./lora_adapter.ts";
import type { TensorReader } from "./tensor_reader.ts";

/** A low-rank change whose A is in memory; B is read by rows. */
export interface LoadedLora {
  readonly module: LoraModule;
  /** [rank, columns], row-major. */
  readonly a: Float32Array;
}

/** Reads what every row of a layer's change needs. */
export function loadLora(reader: TensorReader, module: LoraModule, columns: number): LoadedLora {
  const a = new Float32Array(module.rank * columns);
  reader.read(module.a, 0, a);
  return { module, a };
}

/**
 * Adds ΔW = s·B·A (LoRA, arXiv:2106.09685) to rows of a weight, in float32; with a magnitude vector
 * rescales each row to m / ‖W + ΔW‖ (DoRA, arXiv:2402.09353).
 * @param weight rows `firstRow`… of W, [rows, columns]; changed in place.
 * @returns the squared Frobenius norm of the change.
 */
export function mergeLora(
  reader: TensorReader,
  { module, a }: LoadedLora,
  weight: Float32Array,
  columns: number,
  firstRow: number,
): number {
  const { rank, scaling } = module;
  const rows = weight.length / columns;
  const b = new Float32Array(rows * rank);
  reader.read(module.b, firstRow * rank, b);
  const magnitude = module.magnitude && new Float32Array(rows);
  if (module.magnitude && magnitude) reader.read(module.magnitude, firstRow, magnitude);
  const delta = new Float32Array(columns);
  let changeSquared = 0;
  for (let row = 0; row < rows; row++) {
    const values = weight.subarray(row * columns, (row + 1) * columns);
    rowOfProduct(b.subarray(row * rank, (row + 1) * rank), a, delta);
    if (magnitude === undefined) {
      changeSquared += addScaled(values, delta, scaling);
    } else {
      changeSquared += addAndRescale(values, delta, scaling, magnitude[row]!);
    }
  }
  return changeSquared;
}

/** out = b · A for one row of B, four rows of A at a time. */
function rowOfProduct(b: Float32Array, a: Float32Array, out: Float32Array): void {
  const columns = out.length;
  out.fill(0);
  let k = 0;
  for (; k + 4 <= b.length; k += 4) {
    const [b0, b1, b2, b3] = [b[k]!, b[k + 1]!, b[k + 2]!, b[k + 3]!];
    const [a0, a1, a2, a3] = [
      k * columns,
      (k + 1) * columns,
      (k + 2) * columns,
      (k + 3) * columns,
    ];
    for (let i = 0; i < columns; i++) {
      out[i]! += b0 * a[a0 + i]! + b1 * a[a1 + i]! + b2 * a[a2 + i]! + b3 * a[a3 + i]!;
    }
  }
  for (; k < b.length; k++) {
    const bk = b[k]!;
    const from = k * columns;
    for (let i = 0; i < columns; i++) out[i]! += bk * a[from + i]!;
  }
}

function addScaled(values: Float32Array, delta: Float32Array, scaling: number): number {
  let squared = 0;
  for (let i = 0; i < values.length; i++) {
    const change = scaling * delta[i]!;
    squared += change * change;
    values[i]! += change;
  }
  return squared;
}

function addAndRescale(
  values: Float32Array,
  delta: Float32Array,
  scaling: number,
  magnitude: number,
): number {
  let normSquared = 0;
  for (let i = 0; i < values.length; i++) {
    const sum = values[i]! + scaling * delta[i]!;
    normSquared += sum * sum;
  }
  const factor = magnitude / Math.sqrt(normSquared);
  let squared = 0;
  for (let i = 0; i < values.length; i++) {
    const merged = factor * (values[i]! + scaling * delta[i]!);
    const change = merged - values[i]!;
    squared += change * change;
    values[i] = merged;
  }
  return squared;
}
