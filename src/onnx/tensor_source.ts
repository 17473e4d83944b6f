/** Element types that checkpoints of weights come in. */
export type StoredType = "F32" | "F16" | "BF16";

/** Bytes of one element. */
export const STORED_BYTES: Readonly<Record<StoredType, number>> = { F32: 4, F16: 2, BF16: 2 };

/** Where one tensor's values lie: row-major, little-endian, without gaps. */
export interface TensorSource {
  /** File that holds the values. */
  readonly path: string;
  readonly dtype: StoredType;
  /** Sizes of the dimensions, slowest first; a linear layer's weight is [out, in]. */
  readonly shape: readonly number[];
  /** First byte, counted from the start of the file. */
  readonly offset: number;
  readonly sizeBytes: number;
}
