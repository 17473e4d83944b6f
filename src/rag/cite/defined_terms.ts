import type { NameMention } from "./law_names.ts";
import type { LawNames } from "./law_names.ts";

/** What a text calls laws: 法 for 金融商品取引法（以下「法」という。）; no ids for a law that is not in the corpus. */
export type DefinedTerms = ReadonlyMap<string, readonly string[]>;

/** More than any text defines; keeps a hostile one from making every look-up long. */
const MOST_TERMS = 50;
const DEFINITION = /\(([^()「」]{0,60})以下[^()「」]{0,24}「([^「」()]{1,24})」と(?:いう|略|総称)/g;

/** A text ends like this where the name of a law or of another set of rules stands before it. */
export const LAW_LIKE_END =
  /(?:(?<!方)法|法律|令|規則|細則|条例|規程|規約|約款|定款|条約|協定|議定書|憲章|ガイドライン|指針|基準|要綱|要領|通達|告示|方針)$/;

/**
 * The names that a text gives to laws by （以下「…」という。）.
 * @param text after foldWidth.
 * @param mentions all law names in it.
 */
export function findDefinedTerms(
  text: string,
  names: LawNames,
  mentions: readonly NameMention[],
): Map<string, readonly string[]> {
  const terms = new Map<string, readonly string[]>();
  const namesByEnd = new Map(mentions.map((mention) => [mention.end, mention.lawIds]));
  for (const { index, 1: before, 2: term } of text.matchAll(DEFINITION)) {
    if (terms.size === MOST_TERMS) break;
    const byNumber = names.numbered(before!);
    const lawIds = namesByEnd.get(index) ?? (byNumber === undefined ? undefined : [byNumber]);
    if (lawIds !== undefined) terms.set(term!, lawIds);
    else if (LAW_LIKE_END.test(text.slice(Math.max(0, index - 8), index))) terms.set(term!, []);
  }
  return terms;
}
