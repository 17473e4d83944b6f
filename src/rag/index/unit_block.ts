import { deflateSync, inflateSync } from "node:zlib";
import type { LawRow, LawUnit } from "../corpus/law.ts";

const PROVISIONS = ["main", "supplementary", "appendix"] as const;
const KINDS = ["paragraph", "item", "table"] as const;

const LINE_FEED = 10;
const utf16 = new TextDecoder("utf-16le");

/**
 * Text of a block before it is closed. Twice as much would save a tenth of the file, and a search
 * would leave twice as much behind for the garbage collector.
 */
export const BLOCK_CHARACTERS = 12_288;

type EncodedRow = readonly [
  kind: number,
  paragraph: string | null,
  item: string | null,
  subitems: readonly string[] | null,
  text: string,
];
type EncodedUnit = readonly [
  provision: number,
  amendingLawNum: string | null,
  num: string | null,
  title: string,
  caption: string,
  headings: readonly string[],
  isDeleted: boolean,
  rows: readonly EncodedRow[],
];

/** A unit as one line of JSON, without the names of its fields. */
export function encodeUnit(unit: LawUnit): string {
  const encoded: EncodedUnit = [
    PROVISIONS.indexOf(unit.provision),
    unit.amendingLawNum ?? null,
    unit.num ?? null,
    unit.title,
    unit.caption,
    unit.headings,
    unit.isDeleted,
    unit.rows.map((row) => [
      KINDS.indexOf(row.kind),
      row.paragraph ?? null,
      row.item ?? null,
      row.subitems ?? null,
      row.text,
    ]),
  ];
  return JSON.stringify(encoded);
}

/**
 * Lines as one compressed block with a checksum (zlib, RFC 1950), and its size before. The text goes
 * in as UTF-16: smaller and faster than UTF-8 where most characters are kanji and kana.
 */
export function packUnits(
  lines: readonly string[],
): { readonly packed: Uint8Array; readonly sizeBytes: number } {
  const text = lines.join("\n");
  const units = new Uint16Array(text.length);
  for (let at = 0; at < text.length; at++) units[at] = text.charCodeAt(at);
  const bytes = new Uint8Array(units.buffer);
  return { packed: deflateSync(bytes, { level: 6 }), sizeBytes: bytes.length };
}

/** A block that lies unpacked, each unit still a line of JSON. */
export class UnitBlock {
  readonly #text: Uint16Array;
  /** Where each line begins, and at the end where one more would. */
  readonly #starts: number[] = [0];

  /**
   * @param sizeBytes its size unpacked.
   * @throws {Error} where the block is damaged.
   */
  constructor(packed: Uint8Array, sizeBytes: number) {
    const bytes = inflate(packed, sizeBytes);
    if (bytes.length !== sizeBytes || bytes.length % 2 !== 0 || bytes.byteOffset % 2 !== 0) {
      throw new Error("a block of the texts is smaller than the index says");
    }
    this.#text = new Uint16Array(bytes.buffer, bytes.byteOffset, bytes.length / 2);
    for (let end = 0; end >= 0;) {
      end = this.#text.indexOf(LINE_FEED, this.#starts.at(-1));
      this.#starts.push((end < 0 ? this.#text.length : end) + 1);
    }
  }

  get unitCount(): number {
    return this.#starts.length - 1;
  }

  /** @throws {Error} where the block is damaged. */
  unit(index: number): LawUnit {
    const line = this.#text.subarray(this.#starts[index], this.#starts[index + 1]! - 1);
    const encoded: unknown = JSON.parse(utf16.decode(line));
    if (!isEncodedUnit(encoded)) throw new Error("a unit's text is not what was written");
    const [provision, amendingLawNum, num, title, caption, headings, isDeleted, rows] = encoded;
    return {
      provision: PROVISIONS[provision]!,
      ...(amendingLawNum === null ? {} : { amendingLawNum }),
      ...(num === null ? {} : { num }),
      title,
      caption,
      headings,
      isDeleted,
      rows: rows.map(decodeRow),
    };
  }
}

function inflate(packed: Uint8Array, sizeBytes: number): Uint8Array {
  // One piece that is just long enough: else every block leaves several pieces to collect.
  const chunkSize = Math.max(64, sizeBytes + 1);
  try {
    return inflateSync(packed, { maxOutputLength: sizeBytes, chunkSize });
  } catch (error) {
    const { code, message } = error as { code?: string; message: string };
    throw new Error(
      code === "ERR_BUFFER_TOO_LARGE"
        ? `a block of the texts is larger than the ${sizeBytes} bytes that the index says`
        : `a block of the texts can't be unpacked (${message})`,
      { cause: error },
    );
  }
}

function decodeRow([kind, paragraph, item, subitems, text]: EncodedRow): LawRow {
  return {
    kind: KINDS[kind]!,
    ...(paragraph === null ? {} : { paragraph }),
    ...(item === null ? {} : { item }),
    ...(subitems === null ? {} : { subitems }),
    text,
  };
}

// By hand: checking every row of every hit by a schema left most of a search's garbage.
function isEncodedUnit(value: unknown): value is EncodedUnit {
  if (!Array.isArray(value) || value.length !== 8) return false;
  const [provision, amendingLawNum, num, title, caption, headings, isDeleted, rows] = value;
  return PROVISIONS[provision] !== undefined && isOptionalText(amendingLawNum) &&
    isOptionalText(num) && typeof title === "string" && typeof caption === "string" &&
    isTexts(headings) && typeof isDeleted === "boolean" && Array.isArray(rows) &&
    rows.every(isEncodedRow);
}

function isEncodedRow(value: unknown): value is EncodedRow {
  if (!Array.isArray(value) || value.length !== 5) return false;
  const [kind, paragraph, item, subitems, text] = value;
  return KINDS[kind] !== undefined && isOptionalText(paragraph) && isOptionalText(item) &&
    (subitems === null || isTexts(subitems)) && typeof text === "string";
}

const isOptionalText = (value: unknown) => value === null || typeof value === "string";
const isTexts = (value: unknown) =>
  Array.isArray(value) && value.every((text) => typeof text === "string");
