/**
 * The largest number from 1 to `most` for which it holds, 0 where it does not for 1. Numbers far
 * above it are not tried: 1, 2, 4, … and then by halves between the last two.
 * @param holds true for every number up to some number; the result is always one for which it was
 * seen to hold.
 */
export function largestThatFits(most: number, holds: (count: number) => boolean): number {
  let low = 0;
  let high = most;
  for (let step = 1; low < high; step *= 2) {
    const tried = Math.min(low + step, high);
    if (!holds(tried)) {
      high = tried - 1;
      break;
    }
    low = tried;
  }
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    if (holds(middle)) low = middle;
    else high = middle - 1;
  }
  return low;
}
