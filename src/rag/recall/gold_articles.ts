import type { Question } from "../../dataset/question.ts";
import { lawsOfReferences } from "../corpus/laws_of_references.ts";
import { lawKind } from "../cite/law_kind.ts";
import type { LawNames } from "../cite/law_names.ts";
import type { CorpusStore, StoredUnit } from "../index/corpus_store.ts";
import { articleKey } from "./article_key.ts";
import { type ContextUnit, parseContext } from "./parse_context.ts";
import { kindOfId } from "./match_law_ids.ts";

/** The right articles of a question as a corpus has them. */
export interface Gold {
  /** Keys of {@linkcode articleKey}. */
  readonly keys: ReadonlySet<string>;
  /** What the question's headings name and the corpus lacks, in words. It counts as not found. */
  readonly missing: readonly string[];
  /** Why there is nothing to find, where there is nothing. */
  readonly reason?: string;
}

/** Looks up the articles that a question's コンテキスト quotes. */
export class GoldLocator {
  constructor(private readonly store: CorpusStore, private readonly names: LawNames) {}

  /**
   * The right articles of a question: those under the headings of its コンテキスト. A law is found by
   * its title (where several have it, by the one that the references name), else by the only law id
   * of its kind in the question's references.
   */
  locate({ context, references }: Pick<Question, "context" | "references">): Gold {
    const units = parseContext(context);
    const keys = new Set<string>();
    const missing = new Set<string>();
    for (const unit of units) {
      const found = this.#find(unit, lawsOfReferences(references));
      for (const known of found) keys.add(articleKey(known));
      if (found.length === 0) missing.add(`${unit.lawTitle} ${unit.unit.title}`);
    }
    if (keys.size > 0) return { keys, missing: [...missing] };
    return { keys, missing: [...missing], reason: this.#reason(units) };
  }

  #find({ lawTitle, unit }: ContextUnit, referenced: readonly string[]): StoredUnit[] {
    const named = chosenBy(referenced, this.names.named(lawTitle));
    if (unit.num === undefined && unit.provision === "main") {
      return named.flatMap((lawId) => this.#section(lawId, unit.title));
    }
    const ofKind = referenced.filter((lawId) => kindOfId(lawId) === lawKind(lawTitle));
    const lawIds = named.length > 0 ? named : ofKind.length === 1 ? ofKind : [];
    return lawIds.flatMap((lawId) =>
      this.store.unitsOf(lawId, unit.num ?? "").filter((known) =>
        known.provision === unit.provision &&
        known.amendingLawNum === unit.amendingLawNum &&
        (unit.provision !== "appendix" || known.title.startsWith("別表"))
      )
    );
  }

  /** A part without a number, as guidelines have them; searched only where the corpus has one. */
  #section(lawId: string, title: string): StoredUnit[] {
    const { firstUnit, unitCount } = this.store.law(lawId) ?? { firstUnit: 0, unitCount: 0 };
    for (let unit = firstUnit; unit < firstUnit + unitCount; unit++) {
      const known = this.store.unit(unit);
      if (known.num === undefined && known.title === title) return [known];
    }
    return [];
  }

  #reason(units: readonly ContextUnit[]): string {
    if (units.length === 0) return "it has no コンテキスト";
    const articles = units.filter(({ unit }) => unit.num !== undefined);
    const titles = (some: readonly ContextUnit[]) =>
      [...new Set(some.map(({ lawTitle }) => lawTitle))].join(", ");
    if (articles.length === 0) return `it quotes no article of a law, but ${titles(units)}`;
    const known = articles.filter(({ lawTitle }) => this.names.named(lawTitle).length > 0);
    if (known.length === 0) return `the corpus has no ${titles(articles)}`;
    return `the corpus has none of ${
      known.map(({ lawTitle, unit }) => `${lawTitle} ${unit.title}`).join(", ")
    }`;
  }
}

/** Of several laws of one title those that the references name, if there are such. */
function chosenBy(referenced: readonly string[], named: readonly string[]): readonly string[] {
  const chosen = named.filter((lawId) => referenced.includes(lawId));
  return chosen.length > 0 ? chosen : named;
}
