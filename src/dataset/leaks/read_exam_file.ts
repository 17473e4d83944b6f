import { UsageError } from "../../settings/usage_error.ts";
import { parseQuestions } from "../load_dataset.ts";
import { type DataForm, readDataFile } from "../read_data_file.ts";
import { parseChatRecords } from "./chat_record.ts";
import { type ExamItem, itemOfQuestion } from "./exam_item.ts";
import { itemsOfRecords } from "./items_of_records.ts";

/** A file whose questions are compared with those of others. */
export interface ExamFile {
  readonly path: string;
  /** SHA-256 of the file's bytes, hex. */
  readonly sha256: string;
  readonly form: DataForm;
  readonly items: readonly ExamItem[];
}

/**
 * Reads a question file or a chat JSONL file.
 * @throws {UsageError} when it can't be read, holds something else, or breaks its format.
 */
export async function readExamFile(path: string): Promise<ExamFile> {
  const { sha256, form, text } = await readDataFile(path);
  if (form === "results") {
    throw new UsageError(
      `${path} holds the results of an evaluation. Give the question file it was made with.`,
    );
  }
  const items = form === "chat"
    ? itemsOfRecords(parseChatRecords(text, path))
    : parseQuestions(text, path).map(itemOfQuestion);
  return { path, sha256, form, items };
}
