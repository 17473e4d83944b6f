import { kanjiNumber } from "./kanji_number.ts";

/** Slots of one kind can stand for each other in a statement, which is then well-formed but false. */
export type SlotKind =
  | "days"
  | "hours"
  | "delay"
  | "months"
  | "years"
  | "persons"
  | "members"
  | "age"
  | "childAge"
  | "yen"
  | "sum"
  | "metres"
  | "tenths"
  | "clock"
  | "date"
  | "office"
  | "grant"
  | "approval"
  | "start"
  | "exam"
  | "spot"
  | "document"
  | "target"
  | "class"
  | "season"
  | "applicant"
  | "act"
  | "violation"
  | "sanction"
  | "basis"
  | "duty"
  | "power"
  | "ban"
  | "discretion";

/** One filled slot of a norm. */
export interface Slot {
  readonly kind: SlotKind;
  /** What is compared, and what a statement says (Arabic digits for numbers). */
  readonly value: string;
  /** How the statute itself writes it (kanji numerals). */
  readonly law: string;
}

/** A slot that reads the same in statute and statement. */
export function word(kind: SlotKind, text: string): Slot {
  return { kind, value: text, law: text };
}

function counted(kind: SlotKind, n: number, law: string, statement = law, before = ""): Slot {
  return { kind, value: `${before}${n}${statement}`, law: `${before}${kanjiNumber(n)}${law}` };
}

function yen(kind: SlotKind, n: number): Slot {
  const tenThousands = Math.floor(n / 10000);
  const rest = n % 10000;
  const value = (tenThousands > 0 ? `${tenThousands}万` : "") + (rest > 0 ? `${rest}` : "") + "円";
  return { kind, value, law: `${kanjiNumber(n)}円` };
}

function date(month: number, day: number): Slot {
  return {
    kind: "date",
    value: `${month}月${day}日`,
    law: `${kanjiNumber(month)}月${kanjiNumber(day)}日`,
  };
}

const words = (kind: SlotKind, ...texts: string[]) => texts.map((text) => word(kind, text));

/**
 * The values that a slot of each kind is drawn from. Kinds that depend on the statute (its offices,
 * its certificate) have no list here: their values come from the statute.
 */
export const SLOT_POOLS: Readonly<Partial<Record<SlotKind, readonly Slot[]>>> = {
  days: [5, 7, 10, 14, 20, 25, 30, 40, 45, 50, 60, 90].map((n) => counted("days", n, "日")),
  hours: [1, 2, 3, 6, 12, 24].map((n) => counted("hours", n, "時間")),
  delay: [1, 2, 3, 4].map((n) => counted("delay", n, "時間")),
  months: [1, 2, 3, 4, 5, 6, 8, 9].map((n) => counted("months", n, "月", "か月")),
  years: [2, 3, 4, 5, 6, 7, 8, 10].map((n) => counted("years", n, "年")),
  persons: [2, 3, 4, 5, 6, 7].map((n) => counted("persons", n, "人")),
  members: [5, 7, 9, 10, 12, 15, 20].map((n) => counted("members", n, "人")),
  age: [16, 18, 20, 22, 25, 30].map((n) => counted("age", n, "歳", "歳", "満")),
  childAge: [6, 7, 10, 12, 15, 18].map((n) => counted("childAge", n, "歳", "歳", "満")),
  yen: [3000, 5000, 8000, 10000, 12000, 15000, 20000, 30000, 50000, 80000].map((n) =>
    yen("yen", n)
  ),
  sum: [10, 20, 30, 40, 50, 80, 100, 150].map((n) => yen("sum", n * 10000)),
  metres: [20, 30, 50, 80, 100, 150, 200, 300].map((n) => counted("metres", n, "メートル")),
  tenths: [1, 2, 3, 4, 5, 6].map((n) => counted("tenths", n, "割")),
  clock: [5, 6, 7, 8, 9, 10, 11].map((n) => counted("clock", n, "時", "時", "午後")),
  date: [date(1, 31), date(3, 31), date(4, 30), date(6, 30), date(9, 30), date(11, 30)],
  grant: words("grant", "許可", "登録", "免許", "認定"),
  approval: words("approval", "承認", "認可", "同意", "確認"),
  exam: words("exam", "試験", "検定", "考査", "審査"),
  spot: words("spot", "入口", "受付", "待合室", "門柱", "屋上", "中庭"),
  target: words("target", "帳簿", "台帳", "図面", "日誌", "印章", "料金表"),
  season: words("season", "春", "夏", "秋", "冬"),
  sanction: words("sanction", "罰金", "過料"),
};
