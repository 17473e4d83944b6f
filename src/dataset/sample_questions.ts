import { type Letter, LETTERS, type Question } from "./question.ts";

/**
 * Made-up questions for tests and benchmarks: question i is about article i of a statute that does
 * not exist, and its correct letter goes round a, b, c, d.
 */
export function makeSampleQuestions(count: number): Question[] {
  return Array.from({ length: count }, (_, index) => ({
    index,
    fileName: `試験用法_第1章_選択式_問題番号${index + 1}`,
    context: `## 試験用法\n### 第${index + 1}条\n届出の期間は、${index + 2}日とする。`,
    instruction: "<following_context>以下の問題文に答えてください。",
    question: `試験用法第${index + 1}条の届出の期間はどれですか。`,
    choices: sampleChoices(index),
    answer: LETTERS[index % 4]!,
    references: [`https://example.com/laws/${index + 1}`],
  }));
}

function sampleChoices(index: number): Record<Letter, string> {
  const shift = (position: number) => index + 2 + (position - index % 4 + 4) % 4 * 10;
  return { a: `${shift(0)}日`, b: `${shift(1)}日`, c: `${shift(2)}日`, d: `${shift(3)}日` };
}

/** The questions as the text of a lawqa_jp file. */
export function formatSampleFile(questions: readonly Question[]): string {
  return JSON.stringify({
    samples: questions.map((q) => ({
      ファイル名: q.fileName,
      コンテキスト: q.context,
      問題文: q.question,
      指示: q.instruction,
      選択肢: LETTERS.map((letter) => `${letter} ${q.choices[letter]}`).join("\n"),
      output: q.answer,
      references: q.references,
    })),
  });
}
