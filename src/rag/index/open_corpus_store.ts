import type { DatabaseSync } from "node:sqlite";
import type { CorpusStore, StoredLaw, StoredRow, StoredUnit } from "./corpus_store.ts";
import { UnitBlock } from "./unit_block.ts";

/** Blocks that stay unpacked: hits lie near each other, and rows are asked for one by one. */
const KEPT_BLOCKS = 8;

/** What deflate can make of a byte at most, rounded up. */
const MOST_UNPACKED_BYTES = 1040;

/** What the store needs besides its database. */
export interface CorpusStoreOptions {
  readonly lawCount: number;
  /** Number of each unit's first row, and at the end the number of rows. */
  readonly firstRows: Uint32Array;
  /** The largest block before compression. */
  readonly largestBlockBytes: number;
  /** Runs what reads the database and turns what goes wrong into an error that names the index. */
  readonly guard: <T>(read: () => T) => T;
}

/** Reads what `CorpusWriter` wrote. The database stays the caller's to close. */
export function openCorpusStore(database: DatabaseSync, options: CorpusStoreOptions): CorpusStore {
  const { lawCount, firstRows, largestBlockBytes, guard } = options;
  const unitCount = firstRows.length - 1;
  const rowCount = firstRows[unitCount]!;
  const select = guard(() => ({
    laws: database.prepare("SELECT * FROM laws WHERE law >= ? ORDER BY law LIMIT 100"),
    law: database.prepare("SELECT * FROM laws WHERE law_id = ?"),
    lawOfUnit: database.prepare(
      "SELECT * FROM laws WHERE first_unit <= ? AND unit_count > 0 " +
        "ORDER BY first_unit DESC LIMIT 1",
    ),
    units: database.prepare(
      "SELECT unit FROM units WHERE unit >= ? AND unit < ? AND num = ? ORDER BY unit",
    ),
    block: database.prepare(
      "SELECT first_unit, size, units FROM blocks WHERE first_unit <= ? " +
        "ORDER BY first_unit DESC LIMIT 1",
    ),
  }));
  /** By the number of the first unit; the one used last comes last. */
  const blocks = new Map<number, UnitBlock>();

  /** The block that holds a unit, and the number of its first unit. */
  function blockOf(unit: number): { first: number; block: UnitBlock } {
    for (const [first, block] of blocks) {
      if (unit < first || unit >= first + block.unitCount) continue;
      blocks.delete(first);
      blocks.set(first, block);
      return { first, block };
    }
    const { first_unit, size, units } = select.block.get(unit) ?? {};
    const first = wholeNumber(first_unit);
    const sizeBytes = wholeNumber(size);
    if (
      !(units instanceof Uint8Array) || sizeBytes > largestBlockBytes ||
      sizeBytes > units.length * MOST_UNPACKED_BYTES
    ) {
      throw new Error(`the text of unit ${unit} has another size`);
    }
    const block = new UnitBlock(units, sizeBytes);
    if (unit >= first + block.unitCount) throw new Error(`there is no text for unit ${unit}`);
    blocks.set(first, block);
    const [oldest] = blocks.keys();
    if (blocks.size > KEPT_BLOCKS) blocks.delete(oldest!);
    return { first, block };
  }

  function lawOf(row: Record<string, unknown> | undefined): StoredLaw {
    const { law_id, law_num, title, abbreviations, first_unit, unit_count } = row ?? {};
    const law = {
      lawId: text(law_id),
      lawNum: text(law_num),
      title: text(title),
      abbreviations: texts(JSON.parse(text(abbreviations))),
      firstUnit: wholeNumber(first_unit),
      unitCount: wholeNumber(unit_count),
    };
    if (law.firstUnit + law.unitCount > unitCount) throw new Error("a law has too many units");
    return law;
  }

  function readUnit(unit: number): { stored: StoredUnit; rows: StoredRow[] } {
    if (!Number.isInteger(unit) || unit < 0 || unit >= unitCount) {
      throw new RangeError(`There is no unit ${unit}; the index has units 0 to ${unitCount - 1}`);
    }
    return guard(() => {
      const { first, block } = blockOf(unit);
      const { rows, ...rest } = block.unit(unit - first);
      const { lawId, title, lawNum } = lawOf(select.lawOfUnit.get(unit));
      const firstRow = firstRows[unit]!;
      if (rows.length !== firstRows[unit + 1]! - firstRow) {
        throw new Error(`unit ${unit} has other rows than the table of documents says`);
      }
      return {
        stored: {
          ...rest,
          ...{ unit, lawId, lawTitle: title, lawNum, firstRow, rowCount: rows.length },
        },
        rows: rows.map((row, index) => ({ ...row, row: firstRow + index, unit })),
      };
    });
  }

  function law(lawId: string): StoredLaw | undefined {
    return guard(() => {
      const row = select.law.get(lawId);
      return row === undefined ? undefined : lawOf(row);
    });
  }

  return {
    lawCount,
    unitCount,
    rowCount,
    law,
    *laws() {
      // Pages, because a statement that is being read can't be used for anything else.
      for (let from = 0; from < lawCount;) {
        const page = guard(() => select.laws.all(from).map((row) => lawOf(row)));
        yield* page;
        if (page.length === 0) return;
        from += page.length;
      }
    },
    unit: (unit) => readUnit(unit).stored,
    unitsOf(lawId, num) {
      const found = law(lawId);
      if (found === undefined) return [];
      const { firstUnit, unitCount } = found;
      const units = guard(() =>
        select.units.all(firstUnit, firstUnit + unitCount, num)
          .map((row) => wholeNumber(row.unit))
      ).map((unit) => readUnit(unit).stored);
      const isMain = ({ provision }: StoredUnit) => provision === "main";
      return [...units.filter(isMain), ...units.filter((unit) => !isMain(unit))];
    },
    row(row) {
      if (!Number.isInteger(row) || row < 0 || row >= rowCount) {
        throw new RangeError(`There is no row ${row}; the index has rows 0 to ${rowCount - 1}`);
      }
      const unit = unitOfRow(firstRows, row);
      return readUnit(unit).rows[row - firstRows[unit]!]!;
    },
    rowsOf: (unit) => readUnit(unit).rows,
    close: () => blocks.clear(),
  };
}

/** The unit that a row belongs to. */
export function unitOfRow(firstRows: Uint32Array, row: number): number {
  let low = 0;
  let high = firstRows.length - 1;
  while (high - low > 1) {
    const middle = (low + high) >>> 1;
    if (firstRows[middle]! <= row) low = middle;
    else high = middle;
  }
  return low;
}

// What a damaged database gives can be of any kind.

function text(value: unknown): string {
  if (typeof value !== "string") throw new Error("the database holds another kind of value");
  return value;
}

function texts(value: unknown): string[] {
  if (!Array.isArray(value)) throw new Error("the database holds another kind of value");
  return value.map(text);
}

function wholeNumber(value: unknown): number {
  if (!Number.isSafeInteger(value) || (value as number) < 0) {
    throw new Error("the database holds another kind of value");
  }
  return value as number;
}
