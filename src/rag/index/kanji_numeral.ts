const DIGITS = "〇一二三四五六七八九";
const UNITS: Readonly<Record<string, number>> = { 十: 10, 百: 100, 千: 1000 };
const GROUPS: Readonly<Record<string, number>> = { 万: 1e4, 億: 1e8, 兆: 1e12 };

/**
 * A run of numerals as digits: 二十一 is 21, 二〇二四 is 2024, 3億5千万 is 350000000. Runs that make
 * no number are still turned by the same rule (二三十 is 230), so that equal ones stay equal; one
 * whose value is too large to be exact is left as it is.
 * @param run digits 0-9, 〇-九, 十, 百, 千, 万, 億, 兆 only
 */
export function kanjiToDigits(run: string): string {
  if (!/[^0-9]/.test(run)) return run;
  if (!/[十百千万億兆]/.test(run)) {
    return run.replace(/[^0-9]/g, (digit) => String(DIGITS.indexOf(digit)));
  }
  let total = 0;
  // What stands before the next 万, 億 or 兆, and before the next 十, 百 or 千 in it.
  let group = 0;
  let number: number | undefined;
  for (const character of run) {
    const unit = UNITS[character];
    const largeUnit = GROUPS[character];
    if (unit !== undefined) {
      group += (number ?? 1) * unit;
      number = undefined;
    } else if (largeUnit !== undefined) {
      total += (group + (number ?? (group === 0 ? 1 : 0))) * largeUnit;
      group = 0;
      number = undefined;
    } else {
      const digit = DIGITS.indexOf(character);
      number = (number ?? 0) * 10 + (digit < 0 ? Number(character) : digit);
    }
  }
  const value = total + group + (number ?? 0);
  return Number.isSafeInteger(value) ? String(value) : run;
}
