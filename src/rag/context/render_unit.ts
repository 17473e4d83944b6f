import type { StoredRow, StoredUnit } from "../index/corpus_store.ts";
import { numberedPlace, unitHeading } from "./place_heading.ts";

/** Stands where rows, or the rest of one, were left out, as in printed collections of laws. */
export const OMISSION = "（略）";
/** Stands before the best row where it is marked in the text. */
export const BEST_ROW_MARK = "【該当箇所】";

/** Where text stands, in UTF-16 units. */
export interface TextSpan {
  readonly start: number;
  readonly end: number;
}

/** A unit as text. */
export interface RenderedUnit {
  readonly text: string;
  /** Where each row's own text stands in it; undefined for a row that was left out. */
  readonly spans: readonly (TextSpan | undefined)[];
}

/** How a unit is rendered. */
export interface RenderOptions {
  /** Characters to keep of each row, from its start; 0 leaves it out. Default: everything. */
  readonly kept?: readonly number[];
  /** Number, in the store, of the row to put {@linkcode BEST_ROW_MARK} before. */
  readonly markedRow?: number;
}

/**
 * A unit as lawqa_jp's コンテキスト are written: `## 金融商品取引法`, `### 第5条`, `#### 第6項` (not in an
 * article of one paragraph), `##### 第2号`, `- イ …` and the text below. What is left out is marked
 * with {@linkcode OMISSION}.
 * @param rows all rows of the unit, in order.
 */
export function renderUnit(
  unit: StoredUnit,
  rows: readonly StoredRow[],
  { kept, markedRow }: RenderOptions = {},
): RenderedUnit {
  const writer = new UnitWriter(unit, rows);
  rows.forEach((row, index) => {
    const length = kept?.[index] ?? row.text.length;
    writer.row(row, row.text.slice(0, length).trimEnd(), length < row.text.length, markedRow);
  });
  return writer.finish();
}

class UnitWriter {
  readonly #hasParagraphs: boolean;
  readonly #spans: (TextSpan | undefined)[] = [];
  #text: string;
  /** The row written last, whose headings still hold. */
  #last?: StoredRow;
  /** The row left out last, with nothing written since. */
  #omitted?: StoredRow;

  constructor(readonly unit: StoredUnit, rows: readonly StoredRow[]) {
    this.#hasParagraphs = new Set(rows.map(({ paragraph }) => paragraph)).size > 1;
    this.#text = `## ${unit.lawTitle}\n### ${unitHeading(unit)}`;
  }

  row(row: StoredRow, text: string, isShortened: boolean, markedRow: number | undefined): void {
    if (text === "") {
      this.#spans.push(undefined);
      this.#omitted = row;
      return;
    }
    this.#headings(row);
    this.#line(`${this.#label(row)}${row.row === markedRow ? BEST_ROW_MARK : ""}`);
    const start = this.#text.length;
    this.#text += text;
    this.#spans.push({ start, end: this.#text.length });
    this.#last = row;
    if (isShortened) this.#omitted = row;
  }

  finish(): RenderedUnit {
    this.#omission();
    if (this.unit.isDeleted && !this.#text.includes("削除")) this.#line("（削除）");
    return { text: this.#text, spans: this.#spans };
  }

  #headings({ paragraph, item }: StoredRow): void {
    const last = this.#last;
    const omitted = this.#omitted;
    const isNewParagraph = last?.paragraph !== paragraph || last === undefined;
    // Text of a paragraph below its items would else read as the last item's.
    const isBack = !isNewParagraph && last.item !== undefined && item === undefined;
    const isBelowHeading = omitted?.paragraph === paragraph && isNewParagraph;
    if (!isBelowHeading) this.#omission();
    if (paragraph !== undefined && (isNewParagraph && this.#hasParagraphs || isBack)) {
      this.#line(`#### ${numberedPlace(paragraph, "項") ?? paragraph}`);
    }
    this.#omission();
    if (item !== undefined && (isNewParagraph || last.item !== item)) {
      this.#line(`##### ${numberedPlace(item, "号") ?? item}`);
    }
  }

  /** Nothing before the second row of the same subitem. */
  #label({ paragraph, item, subitems = [] }: StoredRow): string {
    const last = this.#last;
    const own = subitems.at(-1);
    const isSame = last?.paragraph === paragraph && last?.item === item &&
      last?.subitems?.join() === subitems.join();
    if (own === undefined || isSame) return "";
    return `${"  ".repeat(subitems.length - 1)}- ${own} `;
  }

  #omission(): void {
    if (this.#omitted !== undefined) this.#line(OMISSION);
    this.#omitted = undefined;
  }

  #line(text: string): void {
    this.#text += `\n${text}`;
  }
}
