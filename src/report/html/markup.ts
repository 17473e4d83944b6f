import type { BothLanguages } from "../verdict_sentence.ts";

/** Text that is HTML already. Only {@linkcode html} makes it from anything but constants. */
export class Markup {
  constructor(readonly text: string) {}
}

/** What can stand in a template: text is escaped, markup is not, nothing is left out. */
export type MarkupValue = string | number | Markup | undefined | readonly MarkupValue[];

/** HTML from a template; every value that is not markup is escaped, in text and in quotes. */
export function html(strings: TemplateStringsArray, ...values: readonly MarkupValue[]): Markup {
  return new Markup(
    strings.map((part, place) => part + (place < values.length ? render(values[place]) : ""))
      .join(""),
  );
}

/** The text in both languages; the page's style shows the chosen one. */
export function both({ ja, en }: BothLanguages): Markup {
  return html`<span class="ja" lang="ja">${ja}</span><span class="en" lang="en">${en}</span>`;
}

/** Text as HTML. */
export function escapeHtml(text: string): string {
  return onlyCharacters(text).replace(/[&<>"']/g, (mark) => `&#${mark.charCodeAt(0)};`);
}

/** What is no character, or would end up as none, becomes U+FFFD. */
export function onlyCharacters(text: string): string {
  // deno-lint-ignore no-control-regex
  return text.toWellFormed().replace(/[\x00-\x08\x0b-\x1f\x7f]/g, "\ufffd");
}

/** A value for a script element of JSON, which no text in it can end. */
export function embedJson(value: unknown): string {
  return JSON.stringify(value).replaceAll("<", "\\u003c");
}

function render(value: MarkupValue): string {
  if (value === undefined) return "";
  if (value instanceof Markup) return value.text;
  if (typeof value === "object") return value.map(render).join("");
  return escapeHtml(String(value));
}
