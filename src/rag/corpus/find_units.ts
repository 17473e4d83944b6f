import { UsageError } from "../../settings/usage_error.ts";
import type { CorpusStore, StoredLaw, StoredUnit } from "../index/corpus_store.ts";
import { isInRange } from "./is_in_range.ts";
import { listNames, nameOfUnit } from "./name_of_unit.ts";
import { lawNumberKey, parsePlace, titleKey, type TypedPlace } from "./parse_place.ts";

/** Units that a place names. */
export interface FoundUnits {
  readonly place: TypedPlace;
  /** At least one. */
  readonly units: readonly StoredUnit[];
  /** Units of the same number elsewhere in the law, as a rule in its 附則. */
  readonly elsewhere: readonly StoredUnit[];
}

/**
 * The units of a law that a text names; see {@linkcode parsePlace} for its forms. 附則 alone is all of the
 * law's own 附則.
 * @throws {UsageError} when the text names no place, or the law has no such one, or several; it says
 * what there is.
 */
export function findUnits(corpus: CorpusStore, law: StoredLaw, text: string): FoundUnits {
  const place = parsePlace(text);
  if (place === undefined) {
    const name = titleKey(text);
    const titled = new UnitSearch(corpus, law, text, { provision: "appendix", name }).titled();
    if (name !== "" && titled !== undefined) return titled;
    throw new UsageError(
      (name === "" ? "The article is empty." : `"${text}" names no article.`) +
        " Give it as 21の2, 第二十一条の二第一項第三号, 21_2, 附則第三条 or 別表第一.",
    );
  }
  const search = new UnitSearch(corpus, law, text, place);
  if (place.name !== undefined) return search.named(place.name);
  return place.provision === "supplementary" ? search.supplementary() : search.main();
}

class UnitSearch {
  constructor(
    readonly corpus: CorpusStore,
    readonly law: StoredLaw,
    readonly text: string,
    readonly place: TypedPlace,
  ) {}

  main(): FoundUnits {
    const numbered = this.#numbered();
    const units = numbered.filter(({ provision }) => provision === "main");
    const elsewhere = numbered.filter(({ provision }) => provision === "supplementary");
    if (units.length > 0) return this.#found(units, elsewhere);
    if (numbered.length > 0) throw this.#refusal(`It has ${listNames(numbered.map(nameOfUnit))}.`);
    const articles = this.#where(({ provision, num }) => provision === "main" && num !== undefined);
    throw this.#refusal(
      articles.length === 0
        ? "It has no articles."
        : `Its articles go from ${articles[0]!.title} to ${articles.at(-1)!.title}.`,
    );
  }

  supplementary(): FoundUnits {
    const { num, paragraph, item, amendingLaw } = this.place;
    const all = this.#where(({ provision }) => provision === "supplementary");
    const inLaw = ({ amendingLawNum }: StoredUnit) =>
      amendingLawNum !== undefined && lawNumberKey(amendingLawNum) === amendingLaw;
    const pool = amendingLaw === undefined ? all : all.filter(inLaw);
    // 附則第三項 stands in a 附則 that has no articles.
    const isPart = paragraph !== undefined || item !== undefined;
    const fits = (unit: StoredUnit) =>
      num === undefined
        ? !isPart || unit.num === undefined
        : unit.num === num || isInRange(num, unit.num);
    const found = pool.filter(fits);
    const own = found.filter(({ amendingLawNum }) => amendingLawNum === undefined);
    const others = found.filter(({ amendingLawNum }) => amendingLawNum !== undefined);
    if (own.length > 0) return this.#found(own, others);
    const laws = new Set(others.map(({ amendingLawNum }) => amendingLawNum));
    if (laws.size === 1) return this.#found(others, []);
    if (laws.size > 1) {
      throw new UsageError(
        `${this.law.title} has ${this.text} of ${laws.size} laws: ` +
          `${listNames(others.map(nameOfUnit))}. Name one.`,
      );
    }
    throw this.#refusal(
      all.length === 0
        ? "It has no 附則."
        : `It has ${listNames((pool.length > 0 ? pool : all).map(nameOfUnit))}.`,
    );
  }

  /** Units that have exactly that title, whatever it is: 制定文. */
  titled(): FoundUnits | undefined {
    const units = this.#where(({ title }) => titleKey(title) === this.place.name);
    return units.length === 0 ? undefined : this.#found(units, []);
  }

  /** Units that are called so, by their titles. */
  named(name: string): FoundUnits {
    const named = this.#where(({ num, provision }) =>
      num === undefined || provision === "appendix"
    );
    const keyed = named.map((unit) => ({ unit, key: titleKey(unit.title) }));
    const exact = keyed.filter(({ key }) => key === name);
    // 別表第二 with 削除 behind it, but not 別表第二の二.
    const longer = keyed.filter(({ key }) =>
      key.startsWith(name) && !/^[の\d]/.test(key.slice(name.length))
    );
    const found = [exact, longer].find(({ length }) => length > 0) ??
      keyed.filter(({ key }) => key.startsWith(name));
    const units = found.map(({ unit }) => unit);
    const isSame = found.every(({ key }) => key === found[0]!.key);
    if (units.length > 0 && isSame) return this.#found(units, []);
    if (units.length > 0) {
      throw new UsageError(
        `${this.law.title} has ${units.length} of them: ` +
          `${listNames(units.map(({ title }) => title))}. Name one.`,
      );
    }
    throw this.#refusal(
      named.length === 0
        ? "It has articles only."
        : `Besides articles it has ${listNames(named.map(nameOfUnit))}.`,
    );
  }

  #numbered(): StoredUnit[] {
    const num = this.place.num!;
    const exact = this.corpus.unitsOf(this.law.lawId, num)
      .filter(({ provision }) => provision !== "appendix");
    return exact.length > 0 ? exact : this.#where((unit) => isInRange(num, unit.num));
  }

  #where(fits: (unit: StoredUnit) => boolean): StoredUnit[] {
    const { firstUnit, unitCount } = this.law;
    const found: StoredUnit[] = [];
    for (let number = firstUnit; number < firstUnit + unitCount; number++) {
      const unit = this.corpus.unit(number);
      if (fits(unit)) found.push(unit);
    }
    return found;
  }

  #found(units: readonly StoredUnit[], elsewhere: readonly StoredUnit[]): FoundUnits {
    return { place: this.place, units, elsewhere };
  }

  #refusal(whatThereIs: string): UsageError {
    return new UsageError(`${this.law.title} has no ${this.text}. ${whatThereIs}`);
  }
}
