import type { Cluster } from "./cluster_bootstrap.ts";

/**
 * How many times larger the variance of the difference is because questions share articles: the
 * cluster-robust variance of the mean difference divided by the one of independent questions. Below
 * 1 where clusters happen to balance.
 * Sources: Kish, "Survey sampling" (1965), section 5.4; variance as in Liang and Zeger, Biometrika 73
 * (1986), without small-sample factors.
 * @param discordant gained + lost questions.
 * @returns undefined where nothing changed or everything changed alike.
 */
export function designEffect(
  clusters: readonly Cluster[],
  discordant: number,
): number | undefined {
  const total = clusters.reduce((sum, { size }) => sum + size, 0);
  const mean = clusters.reduce((sum, cluster) => sum + cluster.sum, 0) / total;
  const independent = discordant - total * mean ** 2;
  if (independent <= 1e-9) return undefined;
  const clustered = clusters.reduce((sum, cluster) => {
    const residual = cluster.sum - cluster.size * mean;
    return sum + residual ** 2;
  }, 0);
  return clustered / independent;
}
