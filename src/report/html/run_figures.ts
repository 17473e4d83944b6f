import type { ComparedQuestion } from "../../compare/compared_run.ts";
import { type LetterProfile, letterProfile } from "../../compare/letter_profile.ts";
import { type CountedShare, countedShare } from "../../compare/paired_statistics.ts";
import { type Letter, LETTERS } from "../../dataset/question.ts";
import { definedOnly } from "../../eval/defined_only.ts";
import type { Outcome, QuestionResult } from "../../eval/result_schema.ts";
import type { ReportRun } from "./report_run.ts";

/** Percentiles of a measured quantity. */
export interface Spread {
  readonly count: number;
  readonly p5: number;
  readonly p25: number;
  readonly median: number;
  readonly p75: number;
  readonly p95: number;
}

/** Questions and right answers of one range of prompt lengths. */
export interface LengthGroup {
  /** Characters of the shortest and the longest prompt in it. */
  readonly least: number;
  readonly most: number;
  readonly right: CountedShare;
}

/** One run in figures; what was not measured is absent. */
export interface RunFigures {
  readonly accuracy: CountedShare;
  /** Of questions with a letter. */
  readonly answered?: CountedShare;
  readonly outcomes: Readonly<Record<Outcome, number>>;
  /** Of questions that did not end in an error. */
  readonly letters?: LetterProfile;
  /** Right answers of guessing without reading, best first. */
  readonly floors: readonly { readonly name: string; readonly right: CountedShare }[];
  readonly seconds?: Spread;
  readonly promptTokens?: Spread;
  readonly promptCharacters?: Spread;
  readonly completionTokens?: Spread;
  readonly byLength: readonly LengthGroup[];
}

/** Fewer prompts are not split by length. */
const FEWEST_TO_SPLIT = 40;

/** Measures one run, all its questions counted. */
export function runFigures({ run: { questions }, file }: ReportRun): RunFigures {
  const outcomes = { correct: 0, wrong: 0, unparsed: 0, truncated: 0, error: 0 };
  for (const { outcome } of questions) outcomes[outcome]++;
  const answered = outcomes.correct + outcomes.wrong;
  const asked = questions.filter(({ outcome }) => outcome !== "error");
  const results = file?.results ?? [];
  return {
    accuracy: countedShare(outcomes.correct, questions.length),
    outcomes,
    floors: floorsOf(questions, file?.summary.floors),
    byLength: groupByLength(asked),
    ...definedOnly({
      answered: answered === 0 ? undefined : countedShare(outcomes.correct, answered),
      letters: asked.length === 0 ? undefined : letterProfile(asked),
      seconds: spread(numbers(results, ({ seconds }) => seconds)),
      promptTokens: spread(numbers(results, (one) => one.prompt_tokens)),
      completionTokens: spread(numbers(results, (one) => one.completion_tokens)),
      promptCharacters: spread(numbers(results, ({ prompt }) => prompt.length)),
    }),
  };
}

/** Percentiles by linear interpolation between neighbours; undefined of nothing. */
export function spread(values: readonly number[]): Spread | undefined {
  if (values.length === 0) return undefined;
  const sorted = values.toSorted((x, y) => x - y);
  const at = (share: number) => {
    const place = share * (sorted.length - 1);
    const [low, high] = [sorted[Math.floor(place)]!, sorted[Math.ceil(place)]!];
    return low + (high - low) * (place - Math.floor(place));
  };
  return {
    count: sorted.length,
    p5: at(0.05),
    p25: at(0.25),
    median: at(0.5),
    p75: at(0.75),
    p95: at(0.95),
  };
}

function numbers(
  results: readonly QuestionResult[],
  of: (result: QuestionResult) => number | undefined,
): number[] {
  return results.map(of).filter((value) => value !== undefined);
}

type Floor = NonNullable<ReportRun["file"]>["summary"]["floors"][number];

/** As the file has them; without any, those of always giving one letter. */
function floorsOf(questions: readonly ComparedQuestion[], known: readonly Floor[] | undefined) {
  const always = (letter: Letter) => ({
    baseline: `always:${letter}`,
    correct_count: questions.filter(({ correct }) => correct === letter).length,
    total_count: questions.length,
  });
  return (known === undefined || known.length === 0 ? LETTERS.map(always) : known)
    .filter((floor) => floor.total_count > 0)
    .map((floor) => ({
      name: floor.baseline,
      right: countedShare(floor.correct_count, floor.total_count),
    }))
    .toSorted((x, y) => y.right.share - x.right.share);
}

function groupByLength(asked: readonly ComparedQuestion[]): LengthGroup[] {
  const known = asked.flatMap(({ prompt, outcome }) =>
    prompt === undefined ? [] : [{ length: prompt.length, isRight: outcome === "correct" }]
  ).toSorted((x, y) => x.length - y.length);
  if (known.length < FEWEST_TO_SPLIT) return [];
  return [0, 1, 2, 3].map((quarter) => {
    const members = known.slice(
      Math.round(known.length * quarter / 4),
      Math.round(known.length * (quarter + 1) / 4),
    );
    return {
      least: members[0]!.length,
      most: members.at(-1)!.length,
      right: countedShare(members.filter(({ isRight }) => isRight).length, members.length),
    };
  });
}
