/** Rounds a scale to the type it is stored in, so that the values are chosen for that very scale. */
export type RoundScale = (scale: number) => number;

/**
 * Quantises one block to 8 bits around 128, w ≈ scale · (q − 128).
 * @returns the squared error.
 */
export function quantiseBlock8(
  w: Float32Array,
  start: number,
  end: number,
  q: Uint8Array,
  result: { scale: number },
  roundScale: RoundScale,
): number {
  let extreme = 0;
  for (let i = start; i < end; i++) {
    const value = w[i]!;
    if (value > extreme) extreme = value;
    else if (-value > extreme) extreme = -value;
  }
  const scale = roundScale(extreme / 127);
  result.scale = scale;
  const inverse = scale === 0 ? 0 : 1 / scale;
  q.fill(128);
  let error = 0;
  for (let i = start; i < end; i++) {
    let level = Math.round(w[i]! * inverse) + 128;
    if (level > 255) level = 255;
    else if (level < 0) level = 0;
    q[i - start] = level;
    const missed = w[i]! - scale * (level - 128);
    error += missed * missed;
  }
  return error;
}
