/** For tests: laws in a few words, in memory. */
import type { Law, LawRow, LawUnit } from "../corpus/law.ts";
import { printedNumber } from "../corpus/printed_number.ts";
import { createMemoryCorpusStore } from "../recall/memory_corpus_store.ts";
import type { CorpusStore } from "./corpus_store.ts";

/** A law in a few words. */
export interface LawSketch {
  readonly title: string;
  /** The title when absent. */
  readonly lawId?: string;
  readonly lawNum?: string;
  readonly abbreviations?: readonly string[];
  /**
   * Text by article number in e-Gov's form (`21_2`), `附則` with or without a number (`附則 3`),
   * `別表` likewise. Each line is a paragraph; a line `(2) …` is item 2 of the paragraph above it.
   */
  readonly articles: Readonly<Record<string, string>>;
}

/** A store of such laws. */
export function corpusStoreDouble(laws: readonly LawSketch[]): CorpusStore {
  return createMemoryCorpusStore(laws.map(lawOf));
}

function lawOf(
  { title, lawId = title, lawNum = "", abbreviations = [], articles }: LawSketch,
): Law {
  // An object would put numbers that look like array indexes first; laws are in the order of articles.
  const units = Object.entries(articles).map(([name, text]) => unitOf(name, text));
  const order = { main: 0, supplementary: 1, appendix: 2 };
  units.sort((a, b) => order[a.provision] - order[b.provision] || compareNums(a.num, b.num));
  return { lawId, lawNum, title, abbreviations, units };
}

function unitOf(name: string, text: string): LawUnit {
  const [, kind = "", num] = /^(附則|別表)? ?(\d[\d_]*)?$/.exec(name) ?? [];
  const printed = num === undefined ? undefined : printedNumber(num)!.split("の");
  return {
    provision: kind === "" ? "main" : kind === "附則" ? "supplementary" : "appendix",
    ...(num === undefined ? {} : { num }),
    title: kind === "別表"
      ? `別表${printed === undefined ? "" : `第${printed.join("の")}`}`
      : printed === undefined
      ? kind
      : `第${printed[0]}条${printed.slice(1).map((part) => `の${part}`).join("")}`,
    caption: "",
    headings: [],
    isDeleted: false,
    rows: rowsOf(text),
  };
}

function rowsOf(text: string): LawRow[] {
  let paragraph = 0;
  return text.split("\n").map((line) => {
    const item = /^\((\d[\d_]*)\) (.*)$/.exec(line);
    if (item === null) return { kind: "paragraph", paragraph: String(++paragraph), text: line };
    return {
      kind: "item",
      paragraph: String(Math.max(1, paragraph)),
      item: item[1]!,
      text: item[2]!,
    };
  });
}

function compareNums(a = "", b = ""): number {
  const [left, right] = [a.split("_").map(Number), b.split("_").map(Number)];
  for (let i = 0; i < Math.max(left.length, right.length); i++) {
    const difference = (left[i] ?? 0) - (right[i] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}
