import type { Letter } from "../dataset/question.ts";
import { matchAt, type Mention } from "./answer_mentions.ts";
import {
  ASSERTED,
  CLOSED,
  COLON,
  CONCLUDING,
  CORRECTING,
  FINAL_NAME,
  GENUINE,
  GROUND,
  NAME,
  OF_IT,
  REFUSING,
  REMARK,
  RIGHT,
  RIGHT_ONE_IS,
  TAKEN_BACK,
  WRONG,
  WRONG_ONE_IS,
} from "./answer_wording.ts";

/**
 * How strong a claim is. A stronger one wins over a weaker one.
 * - final: says that it is the last word ("最終回答: b")
 * - formatted: an answer in a form that was made for it (JSON, tag, box, answer line)
 * - conclusion: a statement or verdict after よって and the like
 * - statement: a sentence about the answer ("答えはbです")
 * - verdict: a sentence about a choice ("bが正しい", "誤っているものはb")
 * - position: where the letter stands, without words around it
 */
export type Strength = "final" | "formatted" | "conclusion" | "statement" | "verdict" | "position";

/** What one mention claims. */
export interface Claim {
  /** More than one where the mention is a list ("aとc"). */
  readonly letters: readonly Letter[];
  /** True where the choice is named by its text alone. */
  readonly byText: boolean;
  readonly rule: string;
  readonly strength: Strength;
  /** What a verdict calls the choice. A question may ask for either. */
  readonly stance?: "right" | "wrong";
  readonly start: number;
  readonly end: number;
}

/** One way to recognise that a mention is the answer. */
export interface AnswerRule {
  readonly name: string;
  readonly strength: Strength;
  readonly stance?: "right" | "wrong";
  /** What must end where the mention starts. */
  readonly before?: RegExp;
  /** What must start where the mention ends. */
  readonly after?: RegExp;
  /** What must hold for the mention itself. */
  readonly mention?: (mention: Mention, text: string) => boolean;
  /** What it matches, and why that is an answer. */
  readonly why: string;
}

// Sticky expressions look back from, or ahead of, one position only: the work for a whole text is
// proportional to its length.
const behind = (source: string) => new RegExp(`(?<=${source})`, "yu");
const ahead = (source: string) => new RegExp(source, "yu");
const LINE_START = "(?<=^|\\n)";

/** The rules in the order in which they are tried on each mention; the first that fits is taken. */
export const ANSWER_RULES: readonly AnswerRule[] = [
  {
    name: "final_answer_line",
    strength: "final",
    before: behind(
      `${GENUINE}${FINAL_NAME}(?:${COLON}\\n?|${REMARK}${CLOSED}(?:は|is|\\n)[、 ]?)`,
    ),
    why: "最終回答: b. The model itself calls it final.",
  },
  {
    name: "json",
    strength: "formatted",
    before: behind(
      `["'\\\\](?:[a-z]{1,10}_)?(?:answer|回答|解答|答え|正解|choice|選択肢?|letter|option)` +
        `(?:_[a-z]{1,10})?["'\\\\]{1,3} ?: ?`,
    ),
    why: 'A JSON member {"answer": "b"}, also pretty-printed or cut off.',
  },
  {
    name: "answer_tag",
    strength: "formatted",
    before: behind("<(?:final_?)?(?:answer|choice|回答|答え|解答)> ?\\n?"),
    why: "<answer>b</answer>. Some models are trained to use it.",
  },
  {
    name: "boxed",
    strength: "formatted",
    before: behind("[\\\\¥]f?boxed ?"),
    why: "\\boxed{b}. The form of models trained on mathematics.",
  },
  {
    name: "answer_line",
    strength: "formatted",
    before: behind(`${GENUINE}${NAME}${COLON}`),
    why: "回答: b, 回答（1文字のみ）: b, Answer: b. The form that prompts ask for.",
  },
  {
    name: "answer_heading",
    strength: "formatted",
    before: behind(
      `${LINE_START}[^。\\n]{0,40}?${GENUINE}${NAME}(?: is)?(?:${COLON}|${REMARK} ?${CLOSED})\\n`,
    ),
    mention: (m) => m.sole || m.ownText,
    why: "A heading 回答 or a line that ends with it, and the letter alone on the next line.",
  },
  {
    name: "answer_label",
    strength: "formatted",
    before: behind(`${LINE_START}[【[「『<(]?${NAME}${REMARK}${CLOSED} ?`),
    mention: (m) => m.endsLine || m.ownText || m.style === "letter",
    after: ahead(`(?=${ASSERTED})`),
    why: "回答 b, 答えb. A label without a colon counts only at the start of a line.",
  },
  {
    name: "reply_prefix",
    strength: "statement",
    before: behind(
      `${LINE_START}(?:a|assistant|アシスタント|ai|output|出力|response|結果|result) ?: ?\\n?`,
    ),
    mention: (m) => m.endsLine || m.ownText,
    why: "A: b. Here A means answer, as in Q and A; only if nothing but the letter follows.",
  },
  {
    name: "correction",
    strength: "statement",
    before: behind(`(?:${CORRECTING}[^\\n]{0,6}|正しくは[、, ]?)(?:(?:答え|正解|回答)は[、 ]?)?`),
    after: ahead(`(?=${ASSERTED})`),
    why: "いや、c. The model corrects itself.",
  },
  {
    name: "instead",
    strength: "statement",
    before: behind("(?:では|じゃ|で)なくて?[、, ]?"),
    after: ahead(`(?:が|(?=${ASSERTED}))`),
    why: "aではなくb. The second one is meant.",
  },
  {
    name: "answer_sentence",
    strength: "statement",
    before: behind(
      `${GENUINE}${NAME}(?:の選択肢|となる選択肢|の記号|の番号)?(?:として)?(?:は|が|には|を)[、, \\n]?` +
        `(?:おそらく|恐らく|多分|たぶん|やはり|次の)?[、, \\n]?${GROUND}`,
    ),
    why: "答えはbです, 正解は「b」.",
  },
  {
    name: "answer_is",
    strength: "statement",
    before: behind(
      "(?<!wrong |incorrect |false |not the (?:correct |right )?)(?:answer|choice|option|statement|one) " +
        "(?:is|would be|must be|should be|=)(?: therefore| thus| clearly| likely| probably)?[: ]{1,2}(?:the )?",
    ),
    why: "The answer is (b).",
  },
  {
    name: "chosen",
    strength: "statement",
    after: ahead(
      `${OF_IT} ?を(?:選(?:択(?:し(?!な|ませ)|する|いたし)|び(?!ませ)|ぶ(?!べきで|こと)|んだ)|(?:正解|回答|答え)とし)`,
    ),
    why: "bを選びます.",
  },
  {
    name: "i_choose",
    strength: "statement",
    before: behind(
      "(?:i(?: would| will|'ll|'d)? (?:choose|select|pick|say|go with|answer)|my (?:choice|pick) is):? |" +
        "(?:選ぶ|選択する|答える)(?:と|なら(?:ば)?)[、 ]?",
    ),
    why: "I choose b; 1つ選ぶと、bになります.",
  },
  {
    name: "concluded",
    strength: "conclusion",
    before: behind(`${CONCLUDING}(?:に?より|で|から|の|は|と)?[、, :]{0,2}(?:the answer is )?`),
    after: ahead(`(?=${ASSERTED})`),
    why: "よって、d.",
  },
  {
    name: "wrong_one_is",
    strength: "verdict",
    stance: "wrong",
    before: behind(WRONG_ONE_IS),
    after: ahead("(?! ?[がは])"),
    why: "誤っているものはbです. The answer to a question that asks for the wrong statement.",
  },
  {
    name: "right_one_is",
    strength: "verdict",
    stance: "right",
    before: behind(RIGHT_ONE_IS),
    after: ahead("(?! ?[がは])"),
    why: "正しいものはcです.",
  },
  {
    name: "is_wrong",
    strength: "verdict",
    stance: "wrong",
    after: ahead(`${OF_IT}が(?:明らかに|最も|唯一|明確に)?${WRONG}`),
    why: "bが誤り. が singles b out; は (bは誤り) only rules b out and is no claim.",
  },
  {
    name: "is_right",
    strength: "verdict",
    stance: "right",
    after: ahead(`${OF_IT}(?:が(?:最も|唯一|一番|明らかに)?|(?=正))${RIGHT}`),
    why: "bが正しい, 選択肢bが正解.",
  },
  {
    name: "is_correct",
    strength: "verdict",
    stance: "right",
    after: ahead(" is (?:the )?(?:correct|right|best|answer)"),
    why: "b is correct.",
  },
  {
    name: "topic_is",
    strength: "verdict",
    before: behind("(?<!まず|または|又|次|で|に|と)は[、, ]?"),
    after: ahead(
      "(?:です|だ(?!け|と)|であ[るり]|と(?:な[るりっ]|考|思|判)|にな[るりっ]|。|$|\\n|に該当し(?!な|ませ))",
    ),
    // "は3" may be an amount. Quoted statutes contain a choice's text after は, but never です.
    mention: (m, text) =>
      m.style === "letter" || (m.style === "text" && text.startsWith("です", m.end)),
    why: "根拠となる条文はbです.",
  },
  {
    name: "opinion",
    strength: "verdict",
    after: ahead(
      "(?:だ|である|が(?:正しい|正解|答え|適切|妥当)(?:だ|である)?)?と(?:思[いうわ]|考え|判断|推[測定])|かな(?:$|[。\\n])",
    ),
    why: "bだと思います.",
  },
  {
    name: "guess",
    strength: "verdict",
    before: behind("(?<=^|[\\n。])(?:たぶん|多分|おそらく|恐らく|きっと)[、 ]?"),
    after: ahead(`(?=${ASSERTED})`),
    why: "たぶんcです. Unsure, but one letter.",
  },
];

const TAKES_BACK = ahead(TAKEN_BACK);
const AFTER_CONCLUSION = behind(`${CONCLUDING}[^。\\n!?]{0,80}`);

/** True if the words after a mention take it back ("bではない", "bですか"). */
export function isTakenBack(text: string, mention: Mention): boolean {
  return matchAt(TAKES_BACK, text, mention.end) !== null;
}

/** What a mention claims by the first rule that fits, or nothing. */
export function claimOf(text: string, mention: Mention): Claim | undefined {
  if (mention.placeholder || isTakenBack(text, mention)) return undefined;
  for (const rule of ANSWER_RULES) {
    if (rule.before && !matchAt(rule.before, text, mention.start)) continue;
    if (rule.after && !matchAt(rule.after, text, mention.end)) continue;
    if (rule.mention && !rule.mention(mention, text)) continue;
    const { letters, start, end } = mention;
    const { name, stance } = rule;
    const concluded = (rule.strength === "statement" || rule.strength === "verdict") &&
      matchAt(AFTER_CONCLUSION, text, start);
    const strength = concluded ? "conclusion" : rule.strength;
    const byText = mention.style === "text";
    return { letters, byText, rule: name, strength, stance, start, end };
  }
  return undefined;
}

const CORRECTION = new RegExp(`(?:^|[\\s。.!?…、,・(])(?:${CORRECTING}|正しくは)`, "gu");

/** Where the last self-correction starts, or -1. */
export function lastCorrection(text: string): number {
  let last = -1;
  for (const match of text.matchAll(CORRECTION)) last = match.index;
  return last;
}

const REFUSAL = new RegExp(REFUSING, "u");

/** True if the text refuses to answer or says that it cannot know. */
export function isRefusal(text: string): boolean {
  return REFUSAL.test(text);
}
