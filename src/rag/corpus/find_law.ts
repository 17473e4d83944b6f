import { UsageError } from "../../settings/usage_error.ts";
import { foldWidth } from "../cite/fold_width.ts";
import { LawNames } from "../cite/law_names.ts";
import type { CorpusStore, StoredLaw } from "../index/corpus_store.ts";
import { parsePlace } from "./parse_place.ts";

/** Similar titles that are named when there is no law of a name. */
const MOST_HINTS = 8;
/** Longer than the longest title with its 法令番号 and a place behind it. */
const LONGEST_NAME = 400;
/** A 法令番号, or a title with it in brackets as `houqa laws show` prints it; after foldWidth. */
const WHOLE_LAW_NUMBER =
  /^(?:[^()]*(?:\([^()]*\)[^()]*)?\()?(?:明治|大正|昭和|平成|令和)[^号]*号\)?$/;

/** A law, and what a text says behind its name. */
export interface FoundLaw {
  readonly law: StoredLaw;
  /** 第三条 in 借地借家法第三条; absent where the text is the law's name. */
  readonly place?: string;
}

/**
 * The law with a title, an abbreviation, an e-Gov id (in capitals or not) or a 法令番号; behind it may
 * stand a place in it.
 * @throws {UsageError} when there is none, or several; it names the ones that may be meant.
 */
export function findLaw(corpus: CorpusStore, text: string): FoundLaw {
  const name = text.trim();
  if (name === "") {
    throw new UsageError(
      "The law is empty. Give its title, an abbreviation, its 法令番号 or its e-Gov id.",
    );
  }
  const search = new LawSearch(corpus);
  const [lawId, ...more] = search.ids(name);
  if (more.length > 0) throw search.several(name, [lawId!, ...more]);
  if (lawId !== undefined) return { law: corpus.law(lawId)! };
  // The longest name first: 会社法施行規則第三条 is not of 会社法.
  for (let end = Math.min(name.length, LONGEST_NAME) - 1; end > 0; end--) {
    const place = name.slice(end).trim();
    if (parsePlace(place) === undefined) continue;
    const [lawId, ...more] = search.ids(name.slice(0, end).trim());
    if (more.length > 0) throw search.several(name.slice(0, end), [lawId!, ...more]);
    if (lawId !== undefined) return { law: corpus.law(lawId)!, place };
  }
  throw search.none(name);
}

class LawSearch {
  #names: LawNames | undefined;

  constructor(readonly corpus: CorpusStore) {}

  get names(): LawNames {
    return this.#names ??= new LawNames(this.corpus.laws());
  }

  ids(text: string): readonly string[] {
    const folded = foldWidth(text);
    const byId = [text, folded.toUpperCase()].find((id) => this.corpus.law(id) !== undefined);
    if (byId !== undefined) return [byId];
    const found = this.names.named(text);
    if (found.length > 0 || !WHOLE_LAW_NUMBER.test(folded)) return found;
    const numbered = this.names.numbered(folded);
    return numbered === undefined ? [] : [numbered];
  }

  several(text: string, lawIds: readonly string[]): UsageError {
    return new UsageError(
      `${lawIds.length} laws are named "${text}": ${
        lawIds.map((id) => `${id} (${this.names.law(id)?.lawNum})`).join(", ")
      }. Give the id.`,
    );
  }

  none(text: string): UsageError {
    const folded = foldWidth(text);
    const withoutPlace = folded.replace(/(?:第|附則|別表|\d).*$/, "");
    const hints = [folded, withoutPlace].filter((name) => name !== "")
      .map((name) => this.#similarTitles(name)).find((titles) => titles.length > 0) ?? [];
    return new UsageError(
      `No law of the corpus is named "${text}". ` +
        (hints.length > 0
          ? `Similar: ${hints.join(", ")}.`
          : "Give its title, an abbreviation, its 法令番号 or its e-Gov id."),
    );
  }

  /** Titles that hold the text, short ones first. */
  #similarTitles(text: string): string[] {
    const titles: string[] = [];
    for (const id of this.names.lawIds()) {
      const { title, abbreviations } = this.names.law(id)!;
      if ([title, ...abbreviations].some((name) => foldWidth(name).includes(text))) {
        titles.push(title);
      }
    }
    return titles.sort((a, b) => a.length - b.length).slice(0, MOST_HINTS);
  }
}
