import type { Question } from "../dataset/question.ts";
import { articleKeysOfContext, articleKeysOfQuestion } from "../dataset/leaks/article_keys.ts";
import { DisjointSets } from "../dataset/leaks/disjoint_sets.ts";
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
 * fall together. Articles are those of the question file, as `dataset split` and `dataset check` see
 * them, else the headings (`## 法令`, `### 第n条`) of the prompts; without either, laws by file name if there are 20 of them, else nothing.
 */
export function clusterByArticle(
  questions: readonly ComparedQuestion[],
  { dataset, reason, hasGoldContext }: ArticleSource,
): Clustering {
  if (dataset !== undefined) {
    const keys = new QuestionKeys();
    const articles = new Map(
      dataset.map((one) => [keys.next(one.question, one.choices), articleKeysOfQuestion(one)]),
    );
    if (questions.every(({ key }) => articles.has(key))) {
      return {
        by: "article",
        note: "コンテキスト and references in the question file",
        clusterOf: join(questions, ({ key }) => articles.get(key)!.keys()),
      };
    }
  }
  if (hasGoldContext && questions.every(({ prompt }) => prompt !== undefined)) {
    return {
      by: "article",
      note: "headings of コンテキスト in the prompts",
      clusterOf: join(questions, ({ prompt }) => articleKeysOfContext(prompt!).keys()),
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

/** Connected groups of questions that share a key; a question without any is alone. */
function join(
  questions: readonly ComparedQuestion[],
  keysOf: (question: ComparedQuestion) => Iterable<string>,
): Map<string, number> {
  const sets = new DisjointSets(questions.length);
  sets.joinByKeys(questions.map(keysOf));
  return new Map(questions.map(({ key }, place) => [key, sets.rootOf(place)]));
}
