import type { Place, PlaceMention } from "./place.ts";

/**
 * How sure it is which law is meant, from the surest: its name (or a name that the text defines)
 * stands before the article; 同法, 法 or 施行令 does; nothing does, and it is the law named last.
 */
export const CONFIDENCES = ["explicit", "relation", "bare"] as const;
/** One of the {@linkcode CONFIDENCES}. */
export type Confidence = (typeof CONFIDENCES)[number];

/**
 * Where in its text a citation stands, from where it says most of what the text is about: on a line
 * of its own (as an answer that is offered: `a 金融商品取引法第5条`); on the first line; on another one.
 */
export const STANDINGS = ["alone", "first", "later"] as const;
/** One of the {@linkcode STANDINGS}. */
export type Standing = (typeof STANDINGS)[number];

/** A place of a law cited in a text. */
export interface Citation {
  /** Where it stands in the text, without the law's name, in UTF-16 units. */
  readonly start: number;
  readonly end: number;
  /** Where the law's name before it begins; `start` where none stands there. */
  readonly nameStart: number;
  /** Laws that may be meant, likeliest first; none where it is no law of the corpus. */
  readonly lawIds: readonly string[];
  readonly confidence: Confidence;
  readonly standing: Standing;
  /** Number, from 0, of the line that it stands on; 0 throughout a statute. */
  readonly line: number;
  /** True where only 及び, 又は, から … stand between it and the citation before it. */
  readonly isJoined: boolean;
  /** The place; with `step`, the place that the step is counted from. */
  readonly place: Place;
  /** -1 for 前条, 1 for 次条; -2 stands for both articles of 前二条. */
  readonly step?: number;
  /** True for the second of 第五条から第七条まで; the citation before it is the first. */
  readonly endsRange: PlaceMention["endsRange"];
}

/** The article whose text is read: 本条, 前条 and a bare 第二項 are counted from it. */
export interface Viewpoint {
  readonly lawId: string;
  readonly place: Place;
  /** What the law calls other laws in its first articles. */
  readonly terms: ReadonlyMap<string, readonly string[]>;
}
