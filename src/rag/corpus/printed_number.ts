const DIGITS = ["", "一", "二", "三", "四", "五", "六", "七", "八", "九"];

/**
 * The number as laws print it: `21_2` → `二十一の二`. Undefined for what is no such number (`10:12`).
 */
export function printedNumber(num: string): string | undefined {
  if (!/^\d{1,5}(?:_\d{1,5})*$/.test(num)) return undefined;
  return num.split("_").map((part) => inKanji(Number(part))).join("の");
}

function inKanji(value: number): string {
  if (value === 0) return "〇";
  let text = "";
  for (const [unit, sign] of [[10_000, "万"], [1000, "千"], [100, "百"], [10, "十"]] as const) {
    const digit = Math.floor(value / unit) % 10;
    if (digit > 0) text += (digit === 1 && unit < 10_000 ? "" : DIGITS[digit]) + sign;
  }
  return text + DIGITS[value % 10];
}
