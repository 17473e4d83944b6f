import type { Fact } from "./fact.ts";
import { norm, type NormKind, NORMS } from "./norm.ts";
import type { Profile } from "./profile.ts";
import type { Random } from "./random.ts";
import { type Slot, SLOT_POOLS, type SlotKind } from "./slot.ts";

/** A paragraph (項) and its items (号), in the statute's own words. */
export interface Paragraph {
  readonly text: string;
  readonly items?: readonly string[];
}

/** An article before it has a number: its text, and what it lays down as facts. */
export interface ArticleBody {
  readonly caption: string;
  readonly paragraphs: readonly Paragraph[];
  readonly facts: readonly Fact[];
}

/** Writes one article of a statute with freshly drawn slots. */
export type ArticleBuilder = (profile: Profile, draw: ArticleDraw) => ArticleBody;

/** Draws the slots of one article. */
export interface ArticleDraw {
  readonly random: Random;
  /** A value from the pool of the kind that this article hasn't used yet. */
  slot(kind: SlotKind): Slot;
  /** One of the two norms of the kind. */
  norm(kind: NormKind): Slot;
  /** The statute's three offices in random order. */
  offices(): [Slot, Slot, Slot];
}

/**
 * An {@link ArticleDraw}. No value comes twice in an article, so that a value moved from another
 * paragraph into a statement always makes it false.
 */
export function articleDraw(profile: Profile, random: Random): ArticleDraw {
  const used = new Set<string>([profile.grant.value]);
  return {
    random,
    slot(kind) {
      const slot = random.pick((SLOT_POOLS[kind] ?? []).filter((s) => !used.has(s.value)));
      used.add(slot.value);
      return slot;
    },
    norm: (kind) => norm(kind, random.pick(NORMS[kind])),
    offices: () => random.shuffle(profile.offices) as [Slot, Slot, Slot],
  };
}
