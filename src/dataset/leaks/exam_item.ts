import { type Choices, LETTERS, type Question } from "../question.ts";
import { type ArticleKeys, articleKeysOfQuestion } from "./article_keys.ts";
import { foldText } from "./fold_text.ts";
import { gramsOf } from "./grams.ts";

/** A question as leaks are looked for, from a question file or from a record of training. */
export interface ExamItem {
  /** Index in a question file (from 0) or line in a JSONL file (from 1). */
  readonly position: number;
  /** ファイル名, or the line. */
  readonly name: string;
  /** A worked example that stands before the real question of a record. */
  readonly isExample?: true;
  readonly articles: ArticleKeys;
  /** Absent where a record's text does not show where question and choices stand. */
  readonly wording?: Wording;
  /** Character n-grams of question and choices; of the whole text where there is no wording. */
  readonly grams: ReadonlySet<string>;
  /** Without `wording`: the grams without the lines that most records repeat. */
  readonly ownGrams?: ReadonlySet<string>;
}

/** Question and choices in the spellings that tell the kinds of sameness apart. */
export interface Wording {
  readonly verbatim: string;
  /** See {@linkcode foldText}. */
  readonly folded: string;
  /** Folded, with the choices in no order. */
  readonly unordered: string;
}

/** The wording of a question with its choices. */
export function wordingOf(question: string, choices: Choices): Wording {
  const texts = LETTERS.map((letter) => choices[letter]);
  const folded = texts.map(foldText);
  const stem = foldText(question);
  return {
    verbatim: JSON.stringify([question, ...texts]),
    folded: JSON.stringify([stem, ...folded]),
    unordered: JSON.stringify([stem, ...folded.sort()]),
  };
}

/** A question of a question file as an item. */
export function itemOfQuestion(question: Question): ExamItem {
  const { index, fileName, choices } = question;
  return {
    position: index,
    name: fileName,
    articles: articleKeysOfQuestion(question),
    wording: wordingOf(question.question, choices),
    grams: gramsOf([question.question, ...Object.values(choices)]),
  };
}
