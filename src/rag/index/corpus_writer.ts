import { createHash } from "node:crypto";
import type { DatabaseSync, StatementSync } from "node:sqlite";
import type { Law } from "../corpus/law.ts";
import { UsageError } from "../../settings/usage_error.ts";
import { BLOCK_CHARACTERS, encodeUnit, packUnits } from "./unit_block.ts";

/** Writes laws into a database: what `openCorpusStore` reads. */
export class CorpusWriter {
  readonly #digest = createHash("sha256");
  readonly #insertLaw: StatementSync;
  readonly #insertUnit: StatementSync;
  readonly #insertBlock: StatementSync;
  readonly #hasLaw: StatementSync;
  #block: string[] = [];
  #blockCharacters = 0;
  #blockFirstUnit = 0;
  /** So far. */
  lawCount = 0;
  unitCount = 0;
  rowCount = 0;
  /** The largest block before compression. */
  largestBlockBytes = 0;

  constructor(database: DatabaseSync) {
    database.exec(`
      CREATE TABLE laws (
        law INTEGER PRIMARY KEY, law_id TEXT NOT NULL UNIQUE, law_num TEXT NOT NULL,
        title TEXT NOT NULL, abbreviations TEXT NOT NULL,
        first_unit INTEGER NOT NULL, unit_count INTEGER NOT NULL);
      CREATE INDEX laws_by_unit ON laws (first_unit);
      CREATE TABLE units (unit INTEGER PRIMARY KEY, num TEXT);
      CREATE TABLE blocks (first_unit INTEGER PRIMARY KEY, size INTEGER NOT NULL, units BLOB NOT NULL);
    `);
    this.#hasLaw = database.prepare("SELECT title FROM laws WHERE law_id = ?");
    this.#insertLaw = database.prepare("INSERT INTO laws VALUES (?, ?, ?, ?, ?, ?, ?)");
    this.#insertUnit = database.prepare("INSERT INTO units VALUES (?, ?)");
    this.#insertBlock = database.prepare("INSERT INTO blocks VALUES (?, ?, ?)");
  }

  /** @throws {UsageError} for a law that is there already. */
  add(law: Law): void {
    const same = this.#hasLaw.get(law.lawId);
    if (same !== undefined) {
      throw new UsageError(
        `The law id ${law.lawId} stands for two laws, ${same.title} and ${law.title}. ` +
          "Give each law once.",
      );
    }
    const abbreviations = JSON.stringify(law.abbreviations);
    const { lawId, lawNum, title } = law;
    this.#digest.update(JSON.stringify([lawId, lawNum, title, abbreviations, law.units.length]));
    this.#insertLaw.run(
      this.lawCount++,
      lawId,
      lawNum,
      title,
      abbreviations,
      this.unitCount,
      law.units.length,
    );
    for (const unit of law.units) {
      const encoded = encodeUnit(unit);
      this.#digest.update(encoded);
      this.#insertUnit.run(this.unitCount, unit.num ?? null);
      if (this.#blockCharacters + encoded.length > BLOCK_CHARACTERS) this.#writeBlock();
      this.#block.push(encoded);
      this.#blockCharacters += encoded.length;
      this.unitCount++;
      this.rowCount += unit.rows.length;
    }
  }

  /** Writes what is left. @returns SHA-256, in hex, of everything the laws say. */
  finish(): string {
    this.#writeBlock();
    return this.#digest.digest("hex");
  }

  #writeBlock(): void {
    if (this.#block.length > 0) {
      const { packed, sizeBytes } = packUnits(this.#block);
      this.largestBlockBytes = Math.max(this.largestBlockBytes, sizeBytes);
      this.#insertBlock.run(this.#blockFirstUnit, sizeBytes, packed);
    }
    this.#block = [];
    this.#blockCharacters = 0;
    this.#blockFirstUnit = this.unitCount;
  }
}
