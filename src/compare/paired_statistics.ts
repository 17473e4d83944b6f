import {
  type BootstrapOptions,
  type Cluster,
  clusterBootstrapInterval,
  DEFAULT_BOOTSTRAP,
} from "../stats/cluster_bootstrap.ts";
import { designEffect } from "../stats/design_effect.ts";
import { type McNemarPValues, mcNemarPValues } from "../stats/mcnemar_p_values.ts";
import { newcombePairedInterval, type PairedCounts } from "../stats/newcombe_paired_interval.ts";
import { signFlipPValue } from "../stats/sign_flip_p_value.ts";
import { type Interval, wilsonInterval } from "../stats/wilson_interval.ts";

/** One question that both runs were asked. */
export interface AnswerPair {
  readonly isFirstRight: boolean;
  readonly isSecondRight: boolean;
  /** Questions of one cluster share an article. */
  readonly cluster: number;
}

/** A count and what it is of. */
export interface CountedShare {
  readonly count: number;
  readonly total: number;
  readonly share: number;
  /** 95 % Wilson interval. */
  readonly interval: Interval;
}

/** What two runs on the same questions show; differences are second minus first, from -1 to 1. */
export interface PairedStatistics {
  readonly counts: PairedCounts;
  readonly total: number;
  readonly first: CountedShare;
  readonly second: CountedShare;
  readonly difference: number;
  /** 95 % BCa bootstrap interval that draws clusters; absent where nothing changed. */
  readonly bootstrap?: Interval;
  readonly newcombe: Interval;
  readonly mcnemar: McNemarPValues;
  /** Exact p-value with the questions of a cluster swapped together. */
  readonly clusteredP: number;
  readonly clusterCount: number;
  readonly largestCluster: number;
  /** Variance of the difference relative to independent questions. */
  readonly designEffect?: number;
}

/**
 * Tests and intervals of paired answers.
 * @param pairs at least one.
 */
export function pairedStatistics(
  pairs: readonly AnswerPair[],
  bootstrap: BootstrapOptions = DEFAULT_BOOTSTRAP,
): PairedStatistics {
  const counts = countPairs(pairs);
  const total = pairs.length;
  const clusters = sumClusters(pairs);
  const discordant = counts.gained + counts.lost;
  const interval = clusterBootstrapInterval(clusters, bootstrap);
  const effect = designEffect(clusters, discordant);
  return {
    counts,
    total,
    first: countedShare(counts.bothRight + counts.lost, total),
    second: countedShare(counts.bothRight + counts.gained, total),
    difference: (counts.gained - counts.lost) / total,
    ...(interval === undefined ? {} : { bootstrap: interval }),
    newcombe: newcombePairedInterval(counts),
    mcnemar: mcNemarPValues(counts.gained, counts.lost),
    clusteredP: signFlipPValue(clusters.map(({ sum }) => sum)),
    clusterCount: clusters.length,
    largestCluster: Math.max(...clusters.map(({ size }) => size)),
    ...(effect === undefined ? {} : { designEffect: effect }),
  };
}

/** Counts the four ways in which a pair can come out. */
export function countPairs(
  pairs: readonly Pick<AnswerPair, "isFirstRight" | "isSecondRight">[],
): PairedCounts {
  const count = (first: boolean, second: boolean) =>
    pairs.filter((pair) => pair.isFirstRight === first && pair.isSecondRight === second).length;
  return {
    bothRight: count(true, true),
    gained: count(false, true),
    lost: count(true, false),
    bothWrong: count(false, false),
  };
}

/** A share with its Wilson interval; `total` is at least 1. */
export function countedShare(count: number, total: number): CountedShare {
  return { count, total, share: count / total, interval: wilsonInterval(count, total) };
}

function sumClusters(pairs: readonly AnswerPair[]): Cluster[] {
  const clusters = new Map<number, { sum: number; size: number }>();
  for (const { isFirstRight, isSecondRight, cluster } of pairs) {
    const known = clusters.get(cluster) ?? { sum: 0, size: 0 };
    known.sum += Number(isSecondRight) - Number(isFirstRight);
    known.size++;
    clusters.set(cluster, known);
  }
  return [...clusters.values()];
}
