import { type Choices, type Letter, LETTERS } from "../dataset/question.ts";
import { comparable, isSignificant, plainText } from "./normalise_answer_text.ts";

/**
 * A place in a text that names one or several choices: by letter (b), number (2), kana (イ) or by
 * the whole text of the choice. Names joined into a list ("aとc", "a/b") are one mention.
 */
export interface Mention {
  /** Distinct letters, in the order of their first appearance. */
  readonly letters: readonly Letter[];
  readonly style: "letter" | "digit" | "kana" | "text";
  /** True for "a-d", "a/b/c/d": a description of the format, not an answer. */
  readonly placeholder: boolean;
  /** Where it starts, brackets and words such as 選択肢 included. */
  readonly start: number;
  /** Where it ends, closing brackets and the choice's own text included. */
  readonly end: number;
  /** True if the choice's own text follows its letter. */
  readonly ownText: boolean;
  /** True if nothing else precedes it on its line. */
  readonly startsLine: boolean;
  /** True if nothing but punctuation follows it on its line. */
  readonly endsLine: boolean;
  /** True if it is all there is on its line, punctuation aside. */
  readonly sole: boolean;
}

const MARKS: Readonly<Record<string, Letter>> = {
  ...{ a: "a", b: "b", c: "c", d: "d", 1: "a", 2: "b", 3: "c", 4: "d" },
  ...{ ア: "a", イ: "b", ウ: "c", エ: "d" },
};

/** The letter a single character stands for in {@link plainText} spelling, if any. */
export function letterOfMark(char: string): Letter | undefined {
  return Object.hasOwn(MARKS, char) ? MARKS[char] : undefined;
}

const LATIN_OR_DIGIT = /[\p{Script=Latin}\p{Nd}_]/u;
const OPENING = "[(\"'「『【\\[{<《〈〔\\\\]";
const CLOSING = "[)\"'」』】\\]}>》〉〕\\\\]";

/** Counters and units: a number before them is an amount, a date or an article, never a choice. */
const UNITS = "年月日条項号人名円%分割倍回つ個件社万億百千か箇ヶ週時章節";

/** What may stand before a number or kana that names a choice; 第 and other text may not. */
const BEFORE_NUMBER =
  /(?<=(?<![0-9][:.,] ?)(?:^|[\s("'「『【[{<>《〈〔:=、。,は→⇒|\\がとかや・/]|選択[肢枝]の?|肢|番号|記号|no\.|option|choice|よって|ゆえに|したがって|従って|いや|または|又は|or|and))/yu;
/** What may stand after a number or kana that names a choice. */
const AFTER_NUMBER = new RegExp(
  `${CLOSING}*(?: ?(?:$|\\n|<\\/|[。、!?;・](?![0-9])|[,:](?![0-9])|\\.(?= ?(?:\\n|$|です))|` +
    `です|だ(?!け)|で(?:ある|あり|す|は|、|$)|[がをとや]|か(?![月年所条国])|または|又は|or |and |` +
    `番(?![地号])|に(?:な|し|該)|は(?=[正誤間不適])|のみ)| (?:(?=[1-4](?:[ \\n]|$))|(?![0-9${UNITS}])))`,
  "yu",
);
/** Japanese words written in kanji that may follow a letter directly; "b型" and "a社" may not. */
const KANJI_AFTER_LETTER =
  /番(?![地号])|正(?:し|解|答)|誤|選択|以外|又は|及び|並びに|(?:回|解)答|答え/yu;
/** English words that show that "a" before them is the letter and not the article. */
const WORD_AFTER_A = / (?:is|was|because|as|since|and|or|nor|for|due|per|would|seems|not)\b/yu;

const PREFIX = new RegExp(
  `(?<=((?:選択[肢枝]の?|肢|番号|記号|option|choice|letter|number|no\\.) ?${OPENING}?))`,
  "yu",
);
const OPENERS_BEFORE = new RegExp(`(?<=(${OPENING}{1,4} ?))`, "yu");
const CLOSERS_AFTER = new RegExp(`(?: ?${CLOSING}){1,6}`, "yu");
const CONNECTOR = new RegExp(
  `(?: ?(?:と|か|や|から|[、,/|・&+;~〜-]|または|又は|もしくは|若しくは|あるいは|及び|および|並びに|` +
    `ならびに|かつ|,? ?(?:and/or|or|nor|and|to)(?= ))| ) ?(?:選択[肢枝]の? ?|option )?` +
    `${OPENING}{0,3}(?=[a-d1-4アイウエ])`,
  "yu",
);
/** What joins the texts of two choices into a list. */
const TEXT_CONNECTOR =
  /^[、, ]{0,2}(?:と|か|や|[、,/]|または|又は|もしくは|あるいは|及び|および|or|and)[、, ]{0,2}$/u;
/** Punctuation that may follow a mention that stands alone on its line. */
const REST_OF_LINE = /[\s。.,、!?;:)\]}"'」』】>|\\…]*?(?=\n|$)/yu;

/** Tests a sticky expression at one position. */
export function matchAt(pattern: RegExp, text: string, position: number): RegExpExecArray | null {
  pattern.lastIndex = position;
  return pattern.exec(text);
}

/** The choices in the forms in which mentions are searched. */
class ChoiceTexts {
  readonly plain: Readonly<Record<Letter, string>>;
  readonly compared: Readonly<Record<Letter, string>>;
  /** Choices whose text is itself a single mark, e.g. the number 3 as choice a. */
  readonly marks = new Map<string, Letter>();

  constructor(choices: Choices) {
    const map = (convert: (text: string) => string) =>
      Object.fromEntries(LETTERS.map((l) => [l, convert(choices[l])])) as Record<Letter, string>;
    this.plain = map((t) => plainText(t).replace(/[。.]+$/u, ""));
    this.compared = map(comparable);
    for (const letter of LETTERS) {
      if (letterOfMark(this.compared[letter])) this.marks.set(this.compared[letter], letter);
    }
  }

  /** The choice with the longest text that starts at `position`. */
  longestAt(text: string, position: number): Letter | undefined {
    let best: Letter | undefined;
    for (const letter of LETTERS) {
      const choice = this.plain[letter];
      if (choice.length > (best ? this.plain[best].length : 0)) {
        if (text.startsWith(choice, position)) best = letter;
      }
    }
    return best;
  }
}

const SEPARATOR = new RegExp(
  `(?: ?(?:[.:,、。-]|の(?=「)| |${OPENING}|${CLOSING})){0,5}`,
  "yu",
);

interface Mark {
  readonly letter: Letter;
  readonly style: Mention["style"];
  readonly end: number;
}

/** The mark at `i`, if the character there names a choice and is not part of something else. */
function markAt(text: string, i: number, texts: ChoiceTexts): Mark | undefined {
  const char = text.charAt(i);
  const letter = letterOfMark(char);
  if (letter === undefined) return undefined;
  const ownFollows = () => {
    const from = i + 1 + (matchAt(SEPARATOR, text, i + 1)?.[0].length ?? 0);
    return texts.plain[letter].length > 1 && texts.longestAt(text, from) === letter;
  };
  if (char > "d" || char < "a") {
    // "回答(1" cut off in "回答(1文字のみ)": a bracket that never closes names no choice.
    if (i + 1 === text.length && /[(「『【\[{<《〈〔]/u.test(text.charAt(i - 1))) return undefined;
    if (!matchAt(BEFORE_NUMBER, text, i)) return undefined;
    if (!matchAt(AFTER_NUMBER, text, i + 1) && !ownFollows()) return undefined;
    return { letter, style: char < "a" ? "digit" : "kana", end: i + 1 };
  }
  const previous = text.charAt(i - 1);
  const next = text.charAt(i + 1);
  const isRange = (from: number) =>
    letterOfMark(text.charAt(from)) !== undefined && !LATIN_OR_DIGIT.test(text.charAt(from - 1)) &&
    !LATIN_OR_DIGIT.test(text.charAt(from + 1));
  if (LATIN_OR_DIGIT.test(previous) || /[@&]/.test(previous)) return undefined;
  if (/['.-]/.test(previous) && LATIN_OR_DIGIT.test(text.charAt(i - 2))) {
    if (previous !== "-" || !isRange(i - 2)) return undefined;
  }
  if (/[+#@%°]/.test(next) || LATIN_OR_DIGIT.test(next)) return undefined;
  if (/['.-]/.test(next) && LATIN_OR_DIGIT.test(text.charAt(i + 2))) {
    if (!(next === "-" && isRange(i + 2)) && !ownFollows()) return undefined;
  }
  if (/[\p{Script=Han}\p{Script=Katakana}ー]/u.test(next)) {
    if (!matchAt(KANJI_AFTER_LETTER, text, i + 1) && !ownFollows()) return undefined;
  }
  if (/^(?:さん|ちゃん|くん)/.test(text.slice(i + 1, i + 4))) return undefined;
  if (char === "a" && next === " " && /[\p{Script=Latin}]/u.test(text.charAt(i + 2))) {
    const single = !LATIN_OR_DIGIT.test(text.charAt(i + 3)) && letterOfMark(text.charAt(i + 2));
    if (!single && !matchAt(WORD_AFTER_A, text, i + 1) && !ownFollows()) return undefined;
  }
  return { letter, style: "letter", end: i + 1 };
}

/** Moves back over opening brackets and words such as 選択肢 that belong to the mention. */
function startOf(text: string, position: number): number {
  let start = position - (matchAt(OPENERS_BEFORE, text, position)?.[1]?.length ?? 0);
  const prefix = matchAt(PREFIX, text, start)?.[1]?.length ?? 0;
  start -= prefix;
  return prefix === 0 ? start : start - (matchAt(OPENERS_BEFORE, text, start)?.[1]?.length ?? 0);
}

/** Fills in what depends on the line a mention stands on. */
function onItsLine(
  text: string,
  mention: Omit<Mention, "startsLine" | "endsLine" | "sole">,
): Mention {
  const before = text.charAt(mention.start - 1);
  const startsLine = before === "" || before === "\n" ||
    (before === " " && /^\n?$/.test(text.charAt(mention.start - 2)));
  const endsLine = matchAt(REST_OF_LINE, text, mention.end) !== null;
  return { ...mention, startsLine, endsLine, sole: startsLine && endsLine };
}

/** Mentions by letter, number or kana. */
function markedMentions(text: string, texts: ChoiceTexts): Mention[] {
  const mentions: Mention[] = [];
  const candidate = /[a-d1-4アイウエ]/gu;
  for (let hit = candidate.exec(text); hit; hit = candidate.exec(text)) {
    const first = markAt(text, hit.index, texts);
    if (!first) continue;
    const letters = new Set<Letter>([first.letter]);
    let end = first.end;
    let range = false;
    const close = () => {
      end += matchAt(CLOSERS_AFTER, text, end)?.[0].length ?? 0;
    };
    close();
    for (;;) {
      const connector = matchAt(CONNECTOR, text, end);
      if (!connector || connector[0] === "") break;
      const from = end + connector[0].length;
      const next = markAt(text, from, texts);
      if (!next || next.style !== first.style) break;
      range ||= /[~〜-]|から|to/.test(connector[0]);
      letters.add(next.letter);
      end = next.end;
      close();
    }
    const asText = texts.marks.get(text.charAt(hit.index));
    if (first.style !== "letter" && asText) letters.add(asText);
    let ownText = false;
    if (letters.size === 1) {
      const from = end + (matchAt(SEPARATOR, text, end)?.[0].length ?? 0);
      const follows = texts.longestAt(text, from);
      if (follows !== undefined && texts.plain[follows].length > 1) {
        const to = from + texts.plain[follows].length;
        if (follows === first.letter) {
          ownText = true;
          end = to;
          close();
        } else if (
          texts.compared[follows] !== texts.compared[first.letter] &&
          texts.compared[follows].length > 1 && matchAt(REST_OF_LINE, text, to)
        ) {
          // A letter with the text of another choice: nobody can say which of them was meant.
          letters.add(follows);
        }
      }
    }
    mentions.push(onItsLine(text, {
      letters: [...letters],
      style: first.style,
      placeholder: range || letters.size === LETTERS.length,
      start: startOf(text, hit.index),
      end,
      ownText,
    }));
    candidate.lastIndex = Math.max(end, hit.index + 1);
  }
  return mentions;
}

/** Mentions by the whole text of a choice; whitespace and punctuation may differ. */
function textMentions(text: string, texts: ChoiceTexts): Mention[] {
  const positions: number[] = [];
  let significant = "";
  let position = 0;
  for (const char of text) {
    if (isSignificant(char)) {
      significant += char;
      for (let unit = 0; unit < char.length; unit++) positions.push(position + unit);
    }
    position += char.length;
  }
  const spans: { letter: Letter; from: number; to: number }[] = [];
  const longestFirst = LETTERS.filter((l) => texts.compared[l].length > 1)
    .sort((x, y) => texts.compared[y].length - texts.compared[x].length);
  const taken = new Uint8Array(significant.length);
  for (const letter of longestFirst) {
    const wanted = texts.compared[letter];
    // Two choices with the same text cannot be told apart by it.
    if (LETTERS.some((other) => other !== letter && texts.compared[other] === wanted)) continue;
    for (let at = significant.indexOf(wanted); at >= 0;) {
      const to = at + wanted.length;
      if (!taken[at] && !taken[to - 1]) {
        taken.fill(1, at, to);
        spans.push({ letter, from: positions[at] ?? 0, to: (positions[to - 1] ?? 0) + 1 });
      }
      at = significant.indexOf(wanted, to);
    }
  }
  // The headings of a quoted statute read like "架空法 / 第12条 / 第1項"; a choice is on one line.
  return spans.filter(({ from, to, letter }) =>
    !text.slice(from, to).includes("\n") &&
    standsFree(text, from, to, texts.compared[letter].length < 4)
  ).map(({ letter, from, to }) => {
    const end = to + (matchAt(CLOSERS_AFTER, text, to)?.[0].length ?? 0);
    return onItsLine(text, {
      letters: [letter],
      style: "text",
      placeholder: false,
      start: from - (matchAt(OPENERS_BEFORE, text, from)?.[1]?.length ?? 0),
      end,
      ownText: true,
    });
  });
}

/**
 * True if a choice's text is not merely part of a longer expression ("第37条第1項" in
 * "第37条第1項第3号"). Short texts are common words and must stand alone or in quotes.
 */
function standsFree(text: string, from: number, to: number, short: boolean): boolean {
  const before = text.charAt(from - 1);
  const after = text.slice(to, to + 4);
  if (short) {
    return /^(?:|[\n「『"':は、( ])$/u.test(before) &&
      /^(?:$|[\n」』"'。)}]|です|である|だ。|が(?:[正誤]|該当)|と(?:定め|され|なる|規定))/u.test(
        after,
      );
  }
  return !/[\p{Script=Han}\p{Script=Katakana}ー\p{Script=Latin}\p{Nd}の]/u.test(before) &&
    !/^(?:[\p{Script=Han}\p{Script=Katakana}ー\p{Script=Latin}\p{Nd}]|の[0-9])/u.test(after);
}

/**
 * All mentions of choices in `text`, in order.
 * @param text in the spelling of `plainText`.
 */
export function findMentions(text: string, choices: Choices): Mention[] {
  const texts = new ChoiceTexts(choices);
  const marked = markedMentions(text, texts);
  const byText: Mention[] = [];
  let next = 0;
  for (const mention of textMentions(text, texts).sort((x, y) => x.start - y.start)) {
    // The text that follows its own letter, or a list's wording, already belongs to that mention.
    while ((marked[next]?.end ?? Infinity) <= mention.start) next++;
    const overlapping = marked[next];
    if (overlapping && overlapping.start < mention.end && overlapping.start <= mention.start) {
      continue;
    }
    const last = byText.at(-1);
    if (last && TEXT_CONNECTOR.test(text.slice(last.end, mention.start).slice(0, 9))) {
      const letters = [...new Set([...last.letters, ...mention.letters])];
      const span = { ...last, letters, end: mention.end };
      byText[byText.length - 1] = onItsLine(text, span);
    } else byText.push(mention);
  }
  // A mark inside a mentioned text ("資本金の1/2", "b種株式") is part of that text.
  const inText = (m: Mention) => byText.some((t) => t.start <= m.start && m.end <= t.end);
  const kept = byText.length === 0 ? marked : marked.filter((m) => !inText(m));
  return [...kept, ...byText].sort((x, y) => x.start - y.start);
}
