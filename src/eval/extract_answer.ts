import { type Choices, type Letter, LETTERS } from "../dataset/question.ts";
import type { PromptMode } from "../settings/setting_table.ts";
import { findMentions, matchAt, type Mention } from "./answer_mentions.ts";
import {
  type Claim,
  claimOf,
  isRefusal,
  isTakenBack,
  lastCorrection,
  type Strength,
} from "./answer_rules.ts";
import { plainText, saidText, withoutThinkingTags } from "./normalise_answer_text.ts";
import { stripOptionEcho } from "./strip_option_echo.ts";

/** Raised with every change of the rules that can change a reading. */
export const EXTRACTION_VERSION = 1;

/** What the extractor knows besides the text. */
export interface ExtractOptions {
  readonly mode: PromptMode;
  /** The question's choices, without letters: an answer may be given by, or with, its text. */
  readonly choices: Choices;
  /**
   * True when the length limit cut the text. In cot only an answer in a form made for it (answer
   * line, box, tag, JSON) then counts, since any other sentence may be a step on the way.
   */
  readonly truncated?: boolean;
}

/** The letter a text answers with and the rule that found it, or why there is none. */
export type Extraction =
  | { readonly letter: Letter; readonly rule: string }
  | {
    readonly letter: null;
    readonly reason: "empty" | "refusal" | "several" | "no_answer";
  };

/** What the claims of one strength amount to: one claim, a contradiction, or nothing. */
type Verdict = Claim | "several" | undefined;

const SEVERAL: Extraction = { letter: null, reason: "several" };

/** Where a model without an end-of-turn token goes on with a question of its own. */
const NEXT_QUESTION =
  /\n(?:(?:次の)?(?:問題文?|質問|設問|問|question|q) ?\d{0,3} ?(?:[:.]|\n)|(?:human|user|ユーザー|指示) ?:|以下の問題文に|次の問題)/u;

/**
 * Reads the answer out of a model's raw text. In the text without thinking blocks and without
 * echoes of the list of choices, every mention of a choice is tried against `ANSWER_RULES`. The
 * strongest claims decide; contradicting claims are no answer, unless the model corrects itself or,
 * in cot, comes to a later final line. A wrong extraction is worse than none. Never throws; takes
 * time proportional to the text's length.
 */
export function extractAnswer(text: string, options: ExtractOptions): Extraction {
  const said = saidText(text);
  if (said === "") return { letter: null, reason: "empty" };
  const next = said.search(NEXT_QUESTION);
  if (next > 0) {
    const first = extractFromTurn(said.slice(0, next), { ...options, truncated: false });
    if (first.letter !== null) return first;
  }
  return extractFromTurn(said, options);
}

function extractFromTurn(said: string, options: ExtractOptions): Extraction {
  const text = stripOptionEcho(said, options.choices);
  const mentions = findMentions(text, options.choices).filter((m, index) =>
    !m.placeholder && !(options.truncated && mayGoOn(text, m, index, options.choices))
  );
  const claims: Claim[] = [];
  for (const mention of mentions) {
    const claim = claimOf(text, mention);
    if (claim) claims.push(claim);
  }
  const verdict = options.mode === "cot"
    ? decideCot(text, claims, mentions, options.truncated === true)
    : decideDirect(text, claims, mentions);
  if (verdict === "several") return SEVERAL;
  const letter = verdict?.letters[0];
  if (verdict && letter) {
    return verdict.letters.length > 1 ? SEVERAL : { letter, rule: verdict.rule };
  }
  if (isRefusal(text)) return { letter: null, reason: "refusal" };
  return { letter: null, reason: "no_answer" };
}

/**
 * True if a cut text ends with a mention that may have been on the way to something else: a choice's
 * text to a longer one, or, after other mentions, a number to a longer number or an amount.
 */
function mayGoOn(text: string, mention: Mention, index: number, choices: Choices): boolean {
  if (mention.end < text.length) return false;
  if (mention.style === "digit") return index > 0;
  if (mention.style !== "text") return false;
  const said = text.slice(mention.start, mention.end);
  return LETTERS.some((l) => l !== mention.letters[0] && plainText(choices[l]).startsWith(said));
}

function decideDirect(
  text: string,
  allClaims: readonly Claim[],
  mentions: readonly Mention[],
): Verdict {
  const leading = leadingClaim(text, mentions, allClaims);
  const all = leading ? [leading, ...allClaims] : [...allClaims];
  // Beside an answer by letter, a verdict on a choice's text may be part of a quoted statute.
  const byLetter = all.some((c) => !c.byText);
  const own = all.filter((c) => !(byLetter && c.byText && c.strength === "verdict"));
  const claims = afterCorrection(text, own) ?? own;
  const of = (...strengths: Strength[]) => claims.filter((c) => strengths.includes(c.strength));
  const final = settle(of("final"));
  if (final) return final;
  for (const strength of ["formatted", "conclusion", "statement", "verdict", "position"] as const) {
    const verdict = settle(of(strength));
    if (verdict === "several") return verdict;
    if (!verdict) continue;
    // Claims that a reader would hold against it. A conclusion or statement outweighs verdicts,
    // which may be steps on the way, and a conclusion outweighs statements before it.
    const rivals = strength === "conclusion"
      ? of("position")
      : of("formatted", "conclusion", "statement", "position");
    const contradicted = rivals.some((c) => c.letters.some((l) => l !== verdict.letters[0]));
    return contradicted ? "several" : verdict;
  }
  return lastLineClaim(text, mentions) ?? onlyVerdict(text, mentions) ??
    onlyChoiceText(text, mentions);
}

function decideCot(
  text: string,
  claims: readonly Claim[],
  mentions: readonly Mention[],
  truncated: boolean,
): Verdict {
  const of = (...strengths: Strength[]) => claims.filter((c) => strengths.includes(c.strength));
  const formatted = of("final").at(-1) ?? of("formatted").at(-1);
  if (formatted) {
    const corrected = settle(
      afterCorrection(text, claims.filter((c) => c.start > formatted.start)),
    );
    if (!corrected || corrected === formatted) return formatted;
    return truncated ? "several" : corrected;
  }
  if (truncated) return undefined;
  const lastLine = text.lastIndexOf("\n") + 1;
  const closing = claims.filter((c) => c.start >= lastLine);
  return lastOrSettled(of("conclusion")) ??
    settle(afterCorrection(text, of("statement")) ?? of("statement")) ??
    settle(closing.filter((c) => c.strength === "verdict" || c.strength === "position")) ??
    lastLineClaim(text, mentions) ?? answerFirst(text, mentions);
}

/** The claims after the last self-correction, if there are any. */
function afterCorrection(text: string, claims: readonly Claim[]): Claim[] | undefined {
  const from = lastCorrection(text);
  if (from < 0) return undefined;
  const later = claims.filter((c) => c.start >= from && c.strength !== "position");
  return later.length > 0 ? later : undefined;
}

/**
 * What claims of equal strength amount to. Verdicts may call one choice right and the others wrong,
 * or one wrong and the others right: the single one is the answer. Several that are all called
 * wrong are an elimination without a conclusion.
 */
function settle(claims: readonly Claim[] | undefined): Verdict {
  if (!claims || claims.length === 0) return undefined;
  const lettersOf = (some: readonly Claim[]) => new Set(some.flatMap((c) => c.letters));
  const neutral = claims.filter((c) => !c.stance);
  if (neutral.length > 0) return lettersOf(neutral).size === 1 ? neutral[0] : "several";
  const right = claims.filter((c) => c.stance === "right");
  const wrong = claims.filter((c) => c.stance === "wrong");
  const [rightCount, wrongCount] = [lettersOf(right).size, lettersOf(wrong).size];
  if (rightCount === 1 && wrongCount !== 1) return right[0];
  if (wrongCount === 1 && rightCount !== 1) return wrong[0];
  return rightCount === 0 ? undefined : "several";
}

/** In a chain of thought the last conclusion counts; conclusions about single choices are settled. */
function lastOrSettled(claims: readonly Claim[]): Verdict {
  return claims.filter((c) => !c.stance).at(-1) ?? settle(claims);
}

function positionClaim(mention: Mention, rule: string): Claim {
  const { letters, start, end, style } = mention;
  return { letters, byText: style === "text", rule, strength: "position", start, end };
}

/** What may follow a letter at the very start of a text: "b。", "b - 理由", "b 第5条…", "bです". */
const AFTER_LEADING_LETTER =
  / ?(?:$|\n|[。.、,:;!]|[-–—(「]|です|だ(?!け)|であ[りる]|と(?:考|思|判)|を選)| (?![はもがのをにへと] ?[^ ])/yu;
const AFTER_LEADING_NUMBER = / ?(?:$|\n|[。!]|です|番|であ[りる])/yu;

/**
 * A text that starts with a letter. In "A: …" with other text after it the A may mean "answer", so
 * it is not taken; nor is "A. …" if something else in the text claims to be the answer. Numbers need
 * more after them, since numbered lists and amounts start with them too.
 */
function leadingClaim(
  text: string,
  mentions: readonly Mention[],
  claims: readonly Claim[],
): Claim | undefined {
  const first = mentions[0];
  if (!first || first.start > 0 || isTakenBack(text, first)) return undefined;
  if (first.sole) {
    // Every choice that has a line to itself counts; but after a letter, イ or a choice's text alone
    // on a line may be an item of a quoted statute.
    const alone = mentions.filter((m) =>
      m.sole && (m.style === first.style || m.style === "letter" || m.style === "digit")
    );
    const letters = new Set(alone.flatMap((m) => m.letters));
    const rule = first.style === "text" ? "choice_text" : "sole_letter";
    return { ...positionClaim(first, rule), letters: [...letters] };
  }
  if (first.style === "text") return undefined;
  if (first.ownText) return positionClaim(first, "letter_and_text");
  if (first.letters[0] === "a" && first.style === "letter") {
    const sign = /^ ?([:.])/u.exec(text.slice(first.end, first.end + 2))?.[1];
    if (sign === ":" || (sign === "." && claims.length > 0)) return undefined;
  }
  const one = first.style === "letter" && first.letters.length === 1;
  const after = one ? AFTER_LEADING_LETTER : AFTER_LEADING_NUMBER;
  return matchAt(after, text, first.end) ? positionClaim(first, "leading_letter") : undefined;
}

/** Letters that stand alone on their lines, the last line among them. */
function lastLineClaim(text: string, mentions: readonly Mention[]): Verdict {
  const last = mentions.at(-1);
  if (!last || !last.startsLine || isTakenBack(text, last)) return undefined;
  // Quoted statutes and questions end with, or begin with, a choice's text too.
  if (last.style === "text" && (last.start > 0 || !last.sole)) return undefined;
  if (text.indexOf("\n", last.end) >= 0 || !(last.sole || last.ownText)) return undefined;
  const alone = mentions.filter((m) => m.sole && m.style !== "text");
  const same = alone.every((m) => m.letters.length === 1 && m.letters[0] === last.letters[0]);
  return same ? positionClaim(last, "last_line") : "several";
}

/** A chain of thought that puts the letter first and the reason after it. */
function answerFirst(text: string, mentions: readonly Mention[]): Claim | undefined {
  const first = mentions[0];
  if (!first?.sole || first.start > 0 || isTakenBack(text, first)) return undefined;
  const reason = /^[^\n]{0,4}\n(?:理由|解説|根拠|説明|なぜなら|reason|because|explanation)/u;
  return reason.test(text.slice(first.end)) ? positionClaim(first, "answer_first") : undefined;
}

/** "cは正しいです" where c is the only choice spoken of. "bは誤り" is no answer: it rules b out. */
function onlyVerdict(text: string, mentions: readonly Mention[]): Claim | undefined {
  const first = mentions[0];
  if (!first || first.letters.length > 1) return undefined;
  if (mentions.some((m) => m.letters.length > 1 || m.letters[0] !== first.letters[0])) {
    return undefined;
  }
  const right =
    /(?:の(?:記述|内容|説明))?は(?:正しい(?!と|か|わ)|正解(?!では)|適切(?!で(?:は|な))です)/yu;
  const found = mentions.find((m) => matchAt(right, text, m.end));
  return found && !isRefusal(text) ? positionClaim(found, "only_verdict") : undefined;
}

/** What shows that a choice's text is denied, or part of a question. */
const DENIAL =
  /教え|選べ|選ん|どれ|な[いくか]|ませ[んぬ]|ず|誤|不適|不正|違|以外|\bnot\b|wrong|incorrect/u;
/** Longer texts quote choices in order to discuss them. */
const MAX_CHOICE_TEXT_FRAME = 60;

/** A text that contains the full text of one choice, of no other, and nothing that denies it. */
function onlyChoiceText(
  text: string,
  mentions: readonly Mention[],
): Claim | undefined {
  const first = mentions[0];
  if (!first) return undefined;
  const letter = first.letters[0];
  if (mentions.some((m) => m.letters.length > 1 || m.letters[0] !== letter)) return undefined;
  if (first.style !== "text") return undefined;
  let frame = "";
  let from = 0;
  for (const m of mentions) {
    frame += text.slice(from, m.start) + "\n";
    from = m.end;
  }
  frame += text.slice(from);
  if (frame.length > MAX_CHOICE_TEXT_FRAME || DENIAL.test(frame) || isRefusal(text)) {
    return undefined;
  }
  return positionClaim(first, "choice_text");
}

/** Words that introduce a final answer on the line that holds it. */
const FINAL_LABEL =
  /最終(?:的な)?(?:回答|解答|答え|結論)|(?:final[ _]?)?answer|回答|解答|答え|答[:：]|正解|正答|\\f?boxed|<answer>/giu;

/** Lines with such words that are looked at, from the end: a looping model writes thousands. */
const MAX_LABELLED_LINES = 100;

/**
 * A chain of thought without its final answer line: what precedes the last line with an answer in a
 * form made for it. The whole text, without thinking tags, where there is none.
 */
export function reasoningOf(text: string, options: ExtractOptions): string {
  const whole = withoutThinkingTags(text).trim();
  const lines = whole.split("\n");
  let labelledLines = 0;
  for (let i = lines.length - 1; i >= 0 && labelledLines < MAX_LABELLED_LINES; i--) {
    const line = lines[i] ?? "";
    const labels = [...line.normalize("NFKC").matchAll(FINAL_LABEL)];
    if (labels.length === 0) continue;
    labelledLines++;
    // The letter may stand on the line after its label.
    const answer = plainText(lines.slice(i, i + 3).join("\n"));
    const isFinal = findMentions(answer, options.choices).some((mention) => {
      const strength = claimOf(answer, mention)?.strength;
      return strength === "final" || strength === "formatted";
    });
    if (!isFinal) continue;
    // On a line of its own the label is first; else the reasoning goes on before it.
    const label = [...line.matchAll(FINAL_LABEL)].at(-1)?.index ?? 0;
    const onSameLine = line.slice(0, label).replace(/[\s*#>`"'{【[<(（「$-]+$/u, "");
    return [...lines.slice(0, i), onSameLine].join("\n").trim();
  }
  return whole;
}
