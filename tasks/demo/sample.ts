import type { Paragraph } from "./article.ts";
import type { Question } from "./question.ts";
import { type Article, plainArticleTitle, type Statute } from "./statute.ts";

/** A question in the format of the lawqa_jp dataset. */
export interface Sample {
  readonly ファイル名: string;
  readonly コンテキスト: string;
  readonly 問題文: string;
  readonly 指示: string;
  readonly 選択肢: string;
  readonly output: string;
  readonly references: readonly string[];
}

const INSTRUCTION = "<following_context>上の条文だけを根拠として、問題文に当てはまる選択肢を" +
  "a、b、c、dの中から一つ選び、その記号で答えてください。";

function paragraphContext({ text, items = [] }: Paragraph, index: number): string[] {
  return [
    `#### 第${index + 1}項`,
    text,
    ...items.flatMap((item, i) => [`##### 第${i + 1}号`, item]),
  ];
}

/** An article as the dataset's contexts give it: Markdown headings for law, 条, 項 and 号. */
export function articleContext(statute: Statute, article: Article): string {
  return [
    `## ${statute.profile.title}`,
    `### ${plainArticleTitle(article.num)}`,
    ...article.paragraphs.flatMap(paragraphContext),
  ].join("\n");
}

/** Writes a question, the `number`th of its dataset, in the dataset's format. */
export function toSample(question: Question, number: number): Sample {
  const { statute, chapter, article } = question;
  return {
    ファイル名: `${statute.profile.title}_第${chapter.num}章_選択式_問題番号${number}`,
    コンテキスト: articleContext(statute, article),
    問題文: question.ask,
    指示: INSTRUCTION,
    選択肢: question.choices.map(({ text }, i) => `${"abcd"[i]} ${text}`).join("\n"),
    output: question.answer,
    references: [`https://example.com/laws/${statute.id}`],
  };
}
