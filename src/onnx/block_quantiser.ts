import { createKernel, ensureBytes } from "./kernel_memory.ts";
import { BLOCK_SIZE } from "./weight_plan.ts";

/** A row in blocks of 4 bits; the arrays are valid until the next call. */
export interface QuantisedRow {
  /** Two levels a byte, the earlier one in the lower half; 16 bytes a block. */
  readonly bytes: Uint8Array;
  /** One a block, as they are stored. */
  readonly scales: Float32Array;
  /** One a block, 0 to 15. */
  readonly zeroPoints: Uint8Array;
  readonly errorSquared: number;
}

/**
 * Quantises rows to 4 bits in blocks, w ≈ scale · (level − zero point): of several ranges, symmetric
 * around zero and not, the one with the least squared error, its scale then fitted by least squares.
 */
export class BlockQuantiser {
  readonly #kernel = createKernel();

  /**
   * @param row values; those missing in the last block count as zeros.
   * @param isHalf scales are stored as binary16; the levels are chosen for the rounded scale.
   */
  quantise(row: Float32Array, isHalf: boolean): QuantisedRow {
    const blocks = Math.ceil(row.length / BLOCK_SIZE);
    const bytesAt = blocks * BLOCK_SIZE * 4;
    const scalesAt = bytesAt + blocks * BLOCK_SIZE / 2;
    const zerosAt = scalesAt + blocks * 4;
    ensureBytes(this.#kernel, zerosAt + blocks);
    const { buffer } = this.#kernel.memory;
    const values = new Float32Array(buffer, 0, blocks * BLOCK_SIZE);
    values.set(row);
    values.fill(0, row.length);
    const errorSquared = this.#kernel.quantiseBlocks4(
      0,
      blocks,
      isHalf ? 1 : 0,
      bytesAt,
      scalesAt,
      zerosAt,
    );
    return {
      bytes: new Uint8Array(buffer, bytesAt, blocks * BLOCK_SIZE / 2),
      scales: new Float32Array(buffer, scalesAt, blocks),
      zeroPoints: new Uint8Array(buffer, zerosAt, blocks),
      errorSquared,
    };
  }
}
