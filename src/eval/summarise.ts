import { type Letter, LETTERS } from "../dataset/question.ts";
import { baselineLetter } from "../llm/baseline_letter.ts";
import type { Prompt } from "../llm/llm.ts";
import { measureRecall, RECALL_DEPTHS } from "../rag/recall/recall_measures.ts";
import { BASELINE_RULES } from "../settings/setting_table.ts";
import { findLetterTakeover } from "../stats/letter_takeover.ts";
import { wilsonInterval } from "../stats/wilson_interval.ts";
import { definedOnly } from "./defined_only.ts";
import type { LetterPrior } from "./letter_prior.ts";
import { sumOfAll } from "./sum_of_all.ts";
import { summariseCalibration } from "./summarise_calibration.ts";
import { summariseOrders } from "./summarise_orders.ts";
import { takeoverJson } from "./takeover_json.ts";
import type { ErrorKind, Outcome, QuestionResult, Summary } from "./result_schema.ts";

/** A baseline's score. */
export type Floor = Summary["floors"][number];

/** Scores every baseline on the questions as they were asked. */
export function scoreFloors(
  asked: readonly { readonly parts: Prompt["parts"]; readonly answer: Letter }[],
): Floor[] {
  return BASELINE_RULES.map((baseline) => {
    const correct = asked.filter(({ parts, answer }) => baselineLetter(baseline, parts) === answer);
    return {
      baseline,
      correct_count: correct.length,
      total_count: asked.length,
      accuracy: correct.length / asked.length,
    };
  });
}

/**
 * The figures of a run. Shares are from 0 to 1; what could not be measured is absent.
 * @param results at least one.
 * @param seconds wall time of all sittings.
 * @param prior of the letters, where it was measured.
 */
export function summarise(
  results: readonly QuestionResult[],
  seconds: number,
  floors: readonly Floor[],
  prior?: LetterPrior,
): Summary {
  const total = results.length;
  const countOf = (outcome: Outcome) => results.filter((r) => r.outcome === outcome).length;
  const correct = countOf("correct");
  const wrong = countOf("wrong");
  const answered = correct + wrong;
  const errorKinds: Partial<Record<ErrorKind, number>> = {};
  for (const { error_kind: kind } of results) {
    if (kind !== undefined) errorKinds[kind] = (errorKinds[kind] ?? 0) + 1;
  }
  const predicted = countLetters(results.map((r) => r.predicted_answer));
  const gold = countLetters(results.map((r) => r.correct_answer));
  const takeover = findLetterTakeover(predicted, gold);
  const answers = results.filter((r) => r.outcome !== "error");
  const inOrders = results.some((r) => r.orders !== undefined);
  const replies = answers.flatMap((r): Pick<QuestionResult, TokenCount>[] => r.orders ?? [r]);
  const completionTokens = sumOfAll(replies.map((r) => r.completion_tokens));
  const promptTokens = sumOfAll(replies.map((r) => r.prompt_tokens));
  const asked = results.filter((r) => r.retrieved !== undefined);
  // A question for which nothing was found does not show by itself what was searched.
  const isIndex = asked.some(({ retrieved, gold_articles: gold }) =>
    gold !== undefined || retrieved!.some(({ article }) => article !== undefined)
  );
  const isFound = ({ retrieved }: QuestionResult) => retrieved!.some(({ is_gold }) => is_gold);
  const isSettled = (result: QuestionResult) =>
    !isIndex || isInCorpus(result.gold_articles) || isFound(result);
  const [searched, unsettled] = [asked.filter(isSettled), asked.filter((r) => !isSettled(r))];
  const found = searched.filter(isFound);
  return {
    accuracy: correct / total,
    correct_count: correct,
    total_count: total,
    accuracy_interval: wilsonInterval(correct, total),
    wrong_count: wrong,
    unparsed_count: countOf("unparsed"),
    truncated_count: countOf("truncated"),
    error_count: countOf("error"),
    error_kinds: errorKinds,
    ...(answered === 0 ? {} : { accuracy_answered: correct / answered }),
    answered_count: answered,
    predicted_letters: predicted,
    gold_letters: gold,
    ...(takeover === undefined ? {} : { letter_takeover: takeoverJson(takeover) }),
    seconds,
    ...definedOnly({
      completion_tokens: completionTokens,
      prompt_tokens: promptTokens,
      tokens_per_second: completionTokens === undefined || seconds === 0
        ? undefined
        : completionTokens / seconds,
    }),
    ...(asked.length === 0 ? {} : {
      ...(searched.length === 0 ? {} : { recall_at_k: found.length / searched.length }),
      retrieval: { found_count: found.length, question_count: searched.length },
      accuracy_by_retrieval: {
        found: countHits(found),
        not_found: countHits(searched.filter((result) => !isFound(result))),
        ...(unsettled.length === 0 ? {} : { not_in_corpus: countHits(unsettled) }),
      },
    }),
    ...summariseRecall(results),
    ...summariseCuts(results),
    floors: [...floors],
    ...(inOrders ? { orders: summariseOrders(results) } : {}),
    ...definedOnly({ calibration: prior && summariseCalibration(results, prior) }),
  };
}

type TokenCount = "completion_tokens" | "prompt_tokens";

type GoldArticles = QuestionResult["gold_articles"];

/** Whether an index has something that settles the question. */
function isInCorpus(gold: GoldArticles): gold is NonNullable<GoldArticles> {
  return gold !== undefined && gold.count > (gold.not_in_corpus?.length ?? 0);
}

/** What had no room in the prompts; absent where everything had. */
function summariseCuts(results: readonly QuestionResult[]): Pick<Summary, "statutes_cut"> {
  const isOut = ({ left_out: out = [] }: QuestionResult) =>
    out.some(({ reason }) => reason === "budget");
  const cut = results.filter((result) =>
    isOut(result) || result.retrieved?.some(({ is_cut: isCut }) => isCut)
  );
  if (cut.length === 0) return {};
  const empty = cut.filter(({ retrieved }) => retrieved === undefined || retrieved.length === 0);
  return { statutes_cut: { question_count: cut.length, without_any_count: empty.length } };
}

function countHits(
  results: readonly QuestionResult[],
): { correct_count: number; total_count: number } {
  const correct = results.filter(({ outcome }) => outcome === "correct");
  return { correct_count: correct.length, total_count: results.length };
}

function summariseRecall(results: readonly QuestionResult[]): Pick<Summary, "recall"> {
  const known = results.map(({ gold_articles: gold }) => gold).filter(isInCorpus);
  if (known.length === 0) return {};
  const ranked = Array.from({ length: RECALL_DEPTHS.at(-1)! }, (_, place) => String(place + 1));
  return {
    recall: measureRecall(known.map(({ count, ranks, not_in_corpus: { length } = [] }) => {
      const missedCount = count - ranks.length - length;
      const missed = Array.from({ length: missedCount }, (_, one) => `missed ${one}`);
      return { ranked, gold: new Set([...ranks.map(String), ...missed]), notInCorpus: length };
    })),
  };
}

function countLetters(values: readonly string[]): Record<Letter, number> {
  const counts = { a: 0, b: 0, c: 0, d: 0 };
  for (const letter of LETTERS) counts[letter] = values.filter((value) => value === letter).length;
  return counts;
}
