import type { Citation, Confidence, Viewpoint } from "./citation.ts";
import { findDefinedTerms } from "./defined_terms.ts";
import { findPlaces } from "./find_places.ts";
import { foldWidth } from "./fold_width.ts";
import { LawContext, type Owner } from "./law_context.ts";
import { implementingLaws } from "./law_kind.ts";
import type { LawNames, NameMention } from "./law_names.ts";
import { LineReader } from "./line_reader.ts";
import type { Place, PlaceMention } from "./place.ts";

/** Words that make another law's name of a name: 金商法施行令 where 金商法 was found. */
const IMPLEMENTING = /施行令|施行規則|施行細則|施行法/y;
/** 金融商品取引法等の一部を改正する法律 is another law, and names none. */
const AMENDING = /(?:及び[^。、()]{0,60})?等?の一部を改正する/y;

/**
 * All places of laws that a text cites, in order.
 * @param here the article whose text it is; without it, a question or another text of its own.
 */
export function findCitations(text: string, names: LawNames, here?: Viewpoint): Citation[] {
  const folded = foldWidth(text);
  const places = findPlaces(folded);
  if (places.length === 0) return [];
  const mentions = completeNames(folded, names);
  const terms = new Map([...here?.terms ?? [], ...findDefinedTerms(folded, names, mentions)]);
  const context = new LawContext(folded, names, mentions, terms, here);
  const lines = new LineReader(folded);
  const found: Citation[] = [];
  let seen = 0;
  /** What 同条 means. */
  let last: Citation | undefined;
  /** What a joined 第二項 or 第四条 belongs to: the place right before, if that was understood. */
  let previous: Citation | undefined;
  for (const mention of places) {
    for (; (mentions[seen]?.end ?? Infinity) <= mention.start; seen++) {
      context.see(mentions[seen]!.lawIds);
    }
    const owner = context.ownerBefore(mention.start);
    // In a statute no line says more than another what it is about.
    const nameStart = owner?.start ?? mention.start;
    const standing = here === undefined ? lines.standing(nameStart, mention.end) : "first";
    const joined = mention.isJoined ? previous : undefined;
    const meant = meaning(mention, context, { owner, last, joined, here });
    previous = undefined;
    if (meant === undefined) continue;
    const { start, end, endsRange } = mention;
    const { line } = lines;
    const isJoined = joined !== undefined;
    previous = last = { start, end, nameStart, standing, line, isJoined, endsRange, ...meant };
    if (last.confidence !== "bare") context.see(last.lawIds);
    found.push(last);
  }
  return found;
}

type Meaning = Pick<Citation, "lawIds" | "confidence" | "place" | "step">;

function meaning(
  { anchor, count, place }: PlaceMention,
  context: LawContext,
  { owner, last, joined, here }: {
    owner?: Owner;
    last?: Citation;
    joined?: Citation;
    here?: Viewpoint;
  },
): Meaning | undefined {
  switch (anchor) {
    case "this":
      return undefined;
    case "none":
      // By itself it is a place of the article that is read, or of no known one.
      return joined && {
        ...meaningOf(joined),
        place: within(joined.place, {
          ...place,
          ...(place.paragraph === undefined ? { paragraph: joined.place.paragraph } : {}),
        }),
      };
    case "same":
      return last && {
        ...meaningOf(last),
        confidence: weaker(last.confidence),
        place: within(last.place, place),
      };
    case "number": {
      const { lawIds, confidence } = owner ?? joined ?? {
        lawIds: context.bare(),
        confidence: here === undefined ? "bare" : "explicit",
      };
      return { lawIds, confidence, place };
    }
  }
  const step = anchor === "next" ? 1 : -(count ?? 1);
  if (here !== undefined) {
    return {
      lawIds: [here.lawId],
      confidence: "explicit",
      place: within(here.place, place),
      step,
    };
  }
  if (last === undefined || last.step !== undefined) return undefined;
  return { ...meaningOf(last), confidence: "bare", place: within(last.place, place), step };
}

function meaningOf({ lawIds, confidence, place, step }: Citation): Meaning {
  return { lawIds, confidence, place, ...(step === undefined ? {} : { step }) };
}

/** A paragraph, item … of the article that another place is in. */
function within(
  { provision, num }: Place,
  { paragraph, item, subitems }: Partial<Place>,
): Place {
  return {
    provision,
    ...(num === undefined ? {} : { num }),
    ...(paragraph === undefined ? {} : { paragraph }),
    ...(item === undefined ? {} : { item }),
    ...(subitems === undefined ? {} : { subitems }),
  };
}

function weaker(confidence: Confidence): Confidence {
  return confidence === "explicit" ? "relation" : confidence;
}

/** The law names in a text, with 施行令 and the like behind them taken in. */
function completeNames(text: string, names: LawNames): NameMention[] {
  const found: NameMention[] = [];
  for (const mention of names.find(text)) {
    AMENDING.lastIndex = IMPLEMENTING.lastIndex = mention.end;
    if (AMENDING.test(text)) continue;
    const suffix = IMPLEMENTING.exec(text)?.[0];
    if (suffix === undefined) found.push(mention);
    else {
      const lawIds = implementingLaws(names, mention.lawIds, suffix);
      found.push({ start: mention.start, end: mention.end + suffix.length, lawIds });
    }
  }
  return found;
}
