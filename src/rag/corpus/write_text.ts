import type { LawElement } from "./law_element.ts";
import { countElement } from "./law_element.ts";
import type { LineWriter } from "./line_writer.ts";
import type { TextAccount } from "./text_account.ts";

/** What is told where text went. */
export type TextTaker = Pick<TextAccount, "putIntoRow" | "skip">;

/** Goes on in the same line. */
const INLINE = new Set(["Ruby", "Sup", "Sub", "Line", "Sentence", "ArithFormula", "QuoteStruct"]);
/** Numbers and titles that text follows in the same line. */
const LABEL = /(?:Title|Label|Num|Caption)$/;
/** Follows its label in the same line and ends it. */
const SENTENCE_GROUP = /^(?:Paragraph|Class|Item|Subitem\d+|List|Sublist\d+)Sentence$/;
const CELL = /^(?:Table(?:Header)?)?Column$/;

/**
 * Writes all text of an element, of whatever kind it and its parts are: ruby (`Rt`) is left out and
 * counted as skipped, a line for each sentence group, table rows as lines with spaces between the
 * cells.
 */
export function writeText(element: LawElement, lines: LineWriter, account: TextTaker): void {
  const { name } = element;
  if (name === "Rt") {
    account.skip("Rt", countElement(element));
    return;
  }
  if (INLINE.has(name)) return writeChildren(element, lines, account);
  if (CELL.test(name)) return lines.cell(() => writeChildren(element, lines, account));
  const isLabel = LABEL.test(name);
  if (!isLabel && !SENTENCE_GROUP.test(name)) lines.breakLine();
  writeChildren(element, lines, account);
  if (isLabel) lines.separate();
  else lines.breakLine();
}

/** The same for what stands inside an element. */
export function writeChildren(
  { children }: LawElement,
  lines: LineWriter,
  account: TextTaker,
): void {
  let isAfterSentence = false;
  for (const child of children) {
    if (typeof child === "string") {
      lines.write(child);
      account.putIntoRow(child);
      continue;
    }
    if (child.name === "Sentence") {
      // Sentences follow each other directly; what has no full stop (in tables) must not run on.
      if (isAfterSentence && !lines.isAtSentenceEnd) lines.separate();
      isAfterSentence = true;
    }
    writeText(child, lines, account);
  }
}
