import { printableName } from "./law_files.ts";

/** A law file that can't be read as a law; the other files of a corpus can go on. */
export class LawFileError extends Error {
  override name = "LawFileError";
  constructor(
    /** Why it is left out, in two or three words; problems are counted by it. */
    readonly reason: string,
    message: string,
    /** Line of the file, from 1, where it is known. */
    readonly line?: number,
  ) {
    // What a broken file says of itself may be long, or move the cursor.
    // Where it is told, more sentences follow.
    super(printableName(message).replace(/[.\s]+$/, ""));
  }
}
