import { type ComparedQuestion } from "../../compare/compared_run.ts";
import { LETTERS } from "../../dataset/question.ts";
import type { QuestionResult } from "../../eval/result_schema.ts";
import type { LeftOutContext, ShownContext } from "../../eval/retrieval_schema.ts";
import { definedOnly } from "../../eval/defined_only.ts";
import type {
  AnswerData,
  ArticleData,
  DetailBlock,
  GivenMark,
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
        place === undefined ? null : givenMark(runs[run]!.run.questions[place]!)
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

function givenMark({ outcome, predicted }: ComparedQuestion): GivenMark {
  return [outcome[0] as OutcomeMark, predicted ?? ""];
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
    }),
  };
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
