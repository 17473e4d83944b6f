import type { ContextCandidate } from "./context_candidate.ts";
import { type CutUnit, cutUnit } from "./cut_unit.ts";
import { renderUnit } from "./render_unit.ts";
import { shareBudget } from "./share_budget.ts";
import type { TokenCounter } from "./token_counter.ts";

/** How contexts are cut. */
export interface FitOptions {
  /** Most tokens of all contexts together, as {@linkcode joinContexts} joins them; absent: no limit. */
  readonly budgetTokens?: number;
  readonly countTokens: TokenCounter;
  /** Mark the best row in the text. */
  readonly isMarked?: boolean;
}

/** A candidate as text. */
export interface FittedContext extends CutUnit {
  readonly candidate: ContextCandidate;
}

/** What came into the budget. */
export interface FittedContexts {
  /** In the order of the candidates. */
  readonly fitted: readonly FittedContext[];
  /** Candidates without a text, in their order. */
  readonly leftOut: readonly ContextCandidate[];
  /** Tokens of all texts together. */
  readonly tokens: number;
}

/** A unit that has to be cut gets at least so many tokens, or the lowest rank gives way. */
const LEAST_TOKENS = 128;
/** A text with more characters a token than this counts as too long before it is counted. */
const MOST_CHARACTERS_PER_TOKEN = 16;

/** Contexts as the prompt shows them. */
export function joinContexts(texts: readonly string[]): string {
  return texts.join("\n\n");
}

/**
 * Makes candidates texts within a budget. The hits share it fairly, so that one long article does
 * not crowd out the others: the right one is often not the first. Where shares become too small, the
 * hits of the lowest rank are left out. Units that were added get what the hits leave.
 */
export function fitContexts(
  candidates: readonly ContextCandidate[],
  options: FitOptions,
): FittedContexts {
  const { budgetTokens: budget = Infinity, countTokens, isMarked = false } = options;
  const whole = candidates.map((candidate): FittedContext => {
    const { unit, rows, bestRow } = candidate;
    return { ...renderUnit(unit, rows, isMarked ? { markedRow: bestRow } : {}), candidate };
  });
  const isLong = ({ text }: { text: string }) => text.length > budget * MOST_CHARACTERS_PER_TOKEN;
  const all = { text: textOf(whole) };
  const tokens = isLong(all) ? Infinity : countTokens(all.text);
  if (tokens <= budget) return { fitted: whole, leftOut: [], tokens: all.text === "" ? 0 : tokens };

  const sized = whole.map((one): Sized => ({
    candidate: one.candidate,
    tokens: isLong(one) ? Infinity : countTokens(`${one.text}\n\n`),
  }));
  const place = (
    candidate: ContextCandidate,
    placed: readonly FittedContext[],
    limit: number,
  ): FittedContext | undefined => {
    const fits = (text: string) => countTokens(textOf([...placed, { text }])) <= limit;
    const found = cutUnit({ ...candidate, isMarked }, fits);
    return found && { ...found, candidate };
  };
  const placed = placeHits(
    sized.filter(({ candidate }) => candidate.expanded === undefined),
    budget,
    place,
  );
  for (const candidate of candidates) {
    if (placed.some((one) => one.candidate === candidate)) continue;
    const found = place(candidate, placed, budget);
    // A scrap of an article that is there by the way helps nobody.
    if (found !== undefined && found.cut?.isBestRowShortened !== true) placed.push(found);
  }
  return finish(candidates, placed, budget, countTokens);
}

interface Sized {
  readonly candidate: ContextCandidate;
  /** Of the whole unit; Infinity: far more than the budget. */
  readonly tokens: number;
}

type Place = (
  candidate: ContextCandidate,
  placed: readonly FittedContext[],
  limit: number,
) => FittedContext | undefined;

/** Cuts each hit to its share and what those before it left. */
function placeHits(hits: readonly Sized[], budget: number, place: Place): FittedContext[] {
  for (let kept = withFairShares(hits, budget);; kept = kept.slice(0, -1)) {
    const shares = shareBudget(kept.map(({ tokens }) => tokens), budget);
    const placed: FittedContext[] = [];
    let limit = 0;
    kept.forEach(({ candidate }, at) => {
      limit += shares[at]!;
      // What rounding left over is for the last.
      const found = place(candidate, placed, at === kept.length - 1 ? budget : limit);
      if (found !== undefined) placed.push(found);
    });
    const isPlaced = (one: Sized) => placed.some(({ candidate }) => candidate === one.candidate);
    // Where one has no room for its first sentence, the lowest rank gives way.
    if (kept.slice(0, -1).every(isPlaced)) return placed;
  }
}

/** The hits that can have a fair share of the budget: whole, or enough to say something. */
function withFairShares(hits: readonly Sized[], budget: number): readonly Sized[] {
  for (let kept = hits;;) {
    const shares = shareBudget(kept.map(({ tokens }) => tokens), budget);
    const isScant = (_: Sized, at: number) =>
      shares[at]! < Math.min(kept[at]!.tokens, LEAST_TOKENS);
    if (kept.length <= 1 || !kept.some(isScant)) return kept;
    // A short one of a low rank takes little from the others; the first stays in any case.
    const scant = kept.findLastIndex((one, at) => at > 0 && isScant(one, at));
    kept = kept.toSpliced(scant < 0 ? kept.length - 1 : scant, 1);
  }
}

function textOf(contexts: readonly { readonly text: string }[]): string {
  return joinContexts(contexts.map(({ text }) => text));
}

function inOrder(
  candidates: readonly ContextCandidate[],
  fitted: readonly FittedContext[],
): FittedContext[] {
  return fitted.toSorted((a, b) =>
    candidates.indexOf(a.candidate) - candidates.indexOf(b.candidate)
  );
}

function finish(
  candidates: readonly ContextCandidate[],
  fitted: readonly FittedContext[],
  budget: number,
  countTokens: TokenCounter,
): FittedContexts {
  let kept = [...fitted];
  let sorted = inOrder(candidates, kept);
  let tokens = countTokens(textOf(sorted));
  // In another order the same texts may be a token more; what was placed last gives way.
  while (tokens > budget && kept.length > 0) {
    kept = kept.slice(0, -1);
    sorted = inOrder(candidates, kept);
    tokens = countTokens(textOf(sorted));
  }
  return {
    fitted: sorted,
    leftOut: candidates.filter((one) => !sorted.some(({ candidate }) => candidate === one)),
    tokens: sorted.length === 0 ? 0 : tokens,
  };
}
