import type { Provision } from "../corpus/law.ts";
import type { CorpusStore, StoredRow, StoredUnit } from "../index/corpus_store.ts";
import type { Citation, Viewpoint } from "./citation.ts";
import { findDefinedTerms } from "./defined_terms.ts";
import { findCitations } from "./find_citations.ts";
import { foldWidth } from "./fold_width.ts";
import { LawNames } from "./law_names.ts";
import type { Place } from "./place.ts";
import { type CitedUnit, rankCited, type UnitCitation } from "./rank_cited.ts";

/** A unit with its rows once they were read. */
type Looked = StoredUnit & { rows?: readonly StoredRow[] };

/** A range longer than this is no list of articles that someone wants to read. */
const LONGEST_RANGE = 30;
/** Articles of a law in which it says what it calls other laws. */
const DEFINING_UNITS = 2;

/** Looks citations up in a corpus. The names of its laws are read once. */
export class CitationResolver {
  readonly #names: LawNames;
  readonly #termsOfLaws = new Map<string, Viewpoint["terms"]>();

  constructor(private readonly store: CorpusStore) {
    this.#names = new LawNames(store.laws());
  }

  /**
   * The units that a text cites, the surest first, then in order of appearance, each once.
   * Places that the corpus does not have are left out.
   */
  citedUnits(text: string): CitedUnit[] {
    return rankCited(this.#resolve(findCitations(text, this.#names)));
  }

  /**
   * The other units that the text of a unit refers to (準用, 前条, 第三条 of the same law, other laws), in
   * the order of {@linkcode citedUnits}, each once.
   * @throws {RangeError} for a unit that is not in the store.
   */
  referencedUnits(unit: number): CitedUnit[] {
    const { lawId, provision, num } = this.store.unit(unit);
    const place: Place = { provision, ...(num === undefined ? {} : { num }) };
    const here: Viewpoint = { lawId, place, terms: this.#termsOf(lawId) };
    const text = this.store.rowsOf(unit).map((row) => row.text).join("\n");
    const cited = this.#resolve(findCitations(text, this.#names, here), this.store.unit(unit));
    return rankCited(cited.filter((other) => other.unit !== unit));
  }

  /** The citations of a text, whether or not the corpus has what they cite. */
  citations(text: string): Citation[] {
    return findCitations(text, this.#names);
  }

  /** Letters and digits of a text that belong to none of its citations, nor to the laws' names in them. */
  lettersBeside(text: string): number {
    let letters = 0;
    let read = 0;
    const folded = foldWidth(text);
    for (const { nameStart, end } of findCitations(folded, this.#names)) {
      letters += lettersIn(folded.slice(read, Math.max(read, nameStart)));
      read = end;
    }
    return letters + lettersIn(folded.slice(read));
  }

  #resolve(citations: readonly Citation[], here?: StoredUnit): UnitCitation[] {
    const found: UnitCitation[] = [];
    /** A text cites the same few articles over and over. */
    const known = new Map<string, Looked[]>();
    const lasts = findLastOfLines(citations);
    let previous: readonly Looked[] = [];
    for (const [order, citation] of citations.entries()) {
      const units = this.#unitsAt(citation, known, here);
      const { confidence, standing, place } = citation;
      const isLastOfLine = lasts.has(order);
      const at = { confidence, standing, isLastOfLine, order };
      if (citation.endsRange && previous[0] !== undefined && units[0] !== undefined) {
        for (const { unit, firstRow } of this.#between(previous[0], units[0])) {
          found.push({ ...at, unit, bestRow: firstRow, depth: 0, isInsideRange: true });
        }
      }
      for (const looked of units) {
        const { row, depth } = bestRowOf(looked.rows ??= this.store.rowsOf(looked.unit), place);
        found.push({ ...at, unit: looked.unit, bestRow: row, depth, isInsideRange: false });
      }
      previous = units;
    }
    return found;
  }

  #unitsAt(
    { lawIds, place, step }: Citation,
    known: Map<string, Looked[]>,
    here: StoredUnit | undefined,
  ): Looked[] {
    for (const lawId of lawIds) {
      const key = `${lawId} ${place.provision} ${place.num} ${step}`;
      let units = known.get(key);
      if (units === undefined) {
        const from = here !== undefined && step !== undefined
          ? [here]
          : this.#unitsOf(lawId, place, here);
        units = step === undefined || from[0] === undefined ? from : this.#steps(from[0], step);
        known.set(key, units);
      }
      if (units.length > 0) return units;
    }
    return [];
  }

  #unitsOf(lawId: string, place: Place, here?: StoredUnit): StoredUnit[] {
    const { provision, num } = place;
    if (num !== undefined) {
      const units = this.store.unitsOf(lawId, num).filter((unit) => isAt(unit, provision));
      if (provision !== "supplementary") return units;
      // The 附則 that is read; else the law's first one, which is its own and not an amending law's.
      const own = units.filter((unit) =>
        here?.provision === provision && unit.amendingLawNum === here.amendingLawNum
      );
      return (own.length > 0 ? own : units).slice(0, 1);
    }
    const law = this.store.law(lawId);
    if (law === undefined) return [];
    const end = law.firstUnit + law.unitCount;
    for (let unit = this.#behindMain(law.firstUnit, end); unit < end; unit++) {
      const found = this.store.unit(unit);
      if (found.num === undefined && isAt(found, provision)) return [found];
    }
    return [];
  }

  /** The first unit of a law behind its main provision, which is read from the disk in few steps. */
  #behindMain(firstUnit: number, end: number): number {
    let low = firstUnit - 1;
    let high = end;
    while (high - low > 1) {
      const middle = (low + high) >> 1;
      if (this.store.unit(middle).provision === "main") low = middle;
      else high = middle;
    }
    return high;
  }

  /** The units before (negative) or behind a unit, in the order of the law. */
  #steps(from: StoredUnit, step: number): StoredUnit[] {
    const found: StoredUnit[] = [];
    const direction = Math.sign(step);
    for (let last = from; found.length < Math.abs(step);) {
      const next = this.#neighbour(last, direction);
      if (next === undefined) break;
      found.push(next);
      last = next;
    }
    return direction < 0 ? found.reverse() : found;
  }

  /** The article next to another one; none where the corpus lacks it. */
  #neighbour(from: StoredUnit, direction: number): StoredUnit | undefined {
    const number = from.unit + direction;
    if (number < 0 || number >= this.store.unitCount) return undefined;
    const unit = this.store.unit(number);
    const isSamePart = unit.lawId === from.lawId && unit.provision === from.provision &&
      unit.amendingLawNum === from.amendingLawNum;
    const [before, behind] = direction < 0 ? [unit, from] : [from, unit];
    return isSamePart && areAdjacent(before.num, behind.num) ? unit : undefined;
  }

  #between(from: StoredUnit, to: StoredUnit): StoredUnit[] {
    if (to.unit - from.unit > LONGEST_RANGE || to.lawId !== from.lawId) return [];
    const found: StoredUnit[] = [];
    for (let number = from.unit + 1; number < to.unit; number++) {
      const unit = this.store.unit(number);
      if (unit.num !== from.num && unit.num !== to.num) found.push(unit);
    }
    return found;
  }

  #termsOf(lawId: string): Viewpoint["terms"] {
    const known = this.#termsOfLaws.get(lawId);
    if (known !== undefined) return known;
    const { firstUnit, unitCount } = this.store.law(lawId) ?? { firstUnit: 0, unitCount: 0 };
    let text = "";
    for (let unit = firstUnit; unit < firstUnit + Math.min(unitCount, DEFINING_UNITS); unit++) {
      for (const row of this.store.rowsOf(unit)) text += `${row.text}\n`;
    }
    const folded = foldWidth(text);
    const terms = findDefinedTerms(folded, this.#names, this.#names.find(folded));
    this.#termsOfLaws.set(lawId, terms);
    return terms;
  }
}

/** Numbers of the citations that end their lines; of those that are joined all do. */
function findLastOfLines(citations: readonly Citation[]): ReadonlySet<number> {
  const lasts = new Set<number>();
  for (let at = citations.length - 1; at >= 0; at--) {
    const next = citations[at + 1];
    const isLast = next?.line !== citations[at]!.line || (next.isJoined && lasts.has(at + 1));
    if (isLast) lasts.add(at);
  }
  return lasts;
}

function lettersIn(text: string): number {
  return text.match(/[\p{L}\p{N}]/gu)?.length ?? 0;
}

/** Among the appendices only a 別表 can be cited; 別記様式 are numbered by themselves. */
function isAt(unit: StoredUnit, provision: Provision): boolean {
  return unit.provision === provision &&
    (provision !== "appendix" || unit.title.startsWith("別表"));
}

/**
 * True where one article can follow the other: 20 or 20_3 before 21. Deleted articles in one unit
 * are `3:5`. A corpus of excerpts has other articles side by side.
 */
function areAdjacent(before: string | undefined, behind: string | undefined): boolean {
  if (before === undefined || behind === undefined || before === behind) return false;
  const last = parseInt(before.split(":").at(-1)!);
  const first = parseInt(behind);
  return first === last || first === last + 1;
}

function bestRowOf(rows: readonly StoredRow[], place: Place): { row: number; depth: number } {
  let best = { row: rows[0]!.row, depth: 0 };
  for (const row of rows) {
    const depth = depthOf(row, place);
    if (depth > best.depth) best = { row: row.row, depth };
  }
  return best;
}

/** An article of one paragraph is cited without it: 第三条第二号. */
function depthOf(row: StoredRow, { paragraph, item, subitems }: Place): number {
  if (paragraph !== undefined && row.paragraph !== paragraph) return 0;
  const depth = paragraph === undefined ? 0 : 1;
  if (item === undefined || row.item !== item) return row.item === undefined ? depth : 0;
  if (subitems === undefined) return row.subitems === undefined ? depth + 2 : depth + 1;
  const isSame = subitems.every((subitem, i) => row.subitems?.[i] === subitem);
  return isSame ? depth + 3 : row.subitems === undefined ? depth + 2 : depth;
}
