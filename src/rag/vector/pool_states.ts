import type { Pooling } from "./embedder.ts";

/** Last hidden states of a batch of texts, padded on the right. */
export interface States {
  /** [texts, width, size], row-major. */
  readonly values: Float32Array;
  readonly width: number;
  readonly size: number;
  /** Tokens of each text, padding left out; at least 1. */
  readonly lengths: readonly number[];
}

/** One vector of length 1 for each text. */
export function poolStates(
  { values, width, size, lengths }: States,
  pooling: Exclude<Pooling, "graph" | "server">,
): Float32Array[] {
  return lengths.map((length, text) => {
    const state = (token: number) => {
      const first = (text * width + token) * size;
      return values.subarray(first, first + size);
    };
    switch (pooling) {
      case "cls":
        return withLengthOne(state(0));
      case "last_token":
        return withLengthOne(state(length - 1));
      case "mean": {
        // The sum points where the mean points.
        const sum = new Float64Array(size);
        for (let token = 0; token < length; token++) {
          const one = state(token);
          for (let i = 0; i < size; i++) sum[i]! += one[i]!;
        }
        return withLengthOne(sum);
      }
    }
  });
}

/**
 * The vector with length 1, as a copy; one of zeros stays.
 * @throws {Error} when it holds NaN or infinities.
 */
export function withLengthOne(vector: Float32Array | Float64Array): Float32Array {
  let squares = 0;
  for (const value of vector) squares += value * value;
  if (!Number.isFinite(squares)) {
    throw new Error(
      "An embedding is not finite: half precision overflowed, or the weights are damaged. " +
        "Use another precision, e.g. fp32.",
    );
  }
  const length = Math.sqrt(squares) || 1;
  return Float32Array.from(vector, (value) => value / length);
}
