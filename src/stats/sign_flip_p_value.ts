/**
 * Exact two-sided test of "swapping the two runs makes no difference", where questions that share an
 * article are swapped together: the p-value is the share of all 2^k assignments of signs to the k
 * clusters whose sum is at least as far from zero as the one seen. With clusters of one question it
 * is McNemar's exact test.
 * Source: randomisation test of Fisher, "The design of experiments" (1935), section 21, on cluster
 * sums; the distribution is built up cluster by cluster, so that it is exact and needs no random draw.
 * @param clusterSums gained minus lost, whole numbers, in each cluster.
 */
export function signFlipPValue(clusterSums: readonly number[]): number {
  const steps = clusterSums.map(Math.abs).filter((step) => step > 0);
  const reach = steps.reduce((sum, step) => sum + step, 0);
  const seen = Math.abs(clusterSums.reduce((sum, value) => sum + value, 0));
  if (reach === 0) return 1;
  // chance[reach + s] = probability that the clusters so far sum to s.
  let chance = new Float64Array(2 * reach + 1);
  chance[reach] = 1;
  let soFar = 0;
  for (const step of steps) {
    const next = new Float64Array(chance.length);
    for (let place = reach - soFar; place <= reach + soFar; place++) {
      const half = chance[place]! / 2;
      if (half === 0) continue;
      next[place - step]! += half;
      next[place + step]! += half;
    }
    chance = next;
    soFar += step;
  }
  let tail = 0;
  for (let sum = reach; sum >= Math.max(1, seen); sum--) {
    tail += chance[reach + sum]! + chance[reach - sum]!;
  }
  return seen === 0 ? 1 : Math.min(1, tail);
}
