import type { Viewpoint } from "./citation.ts";
import { LAW_LIKE_END } from "./defined_terms.ts";
import { implementingLaws, lawKind, onlyRuleOf, parentAct } from "./law_kind.ts";
import type { LawNames, NameMention } from "./law_names.ts";

/** A law named right before an article: by name, or by a word that points to one. */
export interface Owner {
  /** Where its name begins, in UTF-16 units. */
  readonly start: number;
  readonly lawIds: readonly string[];
  readonly confidence: "explicit" | "relation";
}

/** 同法, 法, 施行令 … with what stands before it; at the end of a text. */
const RELATION =
  /(?:(同法|同|当該|この|本|法)?(法|施行令|施行規則|内閣府令|府令|省令|政令|規則|令)|(同|当該|この|本)法律)$/;
/** Words before 法, 府令 … that make it the end of a title. */
const TITLE_GOES_ON = /(?:関|改正)する$/;
const PART_OF_WORD = /[\p{Script=Han}\p{Script=Katakana}ー々]/u;
/** 第二編第三章 between a law and its article. */
const DIVISION = /第[^第 。、]{1,9}[編章節款目]の?$/;
/** What stands in brackets between a law's name and its article. */
const ATTACHED = /第.{1,9}号|以下|改正/;
const LONGEST_BRACKET = 120;
/** An article without a law is looked up in no more laws than these. */
const MOST_IN_SIGHT = 10;

/** Which laws a text has named so far, and which one a word such as 同法 means at a place of it. */
export class LawContext {
  #last: readonly string[] = [];
  #lastOf: Record<"act" | "order" | "rule", readonly string[]> = { act: [], order: [], rule: [] };
  /** The first laws that the text names anywhere. */
  readonly #inSight: readonly string[];
  readonly #parent: readonly string[];
  readonly #namesByEnd: ReadonlyMap<number, NameMention>;
  readonly #terms: readonly (readonly [string, readonly string[]])[];

  /**
   * @param text after foldWidth.
   * @param mentions all law names in it.
   * @param terms what the text calls laws.
   */
  constructor(
    private readonly text: string,
    private readonly names: LawNames,
    mentions: readonly NameMention[],
    terms: ReadonlyMap<string, readonly string[]>,
    private readonly here?: Viewpoint,
  ) {
    this.#namesByEnd = new Map(mentions.map((mention) => [mention.end, mention]));
    this.#inSight = [...new Set(mentions.flatMap(({ lawIds }) => lawIds))].slice(0, MOST_IN_SIGHT);
    this.#terms = [...terms].sort(([a], [b]) => b.length - a.length);
    this.#parent = here === undefined ? [] : parentAct(names, here.lawId);
    this.see(this.#parent);
    if (here !== undefined) this.see([here.lawId]);
  }

  /** Makes these laws the ones named last. */
  see(lawIds: readonly string[]): void {
    const law = this.names.law(lawIds[0] ?? "");
    if (law === undefined) return;
    this.#last = lawIds;
    this.#lastOf[lawKind(law.title)] = lawIds;
  }

  /** The laws that an article without any law before it may be of, likeliest first. */
  bare(): readonly string[] {
    if (this.here !== undefined) return [this.here.lawId];
    if (this.names.lawCount === 1) return [...this.names.lawIds()];
    return [...new Set([...this.#last, ...this.#inSight])];
  }

  /**
   * The law named right before a place of the text; undefined where none is, no ids where it is one
   * that the corpus does not have.
   */
  ownerBefore(place: number): Owner | undefined {
    const { end, bracket } = this.#skipBack(place);
    const owner = this.#ownerAt(end) ??
      (this.text[end - 1] === "の" ? this.#ownerAt(end - 1) : undefined);
    if (bracket === undefined || owner?.lawIds.length === 1) return owner;
    // A name that the corpus does not know, or that several laws have, may come with its number.
    const numbered = this.names.numbered(bracket);
    return numbered === undefined
      ? owner
      : { start: owner?.start ?? end, lawIds: [numbered], confidence: "explicit" };
  }

  #ownerAt(end: number): Owner | undefined {
    const mention = this.#namesByEnd.get(end);
    if (mention !== undefined) {
      return { start: mention.start, lawIds: mention.lawIds, confidence: "explicit" };
    }
    for (const [term, lawIds] of this.#terms) {
      if (this.text.endsWith(term, end) && this.#isWordStart(end - term.length)) {
        return { start: end - term.length, lawIds, confidence: "explicit" };
      }
    }
    const before = this.text.slice(Math.max(0, end - 12), end);
    const relation = RELATION.exec(before);
    const start = end - (relation?.[0].length ?? 0);
    const isWord = this.#isWordStart(start) &&
      !TITLE_GOES_ON.test(before.slice(0, before.length - (end - start)));
    if (relation !== null && isWord) {
      const lawIds = this.#related(relation[1] ?? relation[3], relation[2] ?? "法");
      return { start, lawIds, confidence: "relation" };
    }
    return LAW_LIKE_END.test(before)
      ? { start: end, lawIds: [], confidence: "explicit" }
      : undefined;
  }

  #related(pointer: string | undefined, word: string): readonly string[] {
    if (pointer === "この" || pointer === "本") return this.here ? [this.here.lawId] : this.#last;
    // An order says 法 for the act that it carries out, whatever other acts it names.
    const act = pointer === undefined && this.#parent.length > 0 ? this.#parent : this.#lastOf.act;
    const pointsBack = pointer === "同" || pointer === "当該";
    switch (word) {
      case "法":
        return act;
      case "施行令":
      case "施行規則": {
        const own = implementingLaws(this.names, act, word);
        return own.length > 0 ? own : pointsBack ? this.#lastOf[lawKind(word)] : [];
      }
      case "令":
      case "政令":
        return pointsBack && this.#lastOf.order.length > 0
          ? this.#lastOf.order
          : implementingLaws(this.names, act, "施行令");
      default: {
        if (this.#lastOf.rule.length > 0) return this.#lastOf.rule;
        return word === "規則"
          ? implementingLaws(this.names, act, "施行規則")
          : onlyRuleOf(this.names, act);
      }
    }
  }

  /** Back over spaces, closing quotes, 第三章, and （昭和二十三年法律第二十五号）. */
  #skipBack(place: number): { end: number; bracket?: string } {
    let end = place;
    let bracket: string | undefined;
    for (let steps = 0; steps < 8; steps++) {
      const character = this.text[end - 1];
      if (character === " " || character === "」" || character === "』") end--;
      else if (character === ")" && bracket === undefined) {
        const open = this.#openingBracket(end - 1);
        if (open === undefined || !ATTACHED.test(this.text.slice(open, end))) break;
        bracket = this.text.slice(open, end);
        end = open;
      } else {
        const division = DIVISION.exec(this.text.slice(Math.max(0, end - 12), end));
        if (division === null) break;
        end -= division[0].length;
      }
    }
    return { end, ...(bracket === undefined ? {} : { bracket }) };
  }

  #openingBracket(close: number): number | undefined {
    let depth = 0;
    for (let i = close; i >= Math.max(0, close - LONGEST_BRACKET); i--) {
      if (this.text[i] === ")") depth++;
      else if (this.text[i] === "(" && --depth === 0) return i;
    }
    return undefined;
  }

  #isWordStart(place: number): boolean {
    return place === 0 || !PART_OF_WORD.test(this.text[place - 1]!);
  }
}
