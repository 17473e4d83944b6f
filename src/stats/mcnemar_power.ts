import { normalQuantile } from "./normal_distribution.ts";
import { binomialUpperTail } from "./binomial_tail.ts";

/** Chance of a false finding that a test may have. */
const ALPHA = 0.05;
/** The power that a comparison is planned for. */
export const PLANNED_POWER = 0.8;
/** Beyond this many questions the normal formula is used: it differs by less than 1 % there. */
const MOST_EXACT = 5_000;

/**
 * Chance that the exact McNemar test (two-sided) finds a true difference: the conditional power,
 * averaged over how many of the questions happen to change.
 * Source: unconditional power as in Duffy, "Asymptotic and exact power for the McNemar test and its
 * analogue with R controls per case", Biometrics 40 (1984).
 * @param questions independent ones.
 * @param discordance true share of questions that change.
 * @param difference true share gained minus share lost; at most `discordance` in size.
 * @param alpha level of the test.
 */
export function mcNemarPower(
  questions: number,
  discordance: number,
  difference: number,
  alpha = ALPHA,
): number {
  if (questions < 1 || discordance <= 0) return 0;
  const gainedShare = Math.min(1, (discordance + Math.abs(difference)) / (2 * discordance));
  const centre = questions * discordance;
  const spread = 9 * Math.sqrt(centre * (1 - discordance)) + 9;
  const first = Math.max(0, Math.floor(centre - spread));
  const last = Math.min(questions, Math.ceil(centre + spread));
  let power = 0;
  let critical = Math.ceil(first / 2);
  let chanceAbove = binomialUpperTail(first, questions, discordance);
  for (let changed = first; changed <= last; changed++) {
    const next = binomialUpperTail(changed + 1, questions, discordance);
    const chance = chanceAbove - next;
    chanceAbove = next;
    while (2 * binomialUpperTail(critical, changed, 0.5) > alpha) critical++;
    if (critical > changed) continue;
    power += chance * (
      binomialUpperTail(critical, changed, gainedShare) +
      binomialUpperTail(critical, changed, 1 - gainedShare)
    );
  }
  return power;
}

/**
 * Smallest true difference that is found with 80 % power, given how many questions change.
 * @param alpha level of the test.
 * @returns a share of the questions; undefined where not even the largest possible difference (every
 * change in one direction) would be found so often.
 */
export function minimumDetectableDifference(
  questions: number,
  discordance: number,
  alpha = ALPHA,
): number | undefined {
  const isEnough = (difference: number) =>
    questions > MOST_EXACT
      ? connorQuestions(discordance, difference, alpha) <= questions
      : mcNemarPower(questions, discordance, difference, alpha) >= PLANNED_POWER;
  if (discordance <= 0 || !isEnough(discordance)) return undefined;
  let [low, high] = [0, discordance];
  while (high - low > 1e-5) {
    const middle = (low + high) / 2;
    if (isEnough(middle)) high = middle;
    else low = middle;
  }
  return high;
}

/**
 * Independent questions needed to find a difference with 80 % power, given how many change.
 * @param alpha level of the test.
 * @returns undefined for no difference.
 */
export function questionsNeeded(
  discordance: number,
  difference: number,
  alpha = ALPHA,
): number | undefined {
  if (difference === 0 || discordance <= 0) return undefined;
  const guess = connorQuestions(discordance, difference, alpha);
  if (guess > MOST_EXACT) return guess;
  const isEnough = (questions: number) =>
    mcNemarPower(questions, discordance, difference, alpha) >= PLANNED_POWER;
  // The exact test needs a few more than the formula; small numbers of changes need far more.
  let [low, high] = [1, guess];
  while (!isEnough(high)) [low, high] = [high, Math.ceil(high * 1.25)];
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2);
    if (isEnough(middle)) high = middle;
    else low = middle;
  }
  return high;
}

/**
 * Questions needed by the normal approximation.
 * Source: Connor, "Sample size for testing differences in proportions for the paired-sample design",
 * Biometrics 43 (1987), after Miettinen (1968).
 */
export function connorQuestions(
  discordance: number,
  difference: number,
  alpha = ALPHA,
): number {
  const level = normalQuantile(1 - alpha / 2);
  const beta = normalQuantile(PLANNED_POWER);
  const spread = level * Math.sqrt(discordance) +
    beta * Math.sqrt(Math.max(0, discordance - difference ** 2));
  return Math.ceil((spread / difference) ** 2);
}
