/**
 * True for `11` in `10:12`, as e-Gov numbers a run of deleted articles or items; false where the
 * second is no range.
 */
export function isInRange(num: string, range: string | undefined): boolean {
  const [from, to] = (range ?? "").split(":").map(numbers);
  if (from === undefined || to === undefined) return false;
  const wanted = numbers(num);
  return compare(from, wanted) <= 0 && compare(wanted, to) <= 0;
}

function numbers(num: string): number[] {
  return num.split("_").map(Number);
}

function compare(a: readonly number[], b: readonly number[]): number {
  for (let i = 0; i < Math.max(a.length, b.length); i++) {
    const difference = (a[i] ?? 0) - (b[i] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}
