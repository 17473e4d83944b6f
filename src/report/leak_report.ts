import type { ExamFile } from "../dataset/leaks/read_exam_file.ts";
import type { ExamItem } from "../dataset/leaks/exam_item.ts";
import { LEAK_KINDS, type LeakKind, type Leaks } from "../dataset/leaks/find_leaks.ts";
import { NEAR_CONTAINMENT, NEAR_JACCARD } from "../dataset/leaks/find_near_duplicates.ts";
import { GRAM_LENGTH } from "../dataset/leaks/grams.ts";
import { countWithShare } from "./columns.ts";

/** Two files and what they share. */
export interface LeakComparison {
  readonly a: ExamFile;
  readonly b: ExamFile;
  readonly leaks: Leaks;
}

/** Leaks that are shown one by one; JSON has all. */
const MOST_SHOWN = 20;

const KIND_NAMES: Readonly<Record<LeakKind, string>> = {
  identical: "the same",
  respelt: "the same but for width, spaces, punctuation",
  shuffled: "the same with the choices in another order",
  near: "nearly the same",
};

/** What files share, as lines of text without a final newline. */
export function renderLeakReport(comparisons: readonly LeakComparison[]): string {
  return comparisons.map(renderComparison).join("\n\n");
}

function renderComparison({ a, b, leaks }: LeakComparison): string {
  const lines = [`A  ${describe(a)}`, `B  ${describe(b)}`];
  if (a.sha256 === b.sha256) lines.push("A and B are the same bytes.");
  if (!hasLeaks(leaks)) return [...lines, "No leak found."].join("\n");
  const { questions, articles } = leaks;
  for (
    const [name, file, items] of [["A", a, touched(leaks, "a")], [
      "B",
      b,
      touched(leaks, "b"),
    ]] as const
  ) {
    const total = file.items.filter(({ isExample }) => !isExample).length;
    lines.push(`LEAK: ${countWithShare(items.size, total)} of the questions of ${name}`);
  }
  for (const kind of LEAK_KINDS) {
    const found = questions.filter((leak) => leak.kind === kind);
    if (found.length === 0) continue;
    lines.push("", `Question ${KIND_NAMES[kind]}: ${pairs(found.length)}`);
    lines.push(...shown(found.map(({ a, b, similarity }) =>
      `  ${where(a)} | ${where(b)}` +
      (similarity === undefined ? "" : ` | similarity ${similarity.toFixed(2)}`)
    )));
  }
  if (articles.length > 0) {
    lines.push("", `Article of both: ${articles.length}`);
    lines.push(
      ...shown(
        articles.map(({ name, a, b }) =>
          `  ${name} | A ${a.length}: ${someOf(a)} | B ${b.length}: ${someOf(b)}`
        ),
      ),
    );
  }
  return lines.join("\n");
}

/** True where anything is shared. */
export function hasLeaks({ questions, articles }: Leaks): boolean {
  return questions.length > 0 || articles.length > 0;
}

/** The same for scripts, as JSON: every leak. */
export function leakReportJson(comparisons: readonly LeakComparison[]): string {
  const reference = ({ position, name, isExample }: ExamItem) => ({
    position,
    name,
    ...(isExample ? { is_example: true } : {}),
  });
  return JSON.stringify(
    {
      schema_version: 1,
      gram_length: GRAM_LENGTH,
      near_jaccard: NEAR_JACCARD,
      near_containment: NEAR_CONTAINMENT,
      leak_found: comparisons.some(({ leaks }) => hasLeaks(leaks)),
      comparisons: comparisons.map(({ a, b, leaks }) => ({
        ...{ a: fileJson(a, touched(leaks, "a")), b: fileJson(b, touched(leaks, "b")) },
        questions: leaks.questions.map(({ kind, a, b, similarity }) => ({
          kind,
          a: reference(a),
          b: reference(b),
          ...(similarity === undefined ? {} : { similarity }),
        })),
        articles: leaks.articles.map(({ name, a, b }) => ({
          name,
          a: a.map(reference),
          b: b.map(reference),
        })),
      })),
    },
    null,
    2,
  );
}

function fileJson(file: ExamFile, leaking: ReadonlySet<ExamItem>) {
  const { path, sha256, items } = file;
  return {
    path,
    sha256,
    question_count: items.filter(({ isExample }) => !isExample).length,
    without_article_count: withoutArticle(file),
    leaking_count: leaking.size,
  };
}

/** The questions of one file that share something; worked examples are no questions of it. */
function touched({ questions, articles }: Leaks, side: "a" | "b"): Set<ExamItem> {
  const items = [
    ...questions.map((leak) => leak[side]),
    ...articles.flatMap((leak) => leak[side]),
  ];
  return new Set(items.filter(({ isExample }) => !isExample));
}

function describe(file: ExamFile): string {
  const examples = file.items.filter(({ isExample }) => isExample).length;
  const count = file.items.length - examples;
  const what = (file.form === "chat" ? "record" : "question") + (count === 1 ? "" : "s");
  const silent = withoutArticle(file);
  return `${file.path}: ${count} ${what}` +
    (examples === 0 ? "" : `, ${examples} worked examples`) +
    (silent === 0 ? "" : ` (${silent} name no article: only their wording can be compared)`);
}

/** Questions of which no article is known, so that a shared one can't be found. */
function withoutArticle({ items }: ExamFile): number {
  return items.filter(({ isExample, articles }) => !isExample && articles.size === 0).length;
}

function where({ position, name }: ExamItem): string {
  return name.startsWith("line ") ? name : `${position} ${name}`;
}

function someOf(items: readonly ExamItem[]): string {
  return items.slice(0, 3).map(where).join(", ") + (items.length > 3 ? ", …" : "");
}

function shown(lines: readonly string[]): string[] {
  if (lines.length <= MOST_SHOWN) return [...lines];
  return [
    ...lines.slice(0, MOST_SHOWN),
    `  and ${lines.length - MOST_SHOWN} more (--json lists all)`,
  ];
}

function pairs(count: number): string {
  return count === 1 ? "1 pair" : `${count} pairs`;
}
