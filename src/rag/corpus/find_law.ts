import { UsageError } from "../../settings/usage_error.ts";
import { foldWidth } from "../cite/fold_width.ts";
import { LawNames } from "../cite/law_names.ts";
import type { CorpusStore, StoredLaw } from "../index/corpus_store.ts";

/** Similar titles that are named when there is no law of a name. */
const MOST_HINTS = 8;

/**
 * The law with a title, an abbreviation, an e-Gov id or a 法令番号.
 * @throws {UsageError} when there is none, or several; it names the ones that may be meant.
 */
export function findLaw(corpus: CorpusStore, text: string): StoredLaw {
  const byId = corpus.law(text);
  if (byId !== undefined) return byId;
  const names = new LawNames(corpus.laws());
  const numbered = names.numbered(foldWidth(text));
  const found = names.named(text);
  const lawIds = found.length > 0 || numbered === undefined ? found : [numbered];
  if (lawIds.length === 1) return corpus.law(lawIds[0]!)!;
  if (lawIds.length > 1) {
    throw new UsageError(
      `${lawIds.length} laws are named "${text}": ${
        lawIds.map((id) => `${id} (${names.law(id)?.lawNum})`).join(", ")
      }. Give the id.`,
    );
  }
  const hints = similarTitles(names, foldWidth(text));
  throw new UsageError(
    `No law of the corpus is named "${text}". ` +
      (hints.length > 0
        ? `Similar: ${hints.join(", ")}.`
        : "Give its title, an abbreviation, its 法令番号 or its e-Gov id."),
  );
}

/** Titles that hold the text, short ones first. */
function similarTitles(names: LawNames, text: string): string[] {
  const titles: string[] = [];
  for (const id of names.lawIds()) {
    const { title, abbreviations } = names.law(id)!;
    const isSimilar = [title, ...abbreviations].some((name) => foldWidth(name).includes(text));
    if (isSimilar && text !== "") titles.push(title);
  }
  return titles.sort((a, b) => a.length - b.length).slice(0, MOST_HINTS);
}
