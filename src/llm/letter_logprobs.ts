import { isLetter, type Letter, LETTERS } from "../dataset/question.ts";
import type { LetterLogprobs } from "./llm.ts";
import { logSoftmax, logSumExp } from "./log_softmax.ts";

/** One token and its natural-log probability. */
export interface TokenLogprob {
  readonly token: string;
  readonly logprob: number;
}

/** A generated token with the likeliest tokens at its position. */
export interface PositionLogprobs extends TokenLogprob {
  readonly top_logprobs?: readonly TokenLogprob[];
}

const AROUND_LETTER = /^[\s"'`“”‘’*(（「『【[<]+|[\s"'`“”‘’*)）」』】\]>.．。、,:：]+$/gu;
const ONLY_OPENING = /^[\s"'`“”‘’*(（「『【[<]*$/u;
/** "答え: ", "回答（1文字のみ）：", `"answer" : "`, "the answer is " at the end of what came before. */
const ANSWER_MARKER =
  /(?:answer|回答|解答|答え|答|正解|正答)["'*」』]*\s*(?:[(（][^)）]{0,20}[)）])?\s*(?:is|は|:|：|=)?[\s"'`“”‘’*(（「『【[<:：]*$/iu;
const ENDS_ANSWER = /^(?:$|\s*[\n"'`*)）」』】\]>.．。、,:：<]|\s+$)/u;

/** The letter that a token carries: spaces, quotes and brackets dropped, full width and case folded. */
function letterOf(token: string): Letter | undefined {
  const bare = token.normalize("NFKC").replace(AROUND_LETTER, "").toLowerCase();
  return isLetter(bare) ? bare : undefined;
}

/**
 * Log-probabilities of the letters at the position where the answer's letter was generated.
 *
 * The position is that of the token which carries the letter, so its probabilities belong to the
 * answer that was given. With an output constrained to `"c"` it is therefore the one after the
 * opening quote, although most models would like to write the bare letter at the first position:
 * those probabilities are of another answer (with Qwen2.5-Coder-0.5B the likeliest bare letter was
 * often "a" where the quoted one was "b").
 *
 * The server's values come before grammar and temperature, for at most 20 tokens. Per letter the
 * probabilities of all its spellings (`c`, ` c`, `C`, `"c`, `ｃ`) add up, then the known letters are
 * renormalised to sum to one; a letter outside the 20 is absent.
 *
 * @param positions one entry a generated token, thinking included.
 * @param expected "letter": the output should start with the letter and anything may follow.
 *   "text": a letter counts if nothing but a mark or a line break follows, or if something like
 *   "答え:" stands before it, the last such one.
 * @returns undefined where no position is certain or fewer than two letters are known.
 */
export function letterLogprobs(
  positions: readonly PositionLogprobs[] | undefined,
  expected: "letter" | "text",
): LetterLogprobs | undefined {
  const answer = positions && answerPosition(positions, expected);
  if (answer === undefined) return undefined;

  const alternatives = [...(answer.top_logprobs ?? [])];
  const isListed = alternatives.some((one) =>
    one.token === answer.token && Math.abs(one.logprob - answer.logprob) < 1e-6
  );
  if (!isListed) alternatives.push(answer);
  const perLetter = new Map<Letter, number[]>();
  for (const { token, logprob } of alternatives) {
    const letter = letterOf(token);
    if (letter !== undefined && Number.isFinite(logprob)) {
      perLetter.set(letter, [...(perLetter.get(letter) ?? []), logprob]);
    }
  }
  if (perLetter.size < 2) return undefined;
  const known = LETTERS.filter((letter) => perLetter.has(letter));
  const logprobs = logSoftmax(known.map((letter) => logSumExp(perLetter.get(letter)!)));
  return Object.fromEntries(known.map((letter, at) => [letter, logprobs[at]!]));
}

function answerPosition(
  all: readonly PositionLogprobs[],
  expected: "letter" | "text",
): PositionLogprobs | undefined {
  const positions = all.slice(all.findLastIndex((one) => one.token.includes("</think>")) + 1);
  let before = "";
  let first: PositionLogprobs | undefined;
  let marked: PositionLogprobs | undefined;
  for (const [index, position] of positions.entries()) {
    const after = positions.slice(index + 1, index + 4).map((one) => one.token).join("");
    // "a" followed by "nswer" is the start of a word.
    const whole = !/^[\p{Script=Latin}\p{N}]/u.test(after) || /[^\p{L}]$/u.test(position.token);
    if (whole && letterOf(position.token) !== undefined) {
      if (ANSWER_MARKER.test(before)) marked = position;
      else if (ONLY_OPENING.test(before) && (expected === "letter" || ENDS_ANSWER.test(after))) {
        first ??= position;
      }
    }
    before += position.token;
  }
  return expected === "letter" ? first ?? marked : marked ?? first;
}
