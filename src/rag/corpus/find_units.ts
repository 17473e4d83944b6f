import { UsageError } from "../../settings/usage_error.ts";
import { findPlaces } from "../cite/find_places.ts";
import { foldWidth } from "../cite/fold_width.ts";
import { NUMERALS, parseKanjiNumber } from "../cite/kanji_number.ts";
import type { Place } from "../cite/place.ts";
import type { CorpusStore, StoredLaw, StoredUnit } from "../index/corpus_store.ts";

/** Units that a place names. */
export interface FoundUnits {
  readonly place: Place;
  /** At least one. */
  readonly units: readonly StoredUnit[];
  /** Units of the same number elsewhere in the law, as a rule in its 附則. */
  readonly elsewhere: readonly StoredUnit[];
}

/**
 * The units of a law that a text names: 21の2, 二十一の二, 第二十一条の二, 第21条の2, 21_2; also 附則第三条,
 * 別表第一, 附則, and 第二十一条の二第三項.
 * @throws {UsageError} when the text names no place, or the law has no such one.
 */
export function findUnits(corpus: CorpusStore, law: StoredLaw, text: string): FoundUnits {
  const place = parsePlace(text);
  if (place === undefined) {
    throw new UsageError(
      `"${text}" names no article. Give it as 21の2, 第二十一条の二, 21_2, 附則第三条 or 別表第一.`,
    );
  }
  const { num, provision } = place;
  const numbered = num === undefined
    ? unitsWhere(corpus, law, (unit) => unit.num === undefined)
    : corpus.unitsOf(law.lawId, num);
  const candidates = numbered.length > 0 || num === undefined
    ? numbered
    : unitsWhere(corpus, law, (unit) => isInRange(num, unit.num));
  const units = candidates.filter((unit) => unit.provision === provision);
  if (units.length > 0) {
    const elsewhere = candidates.filter((unit) =>
      unit.provision !== provision && unit.provision !== "appendix"
    );
    return { place, units, elsewhere };
  }
  const others = candidates.map(({ provision, title }) =>
    provision === "supplementary" ? `附則${title}` : title
  );
  throw new UsageError(
    `${law.title} has no ${text}.` +
      (others.length > 0 ? ` It has ${[...new Set(others)].slice(0, 8).join(", ")}.` : ""),
  );
}

/** The one place that the whole text names. */
export function parsePlace(text: string): Place | undefined {
  const folded = foldWidth(text).replace(/\s+/g, "");
  if (/^[1-9]\d{0,4}(?:_\d{1,5})*$/.test(folded)) return { provision: "main", num: folded };
  if (new RegExp(`^[${NUMERALS}]+(?:の[${NUMERALS}]+)*$`).test(folded)) {
    const parts = folded.split("の").map(parseKanjiNumber);
    if (parts.some((part) => part === undefined || part === 0)) return undefined;
    return { provision: "main", num: parts.join("_") };
  }
  const [first, ...more] = findPlaces(folded);
  const isWhole = first?.anchor === "number" && first.start === 0 && first.end === folded.length;
  return isWhole && more.length === 0 ? first.place : undefined;
}

/** True for 11 in `10:12`, as e-Gov numbers a run of deleted articles. */
function isInRange(num: string, range: string | undefined): boolean {
  const [from, to] = (range ?? "").split(":").map(numbers);
  if (from === undefined || to === undefined) return false;
  const wanted = numbers(num);
  return compare(from, wanted) <= 0 && compare(wanted, to) <= 0;
}

function numbers(num: string): number[] {
  return num.split("_").map(Number);
}

function compare(a: readonly number[], b: readonly number[]): number {
  for (let i = 0; i < Math.max(a.length, b.length); i++) {
    const difference = (a[i] ?? 0) - (b[i] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}

function unitsWhere(
  corpus: CorpusStore,
  { firstUnit, unitCount }: StoredLaw,
  fits: (unit: StoredUnit) => boolean,
): StoredUnit[] {
  const found: StoredUnit[] = [];
  for (let number = firstUnit; number < firstUnit + unitCount; number++) {
    const unit = corpus.unit(number);
    if (fits(unit)) found.push(unit);
  }
  return found;
}
