import { z } from "zod";
import { UsageError } from "../../settings/usage_error.ts";
import type { LetterCounts } from "../../stats/letter_takeover.ts";
import { type LetterExcess, letterExcess } from "../../stats/letter_excess.ts";
import { type ChatRecord, parseChatRecords } from "../leaks/chat_record.ts";
import { readTurn } from "../leaks/items_of_records.ts";
import { parseQuestions } from "../load_dataset.ts";
import { type Choices, isLetter, type Letter } from "../question.ts";
import { readDataFile } from "../read_data_file.ts";

/**
 * Whose letters: the correct ones of a question file, the ones that a training record teaches, the
 * correct and the predicted ones of a result file.
 */
export type LabelRole = "correct" | "taught" | "predicted";

/** How often each letter occurs in a file. */
export interface LabelCounts {
  readonly path: string;
  /** SHA-256 of the file's bytes, hex. */
  readonly sha256: string;
  readonly role: LabelRole;
  readonly total: number;
  readonly letters: LetterCounts;
  /** From which no letter can be read. */
  readonly unparsed: number;
  /** Cut by the length limit before an answer; only houqa's own results tell. */
  readonly truncated: number;
  /** Questions that ended in an error. */
  readonly errors: number;
  /** Against equal shares; for predictions against the shares of the correct letters. */
  readonly test?: LetterExcess;
}

/** Reads the letter that an answer gives. */
export type LetterReader = (text: string, choices: Choices | undefined) => Letter | undefined;

const EVEN: LetterCounts = { a: 1, b: 1, c: 1, d: 1 };

/** What houqa's result files and those of the older Python evaluator have in common. */
const resultsSchema = z.looseObject({
  results: z.array(
    z.looseObject({
      correct_answer: z.unknown().optional(),
      predicted_answer: z.unknown().optional(),
      outcome: z.unknown().optional(),
    }, { error: "must be an object" })
      .refine((item) => Object.hasOwn(item, "predicted_answer"), "has no predicted_answer"),
    { error: "must be a list" },
  ).min(1, "is empty"),
});

/**
 * Counts the letters of a question file, a chat JSONL file or a result file.
 * @param readLetter reads the answers that chat records teach.
 * @returns one entry, or two for a result file: its correct and its predicted letters.
 * @throws {UsageError} when the file can't be read or breaks its format.
 */
export async function readLabels(path: string, readLetter: LetterReader): Promise<LabelCounts[]> {
  const { sha256, form, text } = await readDataFile(path);
  const counted = (role: LabelRole, values: readonly Label[], expected = EVEN): LabelCounts => {
    const count = (label: Label) => values.filter((value) => value === label).length;
    const letters = { a: count("a"), b: count("b"), c: count("c"), d: count("d") };
    const test = letterExcess(letters, expected);
    return {
      ...{ path, sha256, role, total: values.length, letters },
      unparsed: count("unparsed"),
      truncated: count("truncated"),
      errors: count("error"),
      ...(test === undefined ? {} : { test }),
    };
  };
  if (form === "questions") {
    return [counted("correct", parseQuestions(text, path).map(({ answer }) => answer))];
  }
  if (form === "chat") {
    const records = parseChatRecords(text, path);
    return [counted("taught", records.map((record) => taughtLetter(record, readLetter)))];
  }
  const results = parseResults(text, path);
  const correct = counted("correct", results.map(({ correct_answer }) => labelOf(correct_answer)));
  const predicted = results.map(({ predicted_answer, outcome }) =>
    outcome === "truncated" ? "truncated" as const : labelOf(predicted_answer)
  );
  return [correct, counted("predicted", predicted, correct.letters)];
}

type Label = Letter | "unparsed" | "truncated" | "error";

function taughtLetter({ turns }: ChatRecord, readLetter: LetterReader): Label {
  const answer = turns.at(-1)!;
  const asked = turns.findLast(({ role }) => role === "user")!;
  if (answer.role !== "assistant") return "unparsed";
  return readLetter(answer.text, readTurn(asked.text).choices) ?? "unparsed";
}

/** The older evaluator wrote unknown, error, and what else its reading gave. */
function labelOf(value: unknown): Label {
  if (typeof value !== "string") return "unparsed";
  const plain = value.normalize("NFKC").trim().toLowerCase();
  return isLetter(plain) || plain === "error" ? plain : "unparsed";
}

function parseResults(text: string, path: string): z.infer<typeof resultsSchema>["results"] {
  const checked = resultsSchema.safeParse(JSON.parse(text));
  if (checked.success) return checked.data.results;
  const issue = checked.error.issues[0]!;
  throw new UsageError(`${path} is no result file: ${issue.path.join(".")}: ${issue.message}`);
}
