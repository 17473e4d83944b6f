import type { ExamItem } from "./exam_item.ts";
import { findNearDuplicates } from "./find_near_duplicates.ts";

/**
 * How two questions are the same, the plainest first: character for character; but for width,
 * spaces and punctuation; with the choices in another order; nearly.
 */
export const LEAK_KINDS = ["identical", "respelt", "shuffled", "near"] as const;
/** One of the {@linkcode LEAK_KINDS}. */
export type LeakKind = (typeof LEAK_KINDS)[number];

/** A question that stands in both files. */
export interface QuestionLeak {
  readonly kind: LeakKind;
  readonly a: ExamItem;
  readonly b: ExamItem;
  /** Of the wordings' n-grams, 0 to 1; only for near duplicates. */
  readonly similarity?: number;
}

/** An article that questions of both files are about. */
export interface ArticleLeak {
  readonly name: string;
  readonly a: readonly ExamItem[];
  readonly b: readonly ExamItem[];
}

/** What two files share. */
export interface Leaks {
  /**
   * Every question of either file that has a match in the other stands in at least one pair: with
   * its plainest match, the most similar one of those, the first one of these.
   */
  readonly questions: readonly QuestionLeak[];
  readonly articles: readonly ArticleLeak[];
}

/**
 * Finds what two files share. Worked examples that both files show before their questions are
 * their prompt's and no leak; an example of one that is a question of the other is one.
 */
export function findLeaks(a: readonly ExamItem[], b: readonly ExamItem[]): Leaks {
  return { questions: sharedQuestions(a, b), articles: sharedArticles(a, b) };
}

function sharedQuestions(a: readonly ExamItem[], b: readonly ExamItem[]): QuestionLeak[] {
  const bestOfA = new Map<number, Match>();
  const bestOfB = new Map<number, Match>();
  // Items of the same wording have the same grams, so that they are among the near ones.
  findNearDuplicates(a, b, (left, right, similarity) => {
    if (a[left]!.isExample && b[right]!.isExample) return;
    const kind = similarity === 1 ? samenessOf(a[left]!, b[right]!) : "near";
    const match = { left, right, kind, similarity };
    if (isBetter(match, bestOfA.get(left))) bestOfA.set(left, match);
    if (isBetter(match, bestOfB.get(right))) bestOfB.set(right, match);
  });
  const matches = new Map(
    [...bestOfA.values(), ...bestOfB.values()].map((match) => [
      `${match.left} ${match.right}`,
      match,
    ]),
  );
  return [...matches.values()]
    .sort((x, y) => x.left - y.left || x.right - y.right)
    .map(({ left, right, kind, similarity }) => ({
      kind,
      a: a[left]!,
      b: b[right]!,
      ...(kind === "near" ? { similarity } : {}),
    }));
}

interface Match {
  readonly left: number;
  readonly right: number;
  readonly kind: LeakKind;
  readonly similarity: number;
}

function isBetter(match: Match, known: Match | undefined): boolean {
  if (known === undefined) return true;
  const byKind = LEAK_KINDS.indexOf(known.kind) - LEAK_KINDS.indexOf(match.kind);
  const gain = byKind || match.similarity - known.similarity || known.left - match.left ||
    known.right - match.right;
  return gain > 0;
}

function samenessOf({ wording: a }: ExamItem, { wording: b }: ExamItem): LeakKind {
  if (a === undefined || b === undefined || a.unordered !== b.unordered) return "near";
  if (a.folded !== b.folded) return "shuffled";
  return a.verbatim === b.verbatim ? "identical" : "respelt";
}

function sharedArticles(a: readonly ExamItem[], b: readonly ExamItem[]): ArticleLeak[] {
  const ofB = itemsByArticle(b);
  // By name: an article may have a key by its law's title and one by its id.
  const found = new Map<string, { a: Set<ExamItem>; b: Set<ExamItem> }>();
  for (const [key, { name, items }] of itemsByArticle(a)) {
    const others = ofB.get(key)?.items;
    if (others === undefined) continue;
    if (items.every((item) => item.isExample) && others.every((item) => item.isExample)) continue;
    const known = found.get(name) ?? { a: new Set(), b: new Set() };
    for (const item of items) known.a.add(item);
    for (const item of others) known.b.add(item);
    found.set(name, known);
  }
  return [...found].map(([name, { a, b }]) => ({ name, a: [...a], b: [...b] }));
}

function itemsByArticle(
  items: readonly ExamItem[],
): Map<string, { name: string; items: ExamItem[] }> {
  const found = new Map<string, { name: string; items: ExamItem[] }>();
  for (const item of items) {
    for (const [key, name] of item.articles) {
      const known = found.get(key);
      if (known === undefined) found.set(key, { name, items: [item] });
      else known.items.push(item);
    }
  }
  return found;
}
