/**
 * p-values of several comparisons with one baseline, adjusted so that the chance of any false
 * finding among them stays at the level.
 * Source: Holm, "A simple sequentially rejective multiple test procedure", Scand J Stat 6 (1979).
 * @returns in the order given.
 */
export function holmAdjustment(pValues: readonly number[]): number[] {
  const rising = [...pValues.keys()].sort((a, b) => pValues[a]! - pValues[b]!);
  const adjusted = new Array<number>(pValues.length);
  let least = 0;
  rising.forEach((at, rank) => {
    least = Math.max(least, Math.min(1, pValues[at]! * (pValues.length - rank)));
    adjusted[at] = least;
  });
  return adjusted;
}
