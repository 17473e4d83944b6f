/** For tests: questions whose wordings have nothing to do with each other. */
import { LETTERS, type Question } from "./question.ts";
import { seededRandom } from "./split/seeded_random.ts";

/** What is set about a question; the rest comes from its number. */
export interface DistinctQuestion {
  /** Numbers of the articles that its コンテキスト quotes. */
  readonly articles?: readonly number[];
  readonly law?: string;
  readonly answer?: Question["answer"];
}

/** The texts are made of Chinese characters drawn by the question's number. */
export function distinctQuestion(
  number: number,
  { articles = [1000 + number], law = "試験用法", answer = LETTERS[number % 4]! }:
    DistinctQuestion = {},
): Question {
  const random = seededRandom(number + 1);
  const text = (length: number) =>
    String.fromCharCode(...Array.from({ length }, () => 0x4e00 + random.below(5000)));
  return {
    index: number,
    fileName: `${law}_問題番号${number}`,
    context: articles.length === 0
      ? ""
      : `## ${law}\n${articles.map((num) => `### 第${num}条\n${text(20)}`).join("\n")}`,
    instruction: "<following_context>選んでください。",
    question: text(40),
    choices: { a: text(20), b: text(20), c: text(20), d: text(20) },
    answer,
    references: ["https://example.com/laws/1"],
  };
}

/** The questions' item of a lawqa_jp file. */
export function lawqaItem(question: Question): Record<string, unknown> {
  return {
    ファイル名: question.fileName,
    コンテキスト: question.context,
    問題文: question.question,
    指示: question.instruction,
    選択肢: LETTERS.map((letter) => `${letter} ${question.choices[letter]}`).join("\n"),
    output: question.answer,
    references: question.references,
    ...(question.orderMap === undefined ? {} : { 回答オーダーマップ番号: question.orderMap }),
  };
}
