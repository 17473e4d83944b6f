/**
 * Does the verdict of `houqa compare` keep its word? Thousands of pairs of runs whose true difference
 * is known are drawn, and compared by the same code as real ones:
 *
 *     deno run tasks/bench/compare_simulation.ts [pairs, default 2000] [seed]
 *
 * Each question is right in both runs, gained, lost, or wrong in both. Questions of one article take
 * their article's outcome with probability √ρ and their own otherwise, so that ρ is the correlation
 * within articles and the true difference stays what it was set to.
 */
import { uniformFloat64 } from "pure-rand/distribution/uniformFloat64";
import { xoroshiro128plus } from "pure-rand/generator/xoroshiro128plus";
import { decide, decidingP } from "../../src/compare/decide.ts";
import { type AnswerPair, pairedStatistics } from "../../src/compare/paired_statistics.ts";
import { minimumDetectableDifference } from "../../src/stats/mcnemar_power.ts";
import { wilsonInterval } from "../../src/stats/wilson_interval.ts";

/** One kind of experiment. */
interface Scenario {
  readonly name: string;
  /** Questions of each article. */
  readonly sizes: readonly number[];
  /** Correlation of outcomes within an article. */
  readonly rho: number;
  /** True share of questions that change. */
  readonly discordance: number;
}

const many = (count: number, size: number): number[] => Array(count).fill(size);
const single = (count: number): number[] => many(count, 1);
/** The 82 groups of lawqa_jp's 140 questions by shared article, as compare puts them together. */
const LAWQA_SIZES = [9, 6, ...many(2, 4), ...many(5, 3), ...many(29, 2), ...many(44, 1)];

const SCENARIOS: readonly Scenario[] = [
  { name: "140, independent", sizes: single(140), rho: 0, discordance: 0.3 },
  { name: "140, few changes", sizes: single(140), rho: 0, discordance: 0.1 },
  { name: "140, many changes", sizes: single(140), rho: 0, discordance: 0.6 },
  { name: "140, articles, rho 0.3", sizes: LAWQA_SIZES, rho: 0.3, discordance: 0.4 },
  { name: "140, articles, rho 0.6", sizes: LAWQA_SIZES, rho: 0.6, discordance: 0.6 },
  { name: "560, 140 groups of 4, rho 0.3", sizes: many(140, 4), rho: 0.3, discordance: 0.2 },
  { name: "240, independent", sizes: single(240), rho: 0, discordance: 0.25 },
];

/** Shares of outcomes: both right, gained, lost, both wrong. */
function outcomeShares(discordance: number, difference: number): number[] {
  const same = 1 - discordance;
  return [0.6 * same, (discordance + difference) / 2, (discordance - difference) / 2, 0.4 * same];
}

function drawPairs({ sizes, rho }: Scenario, shares: readonly number[], random: () => number) {
  const draw = () => {
    let left = random();
    return shares.findIndex((share) => (left -= share) < 0);
  };
  const follow = Math.sqrt(rho);
  return sizes.flatMap((size, cluster): AnswerPair[] => {
    const common = draw();
    return Array.from({ length: size }, () => {
      const outcome = random() < follow ? common : draw();
      return { isFirstRight: outcome === 0 || outcome === 2, isSecondRight: outcome < 2, cluster };
    });
  });
}

/** Variance of the mean relative to independent questions. */
function trueDesignEffect({ sizes, rho }: Scenario): number {
  const total = sizes.reduce((sum, size) => sum + size, 0);
  return 1 + rho * (sizes.reduce((sum, size) => sum + size ** 2, 0) / total - 1);
}

interface Tally {
  better: number;
  worse: number;
  covered: number;
  newcombeCovered: number;
  /** Runs where nothing changed, so that there is no bootstrap interval. */
  without: number;
}

function simulate(scenario: Scenario, difference: number, pairs: number, seed: number): Tally {
  const generator = xoroshiro128plus(seed);
  const random = () => uniformFloat64(generator);
  const shares = outcomeShares(scenario.discordance, difference);
  const tally: Tally = { better: 0, worse: 0, covered: 0, newcombeCovered: 0, without: 0 };
  const holds = ({ low, high }: { low: number; high: number }) =>
    low <= difference + 1e-12 && difference - 1e-12 <= high;
  for (let run = 0; run < pairs; run++) {
    const statistics = pairedStatistics(drawPairs(scenario, shares, random), {
      resamples: 10_000,
      seed: run,
    });
    const decision = decide(statistics, decidingP(statistics));
    if (decision === "better") tally.better++;
    if (decision === "worse") tally.worse++;
    if (statistics.bootstrap === undefined) tally.without++;
    else if (holds(statistics.bootstrap)) tally.covered++;
    if (holds(statistics.newcombe)) tally.newcombeCovered++;
  }
  return tally;
}

const percent = (count: number, total: number) => {
  const { low, high } = wilsonInterval(count, total);
  const of = (share: number) => (100 * share).toFixed(1);
  return `${of(count / total)} % (${of(low)}–${of(high)})`;
};

const [pairs = 2000, seed = 20_260_101] = Deno.args.map(Number);
console.log(`${pairs} pairs each; in brackets 95 % intervals of the simulation itself\n`);
console.log(
  "| scenario | discordance | true difference | better or worse | right direction | BCa interval holds it | Newcombe's holds it |",
);
console.log("|---|---|---|---|---|---|---|");
for (const [index, scenario] of SCENARIOS.entries()) {
  const total = scenario.sizes.reduce((sum, size) => sum + size, 0);
  const effective = Math.floor(total / trueDesignEffect(scenario));
  const detectable = minimumDetectableDifference(effective, scenario.discordance);
  const twice = detectable === undefined ? undefined : 2 * detectable;
  const differences: [string, number][] = [["0", 0]];
  if (detectable !== undefined) differences.push([`MDE ${detectable.toFixed(3)}`, detectable]);
  // Twice as much must still be possible with this many changes.
  if (twice !== undefined && twice <= scenario.discordance) {
    differences.push([`2 MDE ${twice.toFixed(3)}`, twice]);
  }
  for (const [name, difference] of differences) {
    const tally = simulate(scenario, difference, pairs, seed + index);
    console.log(
      `| ${scenario.name} | ${scenario.discordance} | ${name} | ${
        percent(tally.better + tally.worse, pairs)
      } | ${difference === 0 ? "–" : percent(tally.better, pairs)} | ${
        percent(tally.covered, pairs - tally.without)
      } | ${percent(tally.newcombeCovered, pairs)} |`,
    );
  }
}
