import { minimumDetectableDifference, questionsNeeded } from "../stats/mcnemar_power.ts";
import type { PairedStatistics } from "./paired_statistics.ts";

/** What these questions could have shown. */
export interface Sensitivity {
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

/** The power of a comparison with as many changes and as much sharing of articles as seen. */
export function sensitivity(statistics: PairedStatistics): Sensitivity {
  const { counts, total, difference } = statistics;
  const discordance = (counts.gained + counts.lost) / total;
  const effect = Math.max(1, statistics.designEffect ?? 1);
  const effective = total / effect;
  const detectable = minimumDetectableDifference(Math.floor(effective), discordance);
  const needed = questionsNeeded(discordance, Math.abs(difference));
  return {
    discordance,
    effectiveQuestions: effective,
    ...(detectable === undefined ? {} : { detectable }),
    ...(needed === undefined ? {} : { questionsNeeded: Math.ceil(needed * effect) }),
  };
}
