import { minimumDetectableDifference, questionsNeeded } from "../stats/mcnemar_power.ts";
import { SIGNIFICANCE } from "./decide.ts";
import type { PairedStatistics } from "./paired_statistics.ts";

/** What these questions could have shown. */
export interface Sensitivity {
  /** The p-value below which a difference counts: of several comparisons Holm's strictest step. */
  readonly alpha: number;
  /** Share of questions that changed. */
  readonly discordance: number;
  /** Questions that count, after those that share articles: never more than there are. */
  readonly effectiveQuestions: number;
  /**
   * Smallest true difference found with 80 % power if so many questions change; absent where not even
   * changes in one direction only would be found.
   */
  readonly detectable?: number;
  /** Questions like these needed to find the difference seen, with 80 % power; absent for none. */
  readonly questionsNeeded?: number;
}

/**
 * The power of a comparison with as many changes and as much sharing of articles as seen.
 * @param comparisons made with the same baseline: Holm's adjustment asks the smallest p-value to be
 * below 5 % divided by their number, and which one that will be is not known before.
 */
export function sensitivity(statistics: PairedStatistics, comparisons = 1): Sensitivity {
  const { counts, total, difference } = statistics;
  const discordance = (counts.gained + counts.lost) / total;
  const effect = Math.max(1, statistics.designEffect ?? 1);
  const effective = total / effect;
  const alpha = SIGNIFICANCE / comparisons;
  const detectable = minimumDetectableDifference(Math.floor(effective), discordance, alpha);
  const needed = questionsNeeded(discordance, Math.abs(difference), alpha);
  return {
    alpha,
    discordance,
    effectiveQuestions: effective,
    ...(detectable === undefined ? {} : { detectable }),
    ...(needed === undefined ? {} : { questionsNeeded: Math.ceil(needed * effect) }),
  };
}
