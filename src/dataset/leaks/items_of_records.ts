import { parseChoices } from "../parse_choices.ts";
import type { Choices } from "../question.ts";
import { articleKeysOfContext } from "./article_keys.ts";
import type { ChatRecord } from "./chat_record.ts";
import { type ExamItem, wordingOf } from "./exam_item.ts";
import { gramsOf } from "./grams.ts";

/** 【問題】, 問題文: and the like; the question stands behind. */
const QUESTION_HEADER =
  /^\s*(?:【\s*(?:問題文?|質問|設問|問)\s*】|(?:問題文?|質問|設問|問|question|q)\s*[:：])\s*/iu;
const CHOICES_HEADER = /^\s*(?:【?\s*選択肢\s*】?\s*[:：]?|choices\s*[:：])?\s*$/iu;

/** A line counts as boilerplate when more than half of at least so many records have it. */
const FEWEST_RECORDS = 4;

/**
 * What a record asks about: its last turn of the user, and the worked examples before it, each
 * once for the whole file. A record's own list of articles counts beside those whose headings it
 * shows: a record may show none, or others than the right ones.
 */
export function itemsOfRecords(records: readonly ChatRecord[]): ExamItem[] {
  const asked = records.map(({ line, turns, articles }) => {
    const texts = turns.filter(({ role }) => role === "user").map(({ text }) => text);
    return { line, examples: texts.slice(0, -1), text: texts.at(-1)!, articles };
  });
  const boilerplate = repeatedLines(asked.map(({ text }) => text));
  const examples = new Map<string, number>();
  for (const { line, examples: texts } of asked) {
    for (const text of texts) if (!examples.has(text)) examples.set(text, line);
  }
  return [
    ...asked.map(({ line, text, articles = new Map() }) => {
      const item = itemOfTurn(text, line, boilerplate);
      return { ...item, articles: new Map([...item.articles, ...articles]) };
    }),
    ...[...examples].map(([text, line]) => ({
      ...itemOfTurn(text, line, boilerplate),
      name: `line ${line}, worked example`,
      isExample: true as const,
    })),
  ];
}

function itemOfTurn(text: string, line: number, boilerplate: ReadonlySet<string>): ExamItem {
  const { question, choices } = readTurn(text);
  const common = { position: line, name: `line ${line}`, articles: articleKeysOfContext(text) };
  if (question !== undefined && choices !== undefined) {
    return {
      ...common,
      wording: wordingOf(question, choices),
      grams: gramsOf([question, ...Object.values(choices)]),
    };
  }
  const lines = text.split("\n");
  const own = lines.filter((line) => !boilerplate.has(line.trim()));
  return { ...common, grams: gramsOf(lines), ownGrams: gramsOf(own) };
}

/** Question and choices of a prompt, as far as it shows where they stand. */
export function readTurn(text: string): { question?: string; choices?: Choices } {
  const lines = text.split(/\r?\n/);
  for (let start = lines.length - 4; start >= 0; start--) {
    const choices = choicesAt(lines, start);
    if (choices === undefined) continue;
    const before = lines.slice(0, start);
    while (before.length > 0 && CHOICES_HEADER.test(before.at(-1)!)) before.pop();
    const header = before.findLastIndex((line) => QUESTION_HEADER.test(line));
    if (header < 0) return { choices };
    const question = [before[header]!.replace(QUESTION_HEADER, ""), ...before.slice(header + 1)]
      .join("\n").trim();
    return question === "" ? { choices } : { question, choices };
  }
  return {};
}

function choicesAt(lines: readonly string[], start: number): Choices | undefined {
  const four = lines.slice(start, start + 4);
  if (!/^\s*[aAａＡ]/.test(four[0]!) || four.some((line) => line.trim() === "")) return undefined;
  try {
    return parseChoices(four.join("\n"));
  } catch {
    return undefined;
  }
}

function repeatedLines(texts: readonly string[]): Set<string> {
  const counts = new Map<string, number>();
  if (texts.length < FEWEST_RECORDS) return new Set();
  for (const text of texts) {
    for (const line of new Set(text.split("\n").map((line) => line.trim()))) {
      counts.set(line, (counts.get(line) ?? 0) + 1);
    }
  }
  return new Set(counts.keys().filter((line) => 2 * counts.get(line)! > texts.length));
}
