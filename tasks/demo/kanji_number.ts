const DIGITS = ["", "一", "二", "三", "四", "五", "六", "七", "八", "九"];

function belowTenThousand(n: number): string {
  let text = "";
  for (const [unit, name] of [[1000, "千"], [100, "百"], [10, "十"]] as const) {
    const digit = Math.floor(n / unit) % 10;
    // A leading 一 is left out before 千, 百 and 十: 千二百, not 一千二百.
    if (digit > 0) text += (digit > 1 ? DIGITS[digit] : "") + name;
  }
  return text + DIGITS[n % 10];
}

/**
 * A whole number in the kanji numerals of statutes: 12 is 十二, 12000 is 一万二千.
 * @throws RangeError outside 1 to 99,999,999
 */
export function kanjiNumber(n: number): string {
  if (!Number.isInteger(n) || n < 1 || n > 99_999_999) {
    throw new RangeError(`No kanji numeral for ${n}: give a whole number from 1 to 99999999`);
  }
  const tenThousands = Math.floor(n / 10000);
  return (tenThousands > 0 ? belowTenThousand(tenThousands) + "万" : "") +
    belowTenThousand(n % 10000);
}
