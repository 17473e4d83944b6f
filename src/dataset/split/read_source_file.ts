import { UsageError } from "../../settings/usage_error.ts";
import { parseQuestions } from "../load_dataset.ts";
import type { Question } from "../question.ts";
import { readDataFile } from "../read_data_file.ts";

/** A question file whose items are kept as they are written. */
export interface SourceFile {
  readonly path: string;
  /** SHA-256 of the file's bytes, hex. */
  readonly sha256: string;
  readonly questions: readonly Question[];
  /** Each question as JSON, every field kept, by its index. */
  readonly itemTexts: readonly string[];
  /** A file of the same form with only these questions, as text. */
  format(questions: readonly Question[]): string;
}

/**
 * Reads a question file to be divided.
 * @throws {UsageError} when it can't be read or is no question file.
 */
export async function readSourceFile(path: string): Promise<SourceFile> {
  const { sha256, form, text } = await readDataFile(path);
  if (form !== "questions") {
    const found = form === "chat" ? "chat records" : "the results of an evaluation";
    throw new UsageError(`${path} holds ${found}. Only question files can be split.`);
  }
  const questions = parseQuestions(text, path);
  const top = JSON.parse(text) as unknown[] | { samples: unknown[] };
  const items = Array.isArray(top) ? top : top.samples;
  return {
    path,
    sha256,
    questions,
    itemTexts: items.map((item) => JSON.stringify(item)),
    format(some) {
      const kept = some.map(({ index }) => items[index]);
      const content = Array.isArray(top) ? kept : { ...top, samples: kept };
      return `${JSON.stringify(content, null, 2)}\n`;
    },
  };
}
