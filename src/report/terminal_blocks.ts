import stringWidth from "string-width";
import type { Column, ReportBlock } from "./report_block.ts";

/** Where blocks are shown. */
export interface TerminalOptions {
  /** Columns of the terminal. */
  readonly width: number;
  /** ANSI escapes. */
  readonly color: boolean;
}

/** Blocks as lines for a terminal, without a final newline. A Japanese character takes two columns. */
export function renderTerminal(
  blocks: readonly ReportBlock[],
  { width, color }: TerminalOptions,
): string {
  const paint = (code: number, text: string) => color ? `\x1b[${code}m${text}\x1b[0m` : text;
  const tones = { strong: 1, warning: 33 } as const;
  const lines: string[] = [];
  for (const block of blocks.map(withoutControls)) {
    if (block.kind === "heading") {
      const rule = "=".repeat(Math.min(width, 64));
      if (block.level === 1) lines.push(rule, paint(1, block.text), rule);
      else lines.push("", paint(1, block.text));
    } else if (block.kind === "table") {
      lines.push(...tableLines(fittingForm(block, width), width));
    } else {
      const items = block.kind === "text" ? [block.text] : block.items;
      const mark = block.kind === "text" ? "" : "- ";
      for (const item of items) {
        const wrapped = wrapText(item, width - mark.length).map((line, place) =>
          (place === 0 ? mark : " ".repeat(mark.length)) + line
        );
        lines.push(
          ...wrapped.map((line) =>
            block.tone === undefined ? line : paint(tones[block.tone], line)
          ),
        );
      }
    }
  }
  return lines.map((line) => line.trimEnd()).join("\n");
}

/**
 * What files say may not move the cursor, set colours, end a line or turn the direction of text:
 * control characters and line separators become spaces, Unicode's bidirectional controls U+FFFD.
 */
function withoutControls(block: ReportBlock): ReportBlock {
  const clean = (text: string) =>
    // deno-lint-ignore no-control-regex
    text.replace(/[\x00-\x1f\x7f-\x9f\u2028\u2029]+/g, " ").replace(/\p{Bidi_Control}/gu, "\ufffd");
  if (block.kind === "table") {
    const cleanRows = (rows: Table["rows"]) => rows.map((row) => row.map(clean));
    return {
      ...block,
      rows: cleanRows(block.rows),
      ...(block.shorter === undefined ? {} : {
        shorter: block.shorter.map(({ columns, rows }) => ({ columns, rows: cleanRows(rows) })),
      }),
    };
  }
  if (block.kind === "list") return { ...block, items: block.items.map(clean) };
  return { ...block, text: clean(block.text) };
}

/** A last column narrower than this says nothing: then rows are stacked. */
const LEAST_COLUMN = 8;

type Table = Extract<ReportBlock, { kind: "table" }>;

/** The table, or the first of its shorter forms that fits where it does not itself. */
function fittingForm(table: Table, width: number): Table {
  const fits = (form: Pick<Table, "columns" | "rows">) => totalWidth(columnWidths(form)) <= width;
  if (fits(table)) return table;
  return { ...table, ...table.shorter?.find(fits) };
}

function columnWidths({ columns, rows }: Pick<Table, "columns" | "rows">): number[] {
  return columns.map(({ title }, place) =>
    Math.max(stringWidth(title), ...rows.map((row) => stringWidth(row[place] ?? "")))
  );
}

/** With two spaces between columns. */
function totalWidth(widths: readonly number[]): number {
  return widths.reduce((sum, one) => sum + one, 2 * (widths.length - 1));
}

function tableLines({ columns, rows, narrow = "cut" }: Table, width: number): string[] {
  const all = [columns.map(({ title }) => title), ...rows];
  const widths = columnWidths({ columns, rows });
  const total = totalWidth(widths);
  if (total > width) {
    const room = widths.at(-1)! - (total - width);
    if (narrow === "stack" || room < LEAST_COLUMN) return stackedLines(columns, rows, width);
    widths[widths.length - 1] = room;
  }
  const padded = (cell: string, place: number) => {
    const gap = " ".repeat(Math.max(0, widths[place]! - stringWidth(cell)));
    return columns[place]!.align === "right" ? gap + cell : cell + gap;
  };
  const last = columns.length - 1;
  return all.filter((row) => row.some((cell) => cell !== "")).flatMap((row) => {
    const ends = narrow === "wrap"
      ? wrapText(row[last] ?? "", widths[last]!)
      : [cutText(row[last] ?? "", widths[last]!)];
    return ends.map((end, line) =>
      [...row.slice(0, -1).map((cell) => line === 0 ? cell : ""), end].map(padded).join("  ")
    );
  });
}

/** Each row's first cell on a line of its own, the others below it. */
function stackedLines(
  columns: readonly Column[],
  rows: readonly (readonly string[])[],
  width: number,
): string[] {
  const labels = columns.map(({ title }) => title);
  const longest = Math.max(...labels.slice(1).map(stringWidth));
  return rows.flatMap(([name = "", ...cells]) => [
    name,
    ...cells.flatMap((cell, place) => {
      const label = labels[place + 1]!;
      const indent = longest + 4;
      return wrapText(cell, width - indent).map((line, row) =>
        row === 0
          ? `  ${label}${" ".repeat(longest - stringWidth(label) + 2)}${line}`
          : " ".repeat(indent) + line
      );
    }),
  ]);
}

/** The text, or its beginning and an ellipsis, in at most `width` columns. */
export function cutText(text: string, width: number): string {
  if (stringWidth(text) <= width) return text;
  let [cut, used] = ["", 0];
  for (const character of text) {
    used += stringWidth(character);
    if (used > width - 1) break;
    cut += character;
  }
  return `${cut}…`;
}

/** Marks that may not begin a line, and those that may not end one. */
const CLOSING = /^[\s、。，．・：；？！）」』】%,.:;?!)\]’”]+$/u;
const OPENING = /[（「『【([‘“]$/u;

/** Lines of at most `width` columns, broken between words, in Japanese too. */
export function wrapText(text: string, width: number): string[] {
  const lines: string[] = [];
  let line = "";
  for (const unit of unbreakableUnits(text)) {
    if (line !== "" && stringWidth(line + unit.trimEnd()) > width) {
      lines.push(line.trimEnd());
      line = "";
    }
    line += line === "" ? unit.trimStart() : unit;
    // A path or a digest longer than a line.
    while (stringWidth(line.trimEnd()) > width) {
      const fitting = cutText(line, width + 1).slice(0, -1);
      lines.push(fitting);
      line = line.slice(fitting.length);
    }
  }
  if (line.trim() !== "" || lines.length === 0) lines.push(line.trimEnd());
  return lines;
}

/** Japanese is broken before words but not before their endings, anything else at spaces only. */
function unbreakableUnits(text: string): string[] {
  const units: string[] = [];
  for (const { segment } of new Intl.Segmenter("ja", { granularity: "word" }).segment(text)) {
    const before = units.at(-1);
    const isGlued = before !== undefined && (
      CLOSING.test(segment) || OPENING.test(before) ||
      (/^[ぁ-ゖー]+$/.test(segment) && /[ぁ-ゖァ-ヺー一-鿿々]$/.test(before)) ||
      (!/\s$/.test(before) && /[\x21-\x7e]$/.test(before) && /^[\x21-\x7e]/.test(segment))
    );
    if (isGlued) units[units.length - 1] = before + segment;
    else units.push(segment);
  }
  return units;
}
