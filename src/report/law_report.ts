import { printedNumber } from "../rag/corpus/printed_number.ts";
import type { StoredLaw, StoredRow, StoredUnit } from "../rag/index/corpus_store.ts";

const SPACE = "\u3000";

/** A unit with its rows. */
export interface ShownUnit {
  readonly unit: StoredUnit;
  readonly rows: readonly StoredRow[];
}

/** Name and number of a law. */
export function renderLawTitle({ title, lawNum }: Pick<StoredLaw, "title" | "lawNum">): string {
  return lawNum === "" || lawNum === title ? title : `${title}（${lawNum}）`;
}

/** An article, 別表 or 附則 as it is printed, with the headings above it. */
export function renderUnit({ unit, rows }: ShownUnit): string {
  const { provision, amendingLawNum, headings, title, caption } = unit;
  const place = [
    ...(provision === "supplementary" && title !== "附則" ? ["附則"] : []),
    ...(amendingLawNum === undefined ? [] : [`（${amendingLawNum}）`]),
    ...headings,
  ];
  return [
    ...(place.length === 0 ? [] : [place.join(" ")]),
    caption === "" ? title : `${title}（${caption}）`,
    ...rows.map((row, index) => renderRow(row, rows[index - 1])),
  ].join("\n");
}

/** The titles of a law's units, one a line. */
export function renderContents(units: Iterable<StoredUnit>): string {
  const lines: string[] = [];
  let above: readonly string[] = [];
  let part = "";
  for (const { provision, amendingLawNum, headings, title, caption } of units) {
    const next = provision === "supplementary" ? `附則${amendingLawNum ?? ""}` : provision;
    if (next !== part && provision === "supplementary") {
      lines.push(amendingLawNum === undefined ? "附則" : `附則（${amendingLawNum}）`);
    }
    if (next !== part) above = [];
    part = next;
    headings.forEach((heading, depth) => {
      const isNew =
        headings.slice(0, depth + 1).join("\n") !== above.slice(0, depth + 1).join("\n");
      if (isNew) lines.push(`${SPACE.repeat(depth)}${heading}`);
    });
    above = headings;
    lines.push(`${SPACE.repeat(headings.length + 1)}${title}${caption && `（${caption}）`}`);
  }
  return lines.join("\n");
}

function renderRow(row: StoredRow, before: StoredRow | undefined): string {
  const { kind, paragraph, item, subitems = [], text } = row;
  const depth = (item === undefined ? 0 : 1) + subitems.length;
  const isRepeated = before !== undefined && before.kind === kind &&
    before.paragraph === paragraph && before.item === item &&
    before.subitems?.join() === subitems.join();
  const label = kind === "table" || isRepeated ? "" : labelOf(paragraph, item, subitems);
  const indent = SPACE.repeat(depth + (kind === "table" ? 1 : 0));
  const [first = "", ...rest] = text.split("\n");
  return [
    `${indent}${label}${label && SPACE}${first}`,
    ...rest.map((line) => `${indent}${label && SPACE}${line}`),
  ].join("\n");
}

/** The first 項 has no number in print. */
function labelOf(
  paragraph: string | undefined,
  item: string | undefined,
  subitems: readonly string[],
): string {
  const last = subitems.at(-1);
  if (last !== undefined) return last;
  if (item !== undefined) return printedNumber(item) ?? item;
  return paragraph === undefined || paragraph === "1" ? "" : paragraph;
}
