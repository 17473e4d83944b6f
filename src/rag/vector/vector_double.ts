/** For tests: random vectors and files of them. */
import { seededRandom } from "../../../tasks/demo/random.ts";
import { rowBytes } from "./dot_kernel.ts";
import { quantiseRow } from "./quantise_vector.ts";
import { vectorHeader } from "./vector_file.ts";

/** Vectors of length 1 in random directions. */
export function randomVectors(count: number, dimensions: number, seed: number): Float32Array[] {
  const random = seededRandom(seed);
  return Array.from({ length: count }, () =>
    // Sums of uniform numbers are nearly normal, and so the directions nearly uniform.
    unitVector(Float32Array.from({ length: dimensions }, () => {
      return random.next() + random.next() + random.next() - 1.5;
    })));
}

/** The vector with length 1. */
export function unitVector(vector: Float32Array): Float32Array {
  const length = Math.sqrt(vector.reduce((sum, value) => sum + value * value, 0));
  return vector.map((value) => value / length);
}

/** The dot product. */
export function dotProduct(a: Float32Array, b: Float32Array): number {
  return a.reduce((sum, value, at) => sum + value * b[at]!, 0);
}

/** Writes a vector file. */
export async function writeVectors(path: string, vectors: readonly Float32Array[]): Promise<void> {
  const dimensions = vectors[0]!.length;
  const stride = rowBytes(dimensions);
  const rows = new Uint8Array(vectors.length * stride);
  vectors.forEach((vector, at) =>
    quantiseRow(vector, rows.subarray(at * stride, (at + 1) * stride))
  );
  await Deno.writeFile(path, new Uint8Array([...vectorHeader(dimensions), ...rows]));
}
