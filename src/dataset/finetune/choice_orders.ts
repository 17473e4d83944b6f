import { type Choices, LETTERS, type Question } from "../question.ts";

/**
 * The four orders of lawqa_jp's shuffled files, by 回答オーダーマップ番号 "1" to "4": at place i stands
 * the original choice `order[i]`. Each original choice stands at each place once, so that over the
 * four a question's correct letter is each letter once.
 */
export const CHOICE_ORDERS = [[0, 1, 2, 3], [2, 0, 3, 1], [1, 3, 0, 2], [3, 2, 1, 0]] as const;

/** An order as manifests and ids write it: "2031". */
export function orderName(orderMap: string): string {
  return CHOICE_ORDERS[Number(orderMap) - 1]!.join("");
}

/**
 * Every question in all four orders, one question after the other, as a shuffled file would have
 * them. Their indexes count anew.
 */
export function inAllOrders(questions: readonly Question[]): Question[] {
  return questions.flatMap((question, at) =>
    CHOICE_ORDERS.map((order, number) => ({
      ...question,
      index: at * CHOICE_ORDERS.length + number,
      choices: Object.fromEntries(
        LETTERS.map((letter, place) => [letter, question.choices[LETTERS[order[place]!]!]]),
      ) as Choices,
      answer: LETTERS[order.findIndex((original) => LETTERS[original] === question.answer)]!,
      orderMap: String(number + 1),
    }))
  );
}
