import { createHash } from "node:crypto";

/*
 * The file: for every unit the number of its first row (32 bits), for every row the length of its
 * text in terms (16 bits), for every unit the length of its heading (16 bits); little-endian, as are
 * all processors that Deno runs on.
 */

/** Lengths of the documents, and which rows belong to which unit. */
export interface DocumentTable {
  /** Number of each unit's first row, and at the end the number of rows. */
  readonly firstRows: Uint32Array;
  /** Terms in the text of each row, at most 65,535. */
  readonly bodyLengths: Uint16Array;
  /** Terms in the heading of each unit, the law's title included. */
  readonly headingLengths: Uint16Array;
}

/** Gathers the table while the corpus is read. */
export class DocumentTableWriter {
  #firstRows = new Uint32Array(1024);
  #bodyLengths = new Uint16Array(4096);
  #headingLengths = new Uint16Array(1024);
  unitCount = 0;
  rowCount = 0;

  /** Begins a unit; its rows follow. */
  addUnit(headingLength: number): void {
    this.#firstRows = withRoom(this.#firstRows, this.unitCount + 1);
    this.#headingLengths = withRoom(this.#headingLengths, this.unitCount);
    this.#firstRows[this.unitCount] = this.rowCount;
    this.#headingLengths[this.unitCount++] = headingLength;
  }

  addRow(bodyLength: number): void {
    this.#bodyLengths = withRoom(this.#bodyLengths, this.rowCount);
    this.#bodyLengths[this.rowCount++] = bodyLength;
  }

  finish(): DocumentTable {
    this.#firstRows[this.unitCount] = this.rowCount;
    return {
      firstRows: this.#firstRows.subarray(0, this.unitCount + 1),
      bodyLengths: this.#bodyLengths.subarray(0, this.rowCount),
      headingLengths: this.#headingLengths.subarray(0, this.unitCount),
    };
  }
}

/** The bytes of a table's file. */
export function* encodeDocumentTable(table: DocumentTable): Generator<Uint8Array> {
  const { firstRows, bodyLengths, headingLengths } = table;
  yield bytesOf(firstRows.subarray(0, firstRows.length - 1));
  yield bytesOf(bodyLengths);
  yield bytesOf(headingLengths);
}

/** What the manifest says of a table. */
export interface DocumentTableFacts {
  readonly rowCount: number;
  readonly unitCount: number;
  /** Of the whole file, as hex digits. */
  readonly sha256: string;
}

/**
 * Reads a table. All of it is compared with its digest: a length that changed would only change
 * scores, and nothing else would tell.
 * @throws {Error} where the file is not as it was written, doesn't fit the number of rows and units,
 * or the rows don't rise.
 */
export function readDocumentTable(
  path: string,
  { rowCount, unitCount, sha256 }: DocumentTableFacts,
): DocumentTable {
  using file = Deno.openSync(path);
  if (file.statSync().size !== 6 * unitCount + 2 * rowCount) {
    throw new Error("the table of documents has another size");
  }
  const firstRows = new Uint32Array(unitCount + 1);
  const bodyLengths = new Uint16Array(rowCount);
  const headingLengths = new Uint16Array(unitCount);
  const hash = createHash("sha256");
  for (const part of [firstRows.subarray(0, unitCount), bodyLengths, headingLengths]) {
    const bytes = bytesOf(part);
    for (let done = 0; done < bytes.length;) {
      const count = file.readSync(bytes.subarray(done));
      if (count === null) throw new Error("the table of documents ends too early");
      done += count;
    }
    hash.update(bytes);
  }
  const found = hash.digest("hex");
  if (found !== sha256) {
    throw new Error(
      `${path} has the SHA-256 ${found.slice(0, 16)}… and should have ${sha256.slice(0, 16)}…`,
    );
  }
  firstRows[unitCount] = rowCount;
  if (firstRows[0] !== 0) throw new Error("the first unit does not begin with the first row");
  for (let unit = 0; unit < unitCount; unit++) {
    if (firstRows[unit]! >= firstRows[unit + 1]!) throw new Error(`unit ${unit} has no rows`);
  }
  return { firstRows, bodyLengths, headingLengths };
}

const bytesOf = ({ buffer, byteOffset, byteLength }: Uint16Array | Uint32Array) =>
  new Uint8Array(buffer, byteOffset, byteLength);

/** The array, or a copy twice as long where an index would lie outside. */
function withRoom<T extends Uint16Array | Uint32Array>(array: T, index: number): T {
  if (index < array.length) return array;
  const larger = new (array.constructor as new (length: number) => T)(array.length * 2);
  larger.set(array);
  return larger;
}
