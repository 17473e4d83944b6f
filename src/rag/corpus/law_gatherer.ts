import { withoutBrackets } from "./build_unit.ts";
import type { Law, LawRow, LawUnit } from "./law.ts";
import type { LawLine } from "./law_jsonl.ts";

interface OpenUnit extends Omit<LawUnit, "rows"> {
  readonly key: string;
  readonly index: number | undefined;
  readonly rows: LawRow[];
}

/** Puts the lines of one law together. */
export class LawGatherer {
  readonly #first: LawLine;
  readonly #units: OpenUnit[] = [];
  #abbreviations: readonly string[] = [];
  #provision: "main" | "supplementary" = "main";
  #lastNum?: string;
  #rows = 0;

  constructor(first: LawLine) {
    this.#first = first;
  }

  /** Rows so far. */
  get rows(): number {
    return this.#rows;
  }

  /** What tells the laws of a file apart. */
  static keyOf({ law_id, law_num, law_title }: LawLine): string | undefined {
    return [law_id, law_num, law_title].find((name) => (name ?? "").trim() !== "")?.trim();
  }

  /** Adds a line of this law. */
  add(line: LawLine): void {
    if (line.abbreviations) this.#abbreviations = line.abbreviations;
    let unit = this.#units.at(-1);
    if (unit === undefined || !belongs(line, unit)) {
      unit = this.#openUnit(line);
      this.#units.push(unit);
    }
    unit.rows.push(rowOf(line));
    this.#rows++;
  }

  /** The law of all lines. */
  finish(): Law {
    const { law_num, law_title } = this.#first;
    const lawId = LawGatherer.keyOf(this.#first)!;
    const units = this.#units.map(({ key: _, index: __, ...unit }): LawUnit => ({
      ...unit,
      isDeleted: unit.isDeleted ||
        unit.rows.every(({ text }) => text.replace(/\s/g, "") === "削除"),
    }));
    return {
      lawId,
      lawNum: law_num?.trim() ?? "",
      title: law_title?.trim() || law_num?.trim() || lawId,
      abbreviations: this.#abbreviations,
      units,
    };
  }

  #openUnit(line: LawLine): OpenUnit {
    const num = line.article?.trim() || undefined;
    const caption = withoutBrackets(line.article_caption?.trim() ?? "");
    const amendingLawNum = line.amending_law_num ?? undefined;
    return {
      key: keyOfUnit(line),
      index: line.unit ?? undefined,
      provision: line.provision ?? this.#guessProvision(num),
      ...(amendingLawNum === undefined ? {} : { amendingLawNum }),
      ...(num === undefined ? {} : { num }),
      title: line.article_title?.trim() || (num === undefined ? "本則" : `第${num}条`),
      caption,
      headings: line.headings ?? [],
      isDeleted: line.is_deleted ?? false,
      rows: [],
    };
  }

  /**
   * The group's converter writes 本則 and 附則 one after the other without saying which is which;
   * numbers grow in 本則, so that the first one that does not begins the 附則.
   */
  #guessProvision(num: string | undefined): "main" | "supplementary" {
    if (num !== undefined && numbers(num).every(Number.isFinite)) {
      if (compare(num, this.#lastNum) <= 0) this.#provision = "supplementary";
      this.#lastNum = num;
    }
    return this.#provision;
  }
}

function keyOfUnit({ article, article_title, article_caption }: LawLine): string {
  return JSON.stringify([article ?? "", article_title ?? "", article_caption ?? ""]);
}

function belongs(line: LawLine, unit: OpenUnit): boolean {
  if ((line.unit ?? undefined) !== unit.index || keyOfUnit(line) !== unit.key) return false;
  if (unit.index !== undefined) return true;
  // Two 附則 can begin with the same article: then its paragraphs begin anew.
  const last = unit.rows.at(-1)!;
  const order = compare(line.paragraph, last.paragraph) || compare(line.item, last.item);
  return order > 0;
}

function rowOf({ paragraph, item, kind, subitems, text }: LawLine): LawRow {
  return {
    kind: kind ?? (item ? "item" : "paragraph"),
    ...(paragraph ? { paragraph } : {}),
    ...(item ? { item } : {}),
    ...(subitems ? { subitems } : {}),
    text,
  };
}

/** Compares numbers such as `3_2`; one that is absent comes first. */
function compare(a: string | null | undefined, b: string | null | undefined): number {
  const [left, right] = [numbers(a), numbers(b)];
  for (let i = 0; i < Math.max(left.length, right.length); i++) {
    const difference = (left[i] ?? -1) - (right[i] ?? -1);
    if (difference !== 0 && !Number.isNaN(difference)) return difference;
  }
  return 0;
}

function numbers(num: string | null | undefined): number[] {
  return num ? num.split(/[_:]/).map(Number) : [];
}
