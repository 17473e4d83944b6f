/** The part of jStat that is used; the package has no types of its own. */
interface NormalDistribution {
  cdf(value: number, mean: number, deviation: number): number;
  inv(share: number, mean: number, deviation: number): number;
}
declare const jstat: { readonly normal: NormalDistribution };
export default jstat;
