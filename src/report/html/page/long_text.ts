/// <reference lib="dom" />
import { type Child, element, say } from "./element.ts";

/** Characters of a text shown at a time. */
const FIRST_CHARACTERS = 20_000;

/** A text as it is, with its marks or lines; of a long one the beginning, and the rest on request. */
export function longText(
  text: string,
  marks?: Child,
  lines: (text: string) => Child = (part) => part,
): HTMLElement {
  const pre = element("pre", { lang: "ja", tabindex: "0" });
  if (text.length <= FIRST_CHARACTERS) {
    pre.append(...(text === "" ? ["∅"] : flatten(marks ?? lines(text))));
    return pre;
  }
  showMore(pre, text, 0);
  return pre;
}

/** Adds a part of a long text as a block of its own: one paragraph of a megabyte takes minutes. */
function showMore(pre: HTMLElement, text: string, start: number): void {
  const end = Math.min(text.length, start + FIRST_CHARACTERS);
  pre.append(element("span", { class: "part-of-text" }, text.slice(start, end)));
  if (end === text.length) return;
  const rest = (text.length - end).toLocaleString("en");
  const more = element(
    "button",
    { type: "button" },
    say(`続き（残り ${rest} 文字）`, `More (${rest} characters left)`),
  );
  more.addEventListener("click", () => {
    more.remove();
    showMore(pre, text, end);
  });
  pre.append(more);
}

function flatten(child: Child): (Node | string)[] {
  if (Array.isArray(child)) return child.flatMap(flatten);
  return child === undefined || child === null || child === false ? [] : [child as Node | string];
}
