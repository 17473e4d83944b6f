import type { StoredRow, StoredUnit } from "../index/corpus_store.ts";

/** What can be added to the hits. */
export const EXPANSIONS = ["neighbours", "references"] as const;
/** One of the {@linkcode EXPANSIONS}. */
export type Expansion = (typeof EXPANSIONS)[number];

/** Why a unit that was not found is there all the same. */
export interface Expanded {
  /** It stands before or behind a hit in its law, or the hit's text refers to it. */
  readonly relation: "previous" | "next" | "reference";
  /** Rank of that hit. */
  readonly ofRank: number;
}

/** A unit that may become part of the context. */
export interface ContextCandidate {
  readonly unit: StoredUnit;
  /** All its rows, in order. */
  readonly rows: readonly StoredRow[];
  /** Number, in the store, of the row that counts most. */
  readonly bestRow: number;
  /** From 1; units that were added come after the hits. */
  readonly rank: number;
  /** The search's; for a unit that was added, that of the hit which it was added for. */
  readonly score: number;
  /** Absent for a hit. */
  readonly expanded?: Expanded;
}
