/** A file of a corpus that may hold a law. */
export interface LawFile {
  /** For messages: path, or archive and name in it. Nothing is ever written under it. */
  readonly name: string;
  /** Uncompressed, as the folder or archive says. */
  readonly sizeBytes: number;
  /**
   * Hands its bytes on, a piece at a time; the pieces are valid during the call only.
   * @throws {LawFileError} when it is too large or damaged.
   * @throws whatever `take` throws.
   */
  read(take: (bytes: Uint8Array) => void): Promise<void>;
}

/** The files of a folder or archive. */
export interface LawFiles {
  readonly files: readonly LawFile[];
  /** Files with other names, by their ending: `.csv`, `.jpg`; they are left alone. */
  readonly others: ReadonlyMap<string, number>;
  /** Told in which order files will be read: an archive is quick in any order that it knows. */
  plan(files: readonly LawFile[]): void;
  close(): Promise<void>;
}

/** True where a name says that a law may be in the file. */
export function mayHoldLaw(name: string): boolean {
  return /\.xml$/i.test(name) || /(?:^|\/)\d{3}[0-9A-Z]{12}[^/]*\.json$/.test(name);
}

/** Counts a file that is no law under its ending. */
export function countOther(others: Map<string, number>, name: string): void {
  const ending = /\.[\w-]{1,12}$/.exec(name)?.[0].toLowerCase() ?? "without ending";
  others.set(ending, (others.get(ending) ?? 0) + 1);
}

/** A name as it can be shown: what could move the cursor or break the line is escaped. */
export function printableName(name: string): string {
  return name.slice(0, 300).replace(
    /[\p{Cc}\p{Cf}\u2028\u2029]/gu,
    (sign) => `\\u{${sign.codePointAt(0)!.toString(16)}}`,
  );
}
