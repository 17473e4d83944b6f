/** Rounds a scale to the type it is stored in, so that the values are chosen for that very scale. */
export type RoundScale = (scale: number) => number;

/** Shares of the full range that are tried: cutting extremes off can lower the squared error. */
const ASYMMETRIC_SHARES = [1, 0.93, 0.86, 0.79] as const;
const SYMMETRIC_SHARES = [1, 0.88] as const;
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
  let best = Infinity;
  let bestScale = 0;
  let bestZero = MIDDLE;
  for (const share of ASYMMETRIC_SHARES) {
    const scale = roundScale((high - low) * share / LEVELS);
    if (scale === 0) continue;
    const zero = clampLevel(Math.round(-low * share / scale));
    const error = errorOf(w, start, end, scale, zero);
    if (error < best) {
      best = error;
      bestScale = scale;
      bestZero = zero;
    }
  }
  // The larger side gets the eight steps, by a negative scale if need be.
  const extreme = high > -low ? high : low;
  for (const share of SYMMETRIC_SHARES) {
    const scale = roundScale(-extreme * share / MIDDLE);
    if (scale === 0) continue;
    const error = errorOf(w, start, end, scale, MIDDLE);
    if (error < best) {
      best = error;
      bestScale = scale;
      bestZero = MIDDLE;
    }
  }
  if (bestScale === 0) {
    // Smaller than the least scale of the stored type.
    result.scale = 0;
    result.zeroPoint = MIDDLE;
    q.fill(MIDDLE);
    let error = 0;
    for (let i = start; i < end; i++) error += w[i]! * w[i]!;
    return error;
  }
  const fitted = roundScale(fitScale(w, start, end, bestScale, bestZero));
  if (fitted !== 0) {
    const error = errorOf(w, start, end, fitted, bestZero);
    if (error < best) {
      best = error;
      bestScale = fitted;
    }
  }
  const inverse = 1 / bestScale;
  q.fill(bestZero);
  for (let i = start; i < end; i++) q[i - start] = clampLevel(roundUp(w[i]! * inverse + bestZero));
  result.scale = bestScale;
  result.zeroPoint = bestZero;
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

/** The scale of least squared error for the levels that `scale` and `zero` give. */
function fitScale(
  w: Float32Array,
  start: number,
  end: number,
  scale: number,
  zero: number,
): number {
  const inverse = 1 / scale;
  let product = 0;
  let square = 0;
  for (let i = start; i < end; i++) {
    const steps = clampLevel(roundUp(w[i]! * inverse + zero)) - zero;
    product += w[i]! * steps;
    square += steps * steps;
  }
  return square === 0 ? 0 : product / square;
}

/** Nearest integer; right for what is clamped to 0 and above afterwards. */
function roundUp(value: number): number {
  return (value + 0.5) | 0;
}

function clampLevel(level: number): number {
  return level < 0 ? 0 : level > LEVELS ? LEVELS : level;
}
