import type { LoraModule } from "./lora_adapter.ts";
import { LowRankProduct } from "./low_rank_product.ts";
import type { TensorReader } from "./tensor_reader.ts";

/** A low-rank change whose A is in memory; B is read by rows. */
export interface LoadedLora {
  readonly module: LoraModule;
  /** Has A. */
  readonly product: LowRankProduct;
}

/**
 * Reads what every row of a layer's change needs.
 * @param product its memory is used again: what was loaded into it before is gone.
 */
export function loadLora(
  reader: TensorReader,
  module: LoraModule,
  columns: number,
  product: LowRankProduct = new LowRankProduct(),
): LoadedLora {
  const a = new Float32Array(module.rank * columns);
  reader.read(module.a, 0, a);
  product.load(a, module.rank);
  return { module, product };
}

/**
 * Adds ΔW = s·B·A (LoRA, arXiv:2106.09685) to rows of a weight, in float32; with a magnitude vector
 * rescales each row to m / ‖W + ΔW‖ (DoRA, arXiv:2402.09353).
 * @param weight rows `firstRow`… of W, [rows, columns]; changed in place.
 * @returns the squared Frobenius norm of the change.
 */
export function mergeLora(
  reader: TensorReader,
  { module, product }: LoadedLora,
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
  let changeSquared = 0;
  for (let row = 0; row < rows; row++) {
    const values = weight.subarray(row * columns, (row + 1) * columns);
    const delta = product.row(b.subarray(row * rank, (row + 1) * rank));
    if (magnitude === undefined) {
      changeSquared += addScaled(values, delta, scaling);
    } else {
      changeSquared += addAndRescale(values, delta, scaling, magnitude[row]!);
    }
  }
  return changeSquared;
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
