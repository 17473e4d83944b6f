import type { ComparedRun } from "./compared_run.ts";
import type { Decision } from "./decide.ts";
import type { LetterProfile } from "./letter_profile.ts";
import type { OutputChanges } from "./output_changes.ts";
import type { Pairing } from "./pair_questions.ts";
import type { PairedStatistics } from "./paired_statistics.ts";

/** What a comparison allows to say. */
export type VerdictKind =
  | Decision
  /** Every output is the same. */
  | "nothing_changed"
  /** More right answers, but the second run gives one letter to most questions. */
  | "collapsed"
  /** Fewer right answers, but those of the first run come from giving one letter. */
  | "baseline_collapsed";

/** Something without which the verdict would be misread. */
export type Caution =
  | { readonly about: "collapse"; readonly run: "first" | "second" }
  /** At least half of the difference is what the better run's letters bring if given blindly. */
  | {
    readonly about: "letters_alone";
    readonly run: "first" | "second";
    readonly difference: number;
  }
  /** The better run is not above always giving the most frequent correct letter. */
  | {
    readonly about: "below_constant";
    readonly run: "first" | "second";
    readonly letter: string;
    readonly count: number;
  }
  /** Most of what was gained had had no readable answer. */
  | { readonly about: "format"; readonly count: number; readonly of: number }
  /** Most of what was lost has no readable answer now. */
  | { readonly about: "unreadable_now"; readonly count: number; readonly of: number }
  | { readonly about: "errors"; readonly count: number }
  | { readonly about: "not_paired"; readonly count: number }
  | { readonly about: "same_model" }
  /** Articles are not known: answers that stand and fall together count as independent. */
  | { readonly about: "no_articles" };

/** The answer to "did it get better?". */
export interface Verdict {
  readonly kind: VerdictKind;
  readonly cautions: readonly Caution[];
}

/** What a verdict is made from. */
export interface Evidence {
  readonly first: ComparedRun;
  readonly second: ComparedRun;
  readonly pairing: Pairing;
  readonly statistics: PairedStatistics;
  readonly decision: Decision;
  readonly letters: { readonly first: LetterProfile; readonly second: LetterProfile };
  readonly outputs: OutputChanges;
  readonly clusteredBy: "article" | "law" | "question";
}

/** Draws the verdict; it never says more than {@linkcode Evidence.decision}. */
export function drawVerdict(evidence: Evidence): Verdict {
  const { decision, letters, outputs } = evidence;
  const kind = outputs.isIdentical
    ? "nothing_changed"
    : decision === "better" && letters.second.takeover !== undefined
    ? "collapsed"
    : decision === "worse" && letters.first.takeover !== undefined &&
        lettersAlone(evidence, "first") !== undefined
    ? "baseline_collapsed"
    : decision;
  return { kind, cautions: findCautions(evidence, kind) };
}

function findCautions(evidence: Evidence, kind: VerdictKind): Caution[] {
  const { letters, statistics, pairing } = evidence;
  const cautions: Caution[] = [];
  for (const run of ["first", "second"] as const) {
    if (letters[run].takeover !== undefined) cautions.push({ about: "collapse", run });
  }
  const ahead = aheadOf(kind);
  if (ahead !== undefined) {
    const byLetters = lettersAlone(evidence, ahead);
    if (byLetters !== undefined) {
      cautions.push({ about: "letters_alone", run: ahead, difference: byLetters });
    }
    const [letter, count] = mostFrequentCorrect(pairing);
    if (statistics[ahead].count <= count) {
      cautions.push({ about: "below_constant", run: ahead, letter, count });
    }
  }
  cautions.push(...formatCautions(pairing));
  if (pairing.errors > 0) cautions.push({ about: "errors", count: pairing.errors });
  const unpaired = pairing.onlyFirst + pairing.onlySecond + pairing.otherCorrect;
  if (unpaired > 0) cautions.push({ about: "not_paired", count: unpaired });
  if (isSameModel(evidence)) cautions.push({ about: "same_model" });
  if (evidence.clusteredBy !== "article" && kind !== "nothing_changed") {
    cautions.push({ about: "no_articles" });
  }
  return cautions;
}

/** The run with more right answers, where a verdict says that one has. */
function aheadOf(kind: VerdictKind): "first" | "second" | undefined {
  if (kind === "better" || kind === "collapsed") return "second";
  return kind === "worse" || kind === "baseline_collapsed" ? "first" : undefined;
}

/**
 * What one run's letters are worth more than the other's if given blindly, where that is at least
 * half of the difference.
 */
function lettersAlone(
  { letters, statistics }: Evidence,
  ahead: "first" | "second",
): number | undefined {
  const behind = ahead === "first" ? "second" : "first";
  // A run without letters has a blind accuracy of 0: `format` and `unreadable_now` tell that.
  if (2 * letters[behind].none >= statistics.total) return undefined;
  const byLetters = letters[ahead].blindAccuracy - letters[behind].blindAccuracy;
  return 2 * byLetters >= Math.abs(statistics.difference) ? byLetters : undefined;
}

function formatCautions({ pairs }: Pairing): Caution[] {
  const gained = pairs.filter(({ first, second }) =>
    first.outcome !== "correct" && second.outcome === "correct"
  );
  const lost = pairs.filter(({ first, second }) =>
    first.outcome === "correct" && second.outcome !== "correct"
  );
  const unreadBefore = gained.filter(({ first }) => first.predicted === undefined).length;
  const unreadNow = lost.filter(({ second }) => second.predicted === undefined).length;
  return [
    ...(2 * unreadBefore > gained.length
      ? [{ about: "format", count: unreadBefore, of: gained.length } as const]
      : []),
    ...(2 * unreadNow > lost.length
      ? [{ about: "unreadable_now", count: unreadNow, of: lost.length } as const]
      : []),
  ];
}

function mostFrequentCorrect({ pairs }: Pairing): [string, number] {
  const counts = Map.groupBy(pairs, ({ first }) => first.correct);
  return [...counts].map(([letter, members]): [string, number] => [letter, members.length])
    .reduce((best, next) => next[1] > best[1] ? next : best);
}

/** The same weights and the same adapter, as far as both files tell. */
function isSameModel({ first, second }: Evidence): boolean {
  const digest = "provenance.llm.model_digest";
  if (first.facts.get(digest) === undefined) return false;
  return [digest, "provenance.llm.adapter_digest"].every((fact) =>
    first.facts.get(fact) === second.facts.get(fact)
  );
}
