import { parseKanjiNumber } from "./kanji_number.ts";
import type { Place, PlaceAnchor, PlaceMention } from "./place.ts";
import {
  BRANCH,
  CONNECTIVE,
  ITEM,
  PARAGRAPH,
  PLACE_START,
  SUBITEM,
  SUBSUBITEM,
} from "./place_patterns.ts";

/** The longest text between two places that are looked at as joined, in UTF-16 units. */
const LONGEST_JOIN = 24;
/** Statutes have two, in a few places three: 第八条の二の三の四. */
const MOST_BRANCHES = 4;
const ANCHORS: Readonly<Record<string, PlaceAnchor>> = {
  同: "same",
  本: "this",
  この: "this",
  次: "next",
};

/**
 * All places of laws that a text names, in order and without overlap: 第二十一条の二第三項第五号, 第21条の2,
 * 21条, 同条第二項, 前条, 附則第三条, 別表第一.
 * @param text after {@linkcode foldWidth}.
 */
export function findPlaces(text: string): PlaceMention[] {
  const found: PlaceMention[] = [];
  const start = new RegExp(PLACE_START);
  for (let match = start.exec(text); match !== null; match = start.exec(text)) {
    const read = readPlace(text, match);
    if (read === undefined) continue;
    start.lastIndex = read.end;
    const before = found.at(-1);
    const between = before === undefined || match.index - before.end > LONGEST_JOIN
      ? undefined
      : text.slice(before.end, match.index);
    const isJoined = between !== undefined && CONNECTIVE.test(between);
    const endsRange = isJoined && /(?:から|[~〜]) {0,2}$/.test(between) &&
      (between.endsWith("から") ? text.startsWith("まで", read.end) : true);
    found.push({ ...read, start: match.index, isJoined, endsRange });
  }
  return found;
}

type ReadPlace = Pick<PlaceMention, "anchor" | "count" | "place" | "end">;

function readPlace(text: string, match: RegExpExecArray): ReadPlace | undefined {
  const words = match.groups!;
  const reader = new Reader(text, match.index + match[0].length);
  const article = words.article ?? words.bareArticle;
  if (article !== undefined) {
    const num = reader.number(article);
    if (num === undefined) return undefined;
    const provision = words.supplementary === undefined ? "main" : "supplementary";
    return reader.finish("number", { provision, num });
  }
  if (words.relative !== undefined) {
    const anchor = ANCHORS[words.relative] ?? "previous";
    const count = words.count === undefined ? undefined : parseKanjiNumber(words.count);
    return reader.finish(anchor, { provision: "main" }, count);
  }
  if (words.onlySupplementary !== undefined) {
    return reader.finish("number", { provision: "supplementary" });
  }
  if (words.appendix !== undefined) {
    const table = words.table ?? words.bareTable;
    const num = table === undefined ? undefined : reader.number(table);
    return reader.finish("number", {
      provision: "appendix",
      ...(num === undefined ? {} : { num }),
    });
  }
  // 第二項 by itself: the reader starts at the number, so that 第三号 behind it is read alike.
  return new Reader(text, match.index).finish("none", { provision: "main" });
}

/** Reads on from a place in the text, each part only if it is there. */
class Reader {
  constructor(private readonly text: string, private end: number) {}

  /** e-Gov's form of a number whose first part is read, with の二 … behind it. */
  number(first: string): string | undefined {
    const value = parseKanjiNumber(first);
    if (value === undefined || value === 0) return undefined;
    return [value, ...this.#branches()].join("_");
  }

  finish(anchor: PlaceAnchor, start: Place, count?: number): ReadPlace | undefined {
    const paragraph = this.#numberOf(PARAGRAPH);
    let item = this.#numberOf(ITEM);
    if (item !== undefined) item = [item, ...this.#branches()].join("_");
    const subitems: string[] = [];
    if (item !== undefined) {
      for (const pattern of [SUBITEM, SUBSUBITEM, SUBSUBITEM]) {
        const letter = this.#take(pattern)?.[1];
        if (letter === undefined) break;
        subitems.push(pattern === SUBITEM ? letter : `(${parseKanjiNumber(letter) ?? letter})`);
      }
    }
    if (anchor === "none" && paragraph === undefined && item === undefined) return undefined;
    return {
      anchor,
      ...(count === undefined ? {} : { count }),
      place: {
        ...start,
        ...(paragraph === undefined ? {} : { paragraph: String(paragraph) }),
        ...(item === undefined ? {} : { item: String(item) }),
        ...(subitems.length === 0 ? {} : { subitems }),
      },
      end: this.end,
    };
  }

  *#branches(): Generator<number> {
    for (let count = 0; count < MOST_BRANCHES; count++) {
      const place = this.end;
      const value = parseKanjiNumber(this.#take(BRANCH)?.[1] ?? "");
      if (value === undefined || value === 0) {
        this.end = place;
        return;
      }
      yield value;
    }
  }

  #numberOf(pattern: RegExp): number | string | undefined {
    const place = this.end;
    const match = this.#take(pattern);
    const value = parseKanjiNumber(match?.[1] ?? match?.[2] ?? "");
    if (value === undefined || value === 0) {
      this.end = place;
      return undefined;
    }
    return value;
  }

  #take(pattern: RegExp): RegExpExecArray | null {
    pattern.lastIndex = this.end;
    const match = pattern.exec(this.text);
    if (match !== null) this.end = pattern.lastIndex;
    return match;
  }
}
