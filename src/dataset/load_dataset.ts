import { formCommand } from "../build/form_command.ts";
import { DEFAULT_DATA } from "../settings/setting_table.ts";
import { UsageError } from "../settings/usage_error.ts";
import { type LawqaItem, lawqaItemSchema } from "./lawqa_schema.ts";
import { parseChoices } from "./parse_choices.ts";
import { type Choices, LETTERS, type Question } from "./question.ts";
import { sha256Hex } from "./sha256.ts";

/** A question file after validation. */
export interface Dataset {
  readonly path: string;
  /** SHA-256 of the file's bytes, hex. */
  readonly sha256: string;
  readonly questions: readonly Question[];
}

/**
 * Reads and checks a lawqa_jp file: `{"samples": […]}` or the plain list.
 * @throws {UsageError} naming the file and, for a bad item, its index (from 0) and field.
 */
export async function loadDataset(path: string): Promise<Dataset> {
  const bytes = await readQuestionFile(path);
  const sha256 = await sha256Hex(bytes);
  return { path, sha256, questions: parseQuestions(decode(bytes, path), path) };
}

async function readQuestionFile(path: string): Promise<Uint8Array<ArrayBuffer>> {
  try {
    return await Deno.readFile(path);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) {
      const advice = path === DEFAULT_DATA
        ? `Get it with \`${formCommand("dataset:fetch")}\`, or name another file with --data.`
        : "Check --data.";
      throw new UsageError(`The question file ${path} does not exist. ${advice}`);
    }
    if (error instanceof Deno.errors.NotCapable) throw error;
    throw new UsageError(`Can't read the question file ${path}: ${(error as Error).message}`);
  }
}

function decode(bytes: Uint8Array, path: string): string {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    throw new UsageError(`${path} is not UTF-8 text.`);
  }
}

/**
 * Checks the text of a question file.
 * @param path only for messages.
 * @throws {UsageError}
 */
export function parseQuestions(text: string, path: string): Question[] {
  const questions = readItems(text, path).map((item, index) => parseItem(item, index, path));
  const seen = new Map<string, number>();
  for (const question of questions) {
    const key = JSON.stringify([
      question.question,
      question.context,
      question.choices,
      question.orderMap ?? null,
    ]);
    const first = seen.get(key);
    if (first !== undefined) {
      throw new UsageError(
        `${path}: item ${question.index} (${question.fileName}) repeats item ${first}: ` +
          "same 問題文, コンテキスト and 選択肢. Remove one of them.",
      );
    }
    seen.set(key, question.index);
  }
  return questions;
}

function readItems(text: string, path: string): unknown[] {
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch (error) {
    throw new UsageError(`${path} is not valid JSON${placeOf(error as Error, text)}`);
  }
  const items = Array.isArray(parsed) ? parsed : (parsed as { samples?: unknown } | null)?.samples;
  if (!Array.isArray(items)) {
    throw new UsageError(`${path} has neither a list "samples" nor a list at its top.`);
  }
  if (items.length === 0) throw new UsageError(`${path} holds no questions.`);
  return items;
}

function placeOf(error: Error, text: string): string {
  const position = /at position (\d+)/.exec(error.message)?.[1];
  if (position === undefined) return `: ${error.message}`;
  const before = text.slice(0, Number(position)).split("\n");
  return ` at line ${before.length}, column ${before.at(-1)!.length + 1}: ${error.message}`;
}

function parseItem(item: unknown, index: number, path: string): Question {
  const checked = lawqaItemSchema.safeParse(item);
  if (!checked.success) {
    const issue = checked.error.issues[0]!;
    const field = issue.path.length === 0 ? "the item" : issue.path.join(".");
    throw new UsageError(`${path}: item ${index}${nameOf(item)}: ${field}: ${issue.message}`);
  }
  const value = checked.data;
  return {
    index,
    fileName: value.ファイル名,
    context: value.コンテキスト,
    instruction: value.指示,
    question: value.問題文,
    choices: choicesOf(value.選択肢, index, path, value.ファイル名),
    answer: value.output,
    references: value.references,
    ...(value.回答オーダーマップ番号 === undefined
      ? {}
      : { orderMap: value.回答オーダーマップ番号 }),
  };
}

function nameOf(item: unknown): string {
  const name = (item as { ファイル名?: unknown } | null)?.ファイル名;
  return typeof name === "string" ? ` (${name})` : "";
}

function choicesOf(
  written: LawqaItem["選択肢"],
  index: number,
  path: string,
  name: string,
): Choices {
  const at = `${path}: item ${index} (${name}): 選択肢`;
  if (typeof written !== "string") {
    const empty = LETTERS.find((letter) => written[letter].trim() === "");
    if (empty !== undefined) throw new UsageError(`${at}.${empty}: must not be empty`);
    return written;
  }
  try {
    return parseChoices(written);
  } catch (error) {
    throw new UsageError(`${at}: ${(error as Error).message}`);
  }
}
