/** Rounds a scale to the type it is stored in, so that the values are chosen for that very scale. */
export type RoundScale = (scale: number) => number;

const LEVELS = 15;
const MIDDLE = 8;
/** Below this a block counts as zeros. */
const TINY = 1e-30;

/**
 * Quantises one block to 4 bits, w ≈ scale · (q − zero point): of several ranges, symmetric around
 * zero and not, the one with the least squared error, its scale then fitted by least squares.
 * @param w values, start to end; places after `end` (the padding of a row's last block) are zeros.
 * @param q receives `size` integers 0–15.
 * @param result receives scale and zero point.
 * @returns the squared error.
 */
export function quantiseBlock4(
  w: Float32Array,
  start: number,
  end: number,
  q: Uint8Array,
  result: { scale: number; zeroPoint: number },
  roundScale: RoundScale,
): number {
  let low = 0;
  let high = 0;
  for (let i = start; i < end; i++) {
    const value = w[i]!;
    if (value < low) low = value;
    else if (value > high) high = value;
  }
  if (high - low < TINY) {
    result.scale = 0;
    result.zeroPoint = MIDDLE;
    q.fill(MIDDLE);
    return 0;
  }
  // Six ranges in one pass: four from the least to the greatest value, two symmetric around zero,
  // where the larger side gets the eight steps, by a negative scale if need be.
  const span = high - low;
  const extreme = high > -low ? high : low;
  const s0 = roundScale(span / LEVELS);
  const s1 = roundScale(span * 0.93 / LEVELS);
  const s2 = roundScale(span * 0.86 / LEVELS);
  const s3 = roundScale(span * 0.79 / LEVELS);
  const s4 = roundScale(-extreme / MIDDLE);
  const s5 = roundScale(-extreme * 0.88 / MIDDLE);
  const z0 = zeroPointOf(low, s0);
  const z1 = zeroPointOf(low * 0.93, s1);
  const z2 = zeroPointOf(low * 0.86, s2);
  const z3 = zeroPointOf(low * 0.79, s3);
  const [i0, i1, i2, i3, i4, i5] = [1 / s0, 1 / s1, 1 / s2, 1 / s3, 1 / s4, 1 / s5];
  let [e0, e1, e2, e3, e4, e5] = [0, 0, 0, 0, 0, 0];
  for (let i = start; i < end; i++) {
    const value = w[i]!;
    let missed = value - s0 * (clampLevel((value * i0 + z0 + 0.5) | 0) - z0);
    e0 += missed * missed;
    missed = value - s1 * (clampLevel((value * i1 + z1 + 0.5) | 0) - z1);
    e1 += missed * missed;
    missed = value - s2 * (clampLevel((value * i2 + z2 + 0.5) | 0) - z2);
    e2 += missed * missed;
    missed = value - s3 * (clampLevel((value * i3 + z3 + 0.5) | 0) - z3);
    e3 += missed * missed;
    missed = value - s4 * (clampLevel((value * i4 + MIDDLE + 0.5) | 0) - MIDDLE);
    e4 += missed * missed;
    missed = value - s5 * (clampLevel((value * i5 + MIDDLE + 0.5) | 0) - MIDDLE);
    e5 += missed * missed;
  }
  let best = Infinity;
  let scale = 0;
  let zero = MIDDLE;
  if (s0 !== 0 && e0 < best) [best, scale, zero] = [e0, s0, z0];
  if (s1 !== 0 && e1 < best) [best, scale, zero] = [e1, s1, z1];
  if (s2 !== 0 && e2 < best) [best, scale, zero] = [e2, s2, z2];
  if (s3 !== 0 && e3 < best) [best, scale, zero] = [e3, s3, z3];
  if (s4 !== 0 && e4 < best) [best, scale, zero] = [e4, s4, MIDDLE];
  if (s5 !== 0 && e5 < best) [best, scale, zero] = [e5, s5, MIDDLE];
  result.zeroPoint = zero;
  if (scale === 0) {
    // Smaller than the least scale of the stored type.
    result.scale = 0;
    q.fill(MIDDLE);
    let error = 0;
    for (let i = start; i < end; i++) error += w[i]! * w[i]!;
    return error;
  }
  // The scale of least squared error for these levels.
  let inverse = 1 / scale;
  let product = 0;
  let square = 0;
  for (let i = start; i < end; i++) {
    const value = w[i]!;
    const level = clampLevel((value * inverse + zero + 0.5) | 0);
    q[i - start] = level;
    const steps = level - zero;
    product += value * steps;
    square += steps * steps;
  }
  q.fill(zero, end - start);
  const fitted = square === 0 ? 0 : roundScale(product / square);
  if (fitted !== 0 && fitted !== scale) {
    const error = errorOf(w, start, end, fitted, zero);
    if (error < best) {
      best = error;
      scale = fitted;
      inverse = 1 / scale;
      for (let i = start; i < end; i++) {
        q[i - start] = clampLevel((w[i]! * inverse + zero + 0.5) | 0);
      }
    }
  }
  result.scale = scale;
  return best;
}

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

function errorOf(w: Float32Array, start: number, end: number, scale: number, zero: number): number {
  const inverse = 1 / scale;
  const offset = zero + 0.5;
  let error = 0;
  for (let i = start; i < end; i++) {
    const value = w[i]!;
    let level = (value * inverse + offset) | 0;
    if (level > LEVELS) level = LEVELS;
    else if (level < 0) level = 0;
    const missed = value - scale * (level - zero);
    error += missed * missed;
  }
  return error;
}

function zeroPointOf(low: number, scale: number): number {
  return scale === 0 ? MIDDLE : clampLevel(Math.round(-low / scale));
}

function clampLevel(level: number): number {
  return level < 0 ? 0 : level > LEVELS ? LEVELS : level;
}
