import type { Provision } from "../corpus/law.ts";

/** A place in a law, in e-Gov's numbers: 第二十一条の二第三項第五号イ is 21_2, 3, 5, イ. */
export interface Place {
  readonly provision: Provision;
  /** Number of the article or 別表, e.g. `21_2`; absent for 附則 as a whole and an unnumbered 別表. */
  readonly num?: string;
  /** 項, e.g. `3`. */
  readonly paragraph?: string;
  /** 号, e.g. `5` or `5_2`. */
  readonly item?: string;
  /** Below the item, outermost first, as printed: `イ`, `(1)`. */
  readonly subitems?: readonly string[];
}

/**
 * How an article is named: by its number; 同条, 本条, 前条, 次条 (and 前二条) from where one is; or only by
 * 第二項 or 第三号, which stand in an article named before.
 */
export type PlaceAnchor = "number" | "same" | "this" | "previous" | "next" | "none";

/** A place named in a text, without the law that it stands in. */
export interface PlaceMention {
  /** Where it stands in the text, in UTF-16 units. */
  readonly start: number;
  readonly end: number;
  readonly anchor: PlaceAnchor;
  /** 前二条: 2. */
  readonly count?: number;
  readonly place: Place;
  /** True where only 及び, 又は, から … stand between it and the place named before. */
  readonly isJoined: boolean;
  /** True for the second of 第五条から第七条まで. */
  readonly endsRange: boolean;
}
