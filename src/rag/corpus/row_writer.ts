import { countElement, type LawElement } from "./law_element.ts";
import type { LawRow } from "./law.ts";
import { LineWriter } from "./line_writer.ts";
import { printedNumber } from "./printed_number.ts";
import type { TextAccount } from "./text_account.ts";
import { type TextTaker, writeChildren, writeText } from "./write_text.ts";

/** Where a row stands in its unit. */
type Place = Pick<LawRow, "paragraph" | "item" | "subitems">;

/** A table gives rows of some lines, so that a long one is found by its part. */
const TABLE_ROW_CHARACTERS = 500;
const SUBITEM = /^Subitem\d+$/;

/** Turns the parts of one unit into rows, and says in the account where their text went. */
export class RowWriter {
  readonly rows: LawRow[] = [];
  readonly #account: TextAccount;

  constructor(account: TextAccount) {
    this.#account = account;
  }

  /** One part of a unit, of whatever kind. */
  part(element: LawElement, place: Place = {}): void {
    if (element.name === "Paragraph") this.#paragraph(element);
    else if (element.name === "Item" || SUBITEM.test(element.name)) this.#item(element, place);
    else if (element.name === "TableStruct" || element.name === "Table") {
      this.#table(element, place);
    } else {
      const lines = new LineWriter();
      writeText(element, lines, this.#account);
      this.#add(place, lines.take());
    }
  }

  /** Text that stands directly in a unit. */
  stray(text: string): void {
    const lines = new LineWriter();
    lines.write(text);
    this.#account.putIntoRow(text);
    this.#add({}, lines.take());
  }

  /** Several elements in one row, one after the other in its line. */
  elements(elements: readonly LawElement[]): void {
    const lines = new LineWriter();
    for (const element of elements) {
      writeChildren(element, lines, this.#account);
      lines.separate();
    }
    this.#add({}, lines.take());
  }

  #paragraph(element: LawElement): void {
    const num = element.attributes.Num ?? "";
    const place: Place = /^\d+(?:_\d+)*$/.test(num) ? { paragraph: num } : {};
    this.#block(element, place, ["ParagraphNum"], num);
  }

  #item(element: LawElement, place: Place): void {
    const num = element.attributes.Num ?? "";
    const title = `${element.name}Title`;
    if (element.name === "Item") {
      return this.#block(element, num === "" ? place : { ...place, item: num }, [title], num);
    }
    const printed = printedTitle(element, title) || num || "-";
    this.#block(
      element,
      { ...place, subitems: [...place.subitems ?? [], printed] },
      [title],
      undefined,
    );
  }

  /**
   * Text of an element and the rows of its parts, in order.
   * @param labels children that only repeat the number.
   * @param num what they repeat; undefined: they are in the place as they are printed.
   */
  #block(element: LawElement, place: Place, labels: readonly string[], num?: string): void {
    const lines = new LineWriter();
    const flush = () => this.#add(place, lines.take());
    const repeating: LawElement[] = [];
    const rowsBefore = this.rows.length;
    for (const child of element.children) {
      if (typeof child === "string") {
        lines.write(child);
        this.#account.putIntoRow(child);
      } else if (labels.includes(child.name) && this.#repeats(child, num)) {
        repeating.push(child);
      } else if (child.name === "ParagraphCaption") {
        lines.breakLine();
        writeChildren(child, lines, this.#account);
        lines.breakLine();
      } else if (child.name === "Class") {
        flush();
        this.#block(child, place, [], undefined);
      } else if (
        child.name === "Item" || SUBITEM.test(child.name) || child.name === "TableStruct" ||
        child.name === "Table"
      ) {
        flush();
        this.part(child, place);
      } else {
        writeText(child, lines, this.#account);
      }
    }
    flush();
    for (const label of repeating) {
      if (this.rows.length > rowsBefore) accountForTitle(label, this.#account);
      else this.#account.skip(`${label.name} without text`, countElement(label));
    }
  }

  /** True where a printed number says nothing that the place does not say. */
  #repeats(label: LawElement, num: string | undefined): boolean {
    if (num === undefined) return true;
    const printed = plainText(label).replace(/\s/g, "");
    return printed === "" || printed.normalize("NFKC") === num || printed === printedNumber(num);
  }

  #table(element: LawElement, place: Place): void {
    const lines = new LineWriter();
    writeText(element, lines, this.#account);
    let part: string[] = [];
    let length = 0;
    for (const line of lines.take()) {
      if (length > 0 && length + line.length > TABLE_ROW_CHARACTERS) {
        this.#add(place, part, "table");
        part = [];
        length = 0;
      }
      part.push(line);
      length += line.length;
    }
    this.#add(place, part, "table");
  }

  #add(place: Place, lines: readonly string[], kind: LawRow["kind"] = kindOf(place)): void {
    if (lines.length === 0) return;
    const text = lines.join("\n");
    this.#account.finishRow(text);
    this.rows.push({ kind, ...place, text });
  }
}

function kindOf({ item, subitems }: Place): LawRow["kind"] {
  return item !== undefined || subitems !== undefined ? "item" : "paragraph";
}

function printedTitle(element: LawElement, name: string): string {
  return element.children.map((child) =>
    typeof child !== "string" && child.name === name ? plainText(child) : ""
  ).join("").trim();
}

/** Text in one line without ruby. */
export function plainText(element: LawElement): string {
  const lines = new LineWriter();
  writeChildren(element, lines, NOWHERE);
  return lines.take().join("　");
}

/** An account nobody reads, for text that is looked at but not placed. */
const NOWHERE: TextTaker = { putIntoRow() {}, skip() {} };

/** Says that an element's text stands in a title; its ruby is skipped. */
export function accountForTitle(element: LawElement, account: TextAccount): void {
  const ruby = { pieces: 0, characters: 0 };
  addRuby(element, ruby);
  const all = countElement(element);
  account.skip("Rt", ruby);
  account.putIntoTitles({
    pieces: all.pieces - ruby.pieces,
    characters: all.characters - ruby.characters,
  });
}

function addRuby(element: LawElement, total: { pieces: number; characters: number }): void {
  for (const child of element.children) {
    if (typeof child === "string") continue;
    if (child.name !== "Rt") {
      addRuby(child, total);
      continue;
    }
    const count = countElement(child);
    total.pieces += count.pieces;
    total.characters += count.characters;
  }
}
