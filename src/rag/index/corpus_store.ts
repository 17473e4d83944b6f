import type { Law, LawRow, LawUnit } from "../corpus/law.ts";

/** A unit as it lies in the store. */
export interface StoredUnit extends Omit<LawUnit, "rows"> {
  /** Its number, from 0, in the order of the corpus. */
  readonly unit: number;
  readonly lawId: string;
  readonly lawTitle: string;
  readonly lawNum: string;
  /** Number of its first row; its rows are consecutive. */
  readonly firstRow: number;
  readonly rowCount: number;
}

/** A row as it lies in the store. */
export interface StoredRow extends LawRow {
  /** Its number, from 0, in the order of the corpus. */
  readonly row: number;
  readonly unit: number;
}

/** A law without its units. */
export type StoredLaw = Omit<Law, "units"> & {
  readonly firstUnit: number;
  readonly unitCount: number;
};

/** Read access to every law of an index folder, from disk. */
export interface CorpusStore {
  readonly lawCount: number;
  readonly unitCount: number;
  readonly rowCount: number;
  /** All laws, in the order of the corpus. */
  laws(): Iterable<StoredLaw>;
  law(lawId: string): StoredLaw | undefined;
  /** @throws {RangeError} for a number that is not in the store. */
  unit(unit: number): StoredUnit;
  /** Units of a law with that article number, the main provision's first. */
  unitsOf(lawId: string, num: string): StoredUnit[];
  row(row: number): StoredRow;
  /** The rows of a unit, in order. */
  rowsOf(unit: number): StoredRow[];
  close(): void;
}
