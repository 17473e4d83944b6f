import type { CorpusStore, StoredUnit } from "../index/corpus_store.ts";
import type { ArticleHit } from "../search/article_search.ts";
import type { ContextCandidate, Expanded, Expansion } from "./context_candidate.ts";

/** Another unit that the text of a unit refers to, with the row that is meant. */
export interface ReferencedUnit {
  readonly unit: number;
  readonly bestRow: number;
}

/** How hits are expanded. */
export interface ExpandOptions {
  readonly expand?: readonly Expansion[];
  /** The units that a unit refers to, the most important first. */
  readonly referencesOf?: (unit: number) => readonly ReferencedUnit[];
  /** Most units added for the references of one hit; default {@linkcode MOST_REFERENCES}. */
  readonly mostReferences?: number;
}

/** What may become the context. */
export interface ExpandedHits {
  /** The hits, each unit once, and after them the units that were added. */
  readonly candidates: readonly ContextCandidate[];
  /** Referenced units beyond the most that are added for one hit. */
  readonly tooMany: readonly ContextCandidate[];
}

/** Some articles refer to dozens of others. */
export const MOST_REFERENCES = 5;

/**
 * The units of a search's hits, and after them what the options add: for each hit, best first, the
 * units that it refers to and the articles before and behind it. Deleted units are not added.
 * @throws {RangeError} for a hit that is not in the store.
 */
export function expandHits(
  store: CorpusStore,
  hits: readonly ArticleHit[],
  { expand = [], referencesOf = () => [], mostReferences = MOST_REFERENCES }: ExpandOptions = {},
): ExpandedHits {
  const candidates: ContextCandidate[] = [];
  const tooMany: ContextCandidate[] = [];
  const known = new Set<number>();
  for (const { unit, bestRow, score } of hits) {
    if (known.has(unit)) continue;
    known.add(unit);
    const rank = candidates.length + 1;
    candidates.push({ unit: store.unit(unit), rows: store.rowsOf(unit), bestRow, rank, score });
  }
  const add = (hit: ContextCandidate, to: ReferencedUnit, relation: Expanded["relation"]) => {
    const unit = store.unit(to.unit);
    if (known.has(to.unit) || unit.isDeleted) return false;
    known.add(to.unit);
    candidates.push({
      unit,
      rows: store.rowsOf(to.unit),
      bestRow: to.bestRow,
      rank: candidates.length + 1,
      score: hit.score,
      expanded: { relation, ofRank: hit.rank },
    });
    return true;
  };
  for (const hit of candidates.slice()) {
    if (expand.includes("references")) {
      let added = 0;
      for (const reference of referencesOf(hit.unit.unit)) {
        if (added < mostReferences) added += Number(add(hit, reference, "reference"));
        else if (!known.has(reference.unit)) tooMany.push(leftOver(store, hit, reference));
      }
    }
    if (expand.includes("neighbours")) {
      for (const [relation, step] of [["previous", -1], ["next", 1]] as const) {
        const neighbour = neighbourOf(store, hit.unit, step);
        if (neighbour === undefined) continue;
        add(hit, { unit: neighbour.unit, bestRow: neighbour.firstRow }, relation);
      }
    }
  }
  const added = new Set(candidates.map(({ unit }) => unit.unit));
  const over = new Map(tooMany.map((one) => [one.unit.unit, one]));
  return {
    candidates,
    tooMany: over.values().filter(({ unit }) => !added.has(unit.unit) && !unit.isDeleted).toArray(),
  };
}

function leftOver(
  store: CorpusStore,
  { rank, score }: ContextCandidate,
  { unit, bestRow }: ReferencedUnit,
): ContextCandidate {
  const expanded = { relation: "reference", ofRank: rank } as const;
  return { unit: store.unit(unit), rows: store.rowsOf(unit), bestRow, rank: 0, score, expanded };
}

/** The unit beside another in the same part of the same law. */
function neighbourOf(store: CorpusStore, of: StoredUnit, step: -1 | 1): StoredUnit | undefined {
  const number = of.unit + step;
  if (number < 0 || number >= store.unitCount) return undefined;
  const unit = store.unit(number);
  const isSamePart = unit.lawId === of.lawId && unit.provision === of.provision &&
    unit.amendingLawNum === of.amendingLawNum;
  return isSamePart ? unit : undefined;
}
