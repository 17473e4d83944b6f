import type { Question } from "../dataset/question.ts";
import { foldWidth } from "../rag/cite/fold_width.ts";
import { parseContext } from "../rag/recall/parse_context.ts";
import type { ComparedQuestion } from "./compared_run.ts";
import { QuestionKeys } from "./question_key.ts";

/** By what questions were put together, and why not by articles where they were not. */
export interface Clustering {
  readonly by: "article" | "law" | "question";
  /** Where the articles were read from, or why they were not. */
  readonly note: string;
  /** Cluster of each question, by its key. */
  readonly clusterOf: ReadonlyMap<string, number>;
}

/** Where the articles of questions can be read. */
export interface ArticleSource {
  /** Questions of the question file; undefined where it can't be read or is another one. */
  readonly dataset?: readonly Question[];
  /** Why there is none. */
  readonly reason?: string;
  /** The prompts hold each question's own statutes. */
  readonly hasGoldContext: boolean;
}

/** Fewer clusters make an interval that means little. Cameron, Gelbach and Miller (2008). */
const FEWEST_LAWS = 20;

/**
 * Puts together questions that share an article, also through a third one: their answers stand and
 * fall together. Articles are the headings (`## 法令`, `### 第n条`) of the question file's コンテキスト,
 * else of the prompts; without either, laws by file name if there are 20 of them, else nothing.
 */
export function clusterByArticle(
  questions: readonly ComparedQuestion[],
  { dataset, reason, hasGoldContext }: ArticleSource,
): Clustering {
  if (dataset !== undefined) {
    const keys = new QuestionKeys();
    const contexts = new Map(
      dataset.map((one) => [keys.next(one.question, one.choices), one.context]),
    );
    if (questions.every(({ key }) => contexts.has(key))) {
      return {
        by: "article",
        note: "headings of コンテキスト in the question file",
        clusterOf: join(questions, ({ key }) => articlesOf(contexts.get(key)!)),
      };
    }
  }
  if (hasGoldContext && questions.every(({ prompt }) => prompt !== undefined)) {
    return {
      by: "article",
      note: "headings of コンテキスト in the prompts",
      clusterOf: join(questions, ({ prompt }) => articlesOf(prompt!.replace(/^[^#][^\n]*\n/, ""))),
    };
  }
  const why = reason ?? "the question file does not hold these questions";
  const laws = new Set(questions.map(lawOf));
  if (laws.size >= FEWEST_LAWS) {
    return { by: "law", note: why, clusterOf: join(questions, (one) => [lawOf(one)]) };
  }
  return {
    by: "question",
    note: why,
    clusterOf: join(questions, ({ fileName, question }) => [`${fileName}\n${question}`]),
  };
}

/** 金商法 of `金商法_第2章_選択式_…`; the whole name where it has no such part. */
export function lawOf({ fileName }: Pick<ComparedQuestion, "fileName">): string {
  return fileName.split("_")[0] || "?";
}

/** Keys of the articles that a text quotes under headings. */
function articlesOf(text: string): string[] {
  const start = text.search(/^#/m);
  if (start < 0) return [];
  return parseContext(text.slice(start)).map(({ lawTitle, unit }) =>
    JSON.stringify([foldWidth(lawTitle), unit.provision, unit.num ?? foldWidth(unit.title)])
  );
}

/** Connected groups of questions that share a key; a question without any is alone. */
function join(
  questions: readonly ComparedQuestion[],
  keysOf: (question: ComparedQuestion) => readonly string[],
): Map<string, number> {
  const parents = questions.map((_, place) => place);
  const rootOf = (place: number): number => {
    while (parents[place] !== place) place = parents[place] = parents[parents[place]!]!;
    return place;
  };
  const owners = new Map<string, number>();
  for (const [place, question] of questions.entries()) {
    for (const key of keysOf(question)) {
      const owner = owners.get(key);
      if (owner === undefined) owners.set(key, place);
      else parents[rootOf(place)] = rootOf(owner);
    }
  }
  return new Map(questions.map(({ key }, place) => [key, rootOf(place)]));
}
