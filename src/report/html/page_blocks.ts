import type { ComparedQuestion, OtherAnswer } from "../../compare/compared_run.ts";
import { LETTERS } from "../../dataset/question.ts";
import type { OrderAnswer } from "../../eval/order_schema.ts";
import type { QuestionResult } from "../../eval/result_schema.ts";
import type { LeftOutContext, ShownContext } from "../../eval/retrieval_schema.ts";
import { definedOnly } from "../../eval/defined_only.ts";
import type {
  AnswerData,
  ArticleData,
  DetailBlock,
  GivenMark,
  OrderData,
  OtherData,
  OutcomeMark,
  PageData,
} from "./page/page_data.ts";
import type { ReportModel } from "./report_model.ts";

/** Questions in a block: the page parses a block when one of them is opened. */
const BLOCK_SIZE = 50;

/** The list of questions. */
export function pageData({ runs, rows }: ReportModel): PageData {
  return {
    runs: runs.map(({ name }) => name),
    blockSize: BLOCK_SIZE,
    rows: rows.map(({ question, law, places }) => ({
      n: question.index,
      law,
      name: question.fileName,
      text: question.question,
      choices: question.choices === undefined
        ? []
        : LETTERS.map((letter) => question.choices![letter]),
      gold: question.correct,
      given: places.map((place, run) =>
        place === undefined ? null : givenMark(
          runs[run]!.run.questions[place]!,
          isUnsteady(runs[run]!.file?.results[place]),
        )
      ),
    })),
  };
}

/** Every question in full, in blocks, made one by one: together they may be large. */
export function* detailBlocks({ runs, rows }: ReportModel): Generator<DetailBlock> {
  for (let start = 0; start < rows.length; start += BLOCK_SIZE) {
    const texts = new Map<string, number>();
    const details = rows.slice(start, start + BLOCK_SIZE).map(({ places }) => ({
      references: [
        ...new Set(
          places.flatMap((place, run) =>
            place === undefined ? [] : runs[run]!.file?.results[place]?.references ?? []
          ),
        ),
      ],
      answers: places.map((place, run) => {
        if (place === undefined) return null;
        const { run: { questions }, file } = runs[run]!;
        return answerData(questions[place]!, file?.results[place], texts);
      }),
    }));
    yield { texts: [...texts.keys()], details };
  }
}

/** Whether some orders of the choices got different answers; no letter in any of them is none. */
function isUnsteady(result: QuestionResult | undefined): boolean {
  if (result?.is_consistent !== false) return false;
  return new Set(result.orders?.map((one) => one.predicted_answer)).size > 1;
}

function givenMark({ outcome, predicted }: ComparedQuestion, isUnsteady: boolean): GivenMark {
  const mark = outcome[0] as OutcomeMark;
  return isUnsteady ? [mark, predicted ?? "", 1] : [mark, predicted ?? ""];
}

function answerData(
  question: ComparedQuestion,
  result: QuestionResult | undefined,
  texts: Map<string, number>,
): AnswerData {
  const { prompt, probabilities, outcome, answers } = question;
  if (prompt !== undefined && !texts.has(prompt)) texts.set(prompt, texts.size);
  return {
    response: outcome === "error" ? "" : question.response,
    ...definedOnly({
      error: outcome === "error" ? question.response : undefined,
      prompt: prompt === undefined ? undefined : texts.get(prompt),
      probabilities: probabilities && LETTERS.map((letter) => rounded(probabilities[letter])),
      thinking: result?.thinking,
      seconds: result?.seconds === undefined ? undefined : rounded(result.seconds),
      promptTokens: result?.prompt_tokens,
      completionTokens: result?.completion_tokens,
      rule: result?.extraction_rule,
      finish: result?.finish_reason,
      articles: result?.retrieved?.map(shownArticle),
      leftOut: result?.left_out?.map(leftOutArticle),
      samples: answers.length < 2
        ? undefined
        : answers.map(({ letter = "", response }) => ({ letter, response })),
      orders: result?.orders?.map(orderData),
      majority: otherData(question.others?.majority),
      calibrated: otherData(question.others?.calibrated),
    }),
  };
}

/** Characters of a response to another order that the page holds. */
const ORDER_CHARACTERS = 1_000;

function orderData(answer: OrderAnswer): OrderData {
  const { order, outcome, response } = answer;
  const letter = (value: string) => value.length === 1 ? value : "";
  return {
    order,
    outcome: outcome[0] as OutcomeMark,
    shown: letter(answer.shown_answer),
    letter: letter(answer.predicted_answer),
    ...(order === "0123" ? {} : {
      response: response.length > ORDER_CHARACTERS
        ? `${response.slice(0, ORDER_CHARACTERS)}…`
        : response,
    }),
  };
}

function otherData(other: OtherAnswer | undefined): OtherData | undefined {
  return other && { outcome: other.outcome[0] as OutcomeMark, letter: other.predicted ?? "" };
}

function shownArticle(shown: ShownContext): ArticleData {
  const { article, source, score, rank, is_gold: isGold, of_rank: ofRank } = shown;
  const note = shown.relation === undefined ? undefined : `${shown.relation} (${ofRank ?? "?"})`;
  return {
    title: article === undefined ? source : `${article.law_title} ${article.title}`,
    score: rounded(score),
    rank,
    ...definedOnly({
      url: article?.url,
      gold: isGold ? true as const : undefined,
      note: [note, shown.is_cut ? "cut" : undefined].filter(Boolean).join(", ") || undefined,
    }),
  };
}

function leftOutArticle({ article, rank, reason }: LeftOutContext): ArticleData {
  return {
    title: `${article.law_title} ${article.title}`,
    note: reason,
    ...definedOnly({ url: article.url, rank }),
  };
}

function rounded(value: number): number {
  return Number(value.toPrecision(4));
}
