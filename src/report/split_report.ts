import { LETTERS, type Question } from "../dataset/question.ts";
import { lawOfQuestion } from "../dataset/split/law_of_question.ts";
import type { DatasetSplit, SplitSide } from "../dataset/split/split_dataset.ts";
import type { WrittenSide } from "../dataset/split/write_split.ts";
import { columns, countWithShare } from "./columns.ts";

/** What a split was made of. */
export interface SplitReportSource {
  readonly path: string;
  readonly sha256: string;
  readonly questions: readonly Question[];
}

/** A law or a correct letter. */
interface Stratum {
  readonly name: string;
  readonly has: (question: Question) => boolean;
}

/** A split as lines of text without a final newline. */
export function renderSplitReport(
  source: SplitReportSource,
  split: DatasetSplit,
  seed: number,
  written: readonly WrittenSide[],
): string {
  const { questions } = source;
  const strata = { Law: lawsOf(questions), Letter: lettersAsStrata() };
  const lines = [
    `Data    ${source.path}: ${questions.length} questions, sha256 ${source.sha256}`,
    `Groups  ${describeGroups(split)}`,
    `Seed    ${seed}`,
  ];
  for (const [title, ofKind] of Object.entries(strata)) {
    lines.push("", ...columns(distribution(title, ofKind, questions, split.sides)));
  }
  lines.push("", ...problemLines(split), ...unbalanced(strata, questions, split.sides), "");
  for (const { path, sha256 } of written) lines.push(`${path} (sha256 ${sha256})`);
  return lines.join("\n");
}

function lawsOf(questions: readonly Question[]): Stratum[] {
  const counts = new Map<string, number>();
  for (const law of questions.map(lawOfQuestion).sort()) {
    counts.set(law, (counts.get(law) ?? 0) + 1);
  }
  return [...counts].sort(([, x], [, y]) => y - x)
    .map(([law]) => ({ name: law, has: (question) => lawOfQuestion(question) === law }));
}

function lettersAsStrata(): Stratum[] {
  return LETTERS.map((letter) => ({ name: letter, has: ({ answer }) => answer === letter }));
}

function describeGroups({ groups }: DatasetSplit): string {
  const sizes = groups.map(({ questions }) => questions.length).sort((x, y) => y - x);
  const several = sizes.filter((size) => size > 1);
  const largest = several.slice(0, 5).join(", ");
  return `${groups.length} that share an article or nearly their wording and are not parted` +
    (several.length === 0
      ? ", each of one question"
      : `; ${several.length} of several questions (${largest}${several.length > 5 ? ", …" : ""})`);
}

function distribution(
  title: string,
  strata: readonly Stratum[],
  all: readonly Question[],
  sides: readonly SplitSide[],
): string[][] {
  const parts = [{ name: "all", questions: all }, ...sides];
  return [
    [title, ...parts.map(({ name }) => name)],
    ...strata.map(({ name, has }) => [
      name,
      ...parts.map(({ questions }) =>
        countWithShare(questions.filter(has).length, questions.length)
      ),
    ]),
    ["in all", ...parts.map(({ questions }) => String(questions.length))],
  ];
}

function problemLines({ sides, unused, isNearest }: DatasetSplit): string[] {
  const lines: string[] = [];
  const missed = sides.filter(({ questions, wantedSize }) => questions.length !== wantedSize);
  if (missed.length > 0) {
    const sizes = missed.map(({ name, questions, wantedSize }) =>
      `${name} has ${questions.length} instead of ${wantedSize}`
    ).join(", ");
    const why = isNearest ? "whole groups give nothing nearer" : "the nearest that was found";
    lines.push(`Sizes not met: ${sizes} (${why}).`);
  }
  if (unused.length > 0) lines.push(`Not used: ${unused.length} questions, in no file.`);
  return lines;
}

/** Laws and letters of which a side has at least one question too many or too few. */
function unbalanced(
  strata: Readonly<Record<string, readonly Stratum[]>>,
  all: readonly Question[],
  sides: readonly SplitSide[],
): string[] {
  const lines: string[] = [];
  for (const [title, ofKind] of Object.entries(strata)) {
    for (const { name, has } of ofKind) {
      const total = all.filter(has).length;
      for (const side of sides) {
        const expected = side.questions.length * total / all.length;
        const count = side.questions.filter(has).length;
        if (Math.abs(count - expected) < 1) continue;
        lines.push(
          `  ${title.toLowerCase()} ${name}: ${side.name} has ${count}, its share would be ${
            expected.toFixed(1)
          }`,
        );
      }
    }
  }
  return lines.length === 0
    ? ["Balanced: on every side every law and letter is less than one question off its share."]
    : ["Not balanced, because groups are not parted:", ...lines];
}
