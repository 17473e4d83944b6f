import { type Choices, type Letter, LETTERS } from "../dataset/question.ts";
import { letterOfMark } from "./answer_mentions.ts";
import { comparable, plainText } from "./normalise_answer_text.ts";

/** A line that starts with a choice's letter, number or kana and a separator. */
const ITEM =
  /^[("'「『【[{<]{0,3} ?(?:選択肢 ?)?([a-d1-4アイウエ])( ?[)"'」』】\]}>.:,、|=-]{1,4} ?| |$)(.*)$/u;
/** Circled numbers lose their circle under NFKC, so their text follows without a separator. */
const ITEM_WITHOUT_SEPARATOR = /^([a-d1-4アイウエ])()(?![a-z0-9])(.+)$/u;
/** A sentence about the choice ("b は誤り"), not the choice itself. */
const SENTENCE = /^(?:[はがもをのにへとで]|です|だ|なの)/u;

interface Item {
  readonly line: number;
  readonly letter: Letter;
  readonly rest: string;
  /** What follows the letter: the choice's text (or its beginning), something else, nothing. */
  readonly kind: "own" | "other" | "nothing";
}

function itemOf(line: string, index: number, compared: Record<Letter, string>): Item | undefined {
  const kindOf = (letter: Letter, rest: string): Item["kind"] => {
    const text = comparable(rest);
    // A cut echo ends within a choice, hence the prefix.
    if (text === compared[letter]) return "own";
    if (text === "") return "nothing";
    return text.length > 1 && compared[letter].startsWith(text) ? "own" : "other";
  };
  for (const pattern of [ITEM, ITEM_WITHOUT_SEPARATOR]) {
    const match = pattern.exec(line);
    const letter = letterOfMark(match?.[1] ?? "");
    const rest = match?.[3] ?? "";
    if (!match || !letter) continue;
    const kind = kindOf(letter, rest);
    if (kind !== "own" && (pattern !== ITEM || SENTENCE.test(rest.trimStart()))) continue;
    return { line: index, letter, rest, kind };
  }
  return undefined;
}

/**
 * Removes echoes of the list of choices, so that nothing in them is taken for an answer. An echo is
 * a run of lines that start with rising letters: lines that repeat their choice go as a whole, of
 * others ("c. 正しい") only the letter goes. One line alone ("b 第5条…") is not an echo. A bare letter
 * and lines with text do not belong to one run ("a", then "b. 誤り", "c. 誤り" is the answer a).
 * Also removes an echo that stands on one line.
 * @param text in the spelling of `plainText`.
 */
export function stripOptionEcho(text: string, choices: Choices): string {
  const compared = Object.fromEntries(
    LETTERS.map((l) => [l, comparable(choices[l])]),
  ) as Record<Letter, string>;
  const lines = text.split("\n");
  let run: Item[] = [];
  const dropRun = () => {
    if (run.length >= (run[0]?.kind === "nothing" ? 3 : 2)) {
      for (const item of run) lines[item.line] = item.kind === "own" ? "" : item.rest;
    }
    run = [];
  };
  lines.forEach((line, index) => {
    const item = itemOf(line, index, compared);
    if (!item) return;
    const last = run.at(-1);
    const sameRun = last && last.letter < item.letter &&
      (last.kind === item.kind || (last.kind !== "nothing" && item.kind !== "nothing") ||
        // An echo cut off right after a letter.
        (index === lines.length - 1 && run.length >= 2 && run.every((i) => i.kind === "own")));
    if (last && !sameRun) dropRun();
    run.push(item);
  });
  dropRun();
  return plainText(stripInlineEcho(lines.join("\n"), choices));
}

/** Removes "a … b … c … d …" on one line: at least three choices in a row, each after its letter. */
function stripInlineEcho(text: string, choices: Choices): string {
  const found: { from: number; to: number; rank: number }[] = [];
  LETTERS.forEach((letter, rank) => {
    const wanted = plainText(choices[letter]);
    if (wanted.length < 2) return;
    const marks = [letter, `${rank + 1}`, "アイウエ".charAt(rank)].join("");
    const before = new RegExp(
      `(?<=(?<![a-z0-9])([("'「【[]?[${marks}][)"'」】\\].:,、 ]{0,4}))`,
      "yu",
    );
    for (let at = text.indexOf(wanted); at >= 0; at = text.indexOf(wanted, at + wanted.length)) {
      before.lastIndex = at;
      const mark = before.exec(text)?.[1];
      if (mark) found.push({ from: at - mark.length, to: at + wanted.length, rank });
    }
  });
  found.sort((x, y) => x.from - y.from);
  let kept = "";
  let copied = 0;
  for (let i = 0; i < found.length;) {
    let j = i + 1;
    for (; j < found.length; j++) {
      const [last, next] = [found[j - 1], found[j]];
      if (!last || !next || next.rank <= last.rank || next.from < last.to) break;
      if (!/^[\s,、。;/|・"'「」]{0,6}$/u.test(text.slice(last.to, next.from))) break;
    }
    const [first, last] = [found[i], found[j - 1]];
    if (first && last && j - i >= 3) {
      kept += text.slice(copied, first.from) + "\n";
      copied = last.to;
    }
    i = j;
  }
  return kept + text.slice(copied);
}
