import { type Choices, type Letter, LETTERS, type Question } from "./question.ts";

/**
 * The four orders of lawqa_jp's shuffled files, by 回答オーダーマップ番号 "1" to "4": at place i stands
 * the original choice `order[i]`. Each original choice stands at each place once, so that over the
 * four a question's correct letter is each letter once.
 */
export const CHOICE_ORDERS = [[0, 1, 2, 3], [2, 0, 3, 1], [1, 3, 0, 2], [3, 2, 1, 0]] as const;

/** The names of the {@linkcode CHOICE_ORDERS}, in their order. */
export const ORDER_NAMES = ["0123", "2031", "1302", "3210"] as const;

/** An order by its name. */
export type OrderName = (typeof ORDER_NAMES)[number];

/** An order as manifests, ids and results write it: "2031". */
export function orderName(orderMap: string): OrderName {
  return ORDER_NAMES[Number(orderMap) - 1]!;
}

function orderOf(name: OrderName): readonly number[] {
  return CHOICE_ORDERS[ORDER_NAMES.indexOf(name)]!;
}

/** The letter in the question file of the choice that an order shows at a letter. */
export function originalLetter(name: OrderName, shown: Letter): Letter {
  return LETTERS[orderOf(name)[LETTERS.indexOf(shown)]!]!;
}

/** The letter at which an order shows the choice that has this letter in the question file. */
export function shownLetter(name: OrderName, original: Letter): Letter {
  return LETTERS[orderOf(name).indexOf(LETTERS.indexOf(original))]!;
}

/** The choices as an order shows them. */
export function choicesInOrder(choices: Choices, name: OrderName): Choices {
  return Object.fromEntries(
    LETTERS.map((letter) => [letter, choices[originalLetter(name, letter)]]),
  ) as Choices;
}

/** The choices in their original order, of those that an order shows. */
export function choicesFromOrder(shown: Choices, name: OrderName): Choices {
  return Object.fromEntries(
    LETTERS.map((letter) => [letter, shown[shownLetter(name, letter)]]),
  ) as Choices;
}

/** A question with its choices in one of the orders, and the letter of the correct one with them. */
export function questionInOrder(question: Question, name: OrderName): Question {
  return {
    ...question,
    choices: choicesInOrder(question.choices, name),
    answer: shownLetter(name, question.answer),
    orderMap: String(ORDER_NAMES.indexOf(name) + 1),
  };
}

/**
 * Every question in all four orders, one question after the other, as a shuffled file would have
 * them. Their indexes count anew.
 */
export function inAllOrders(questions: readonly Question[]): Question[] {
  return questions.flatMap((question, at) =>
    ORDER_NAMES.map((name, number) => ({
      ...questionInOrder(question, name),
      index: at * ORDER_NAMES.length + number,
    }))
  );
}
