import { addCount, countText, type TextCount } from "./text_account.ts";

/** A part of a law file with everything in it, in order. */
export interface LawElement {
  readonly name: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly children: readonly (LawElement | string)[];
}

/** Takes the parts of a law file in the order in which they stand there. */
export interface MarkupSink {
  open(name: string, attributes: Readonly<Record<string, string>>): void;
  text(text: string): void;
  close(): void;
}

/** All text of an element, ruby included. */
export function countElement(element: LawElement): TextCount {
  const total: TextCount = { pieces: 0, characters: 0 };
  for (const child of element.children) {
    addCount(total, typeof child === "string" ? countText(child) : countElement(child));
  }
  return total;
}
