import { UsageError } from "../settings/usage_error.ts";
import { choicesFromOrder, ORDER_NAMES, orderName, originalLetter } from "./choice_orders.ts";
import { LETTERS, type Question } from "./question.ts";

/**
 * The questions of a file, each once and with its choices in their own order. A shuffled file (every
 * item has a 回答オーダーマップ番号) holds each question in all four orders: its variants are put
 * together, and the one in the order 0123 stands for them, wherever in the file the others are. Any
 * other file is taken as it is.
 * @param path of the file, for messages.
 * @throws {UsageError} when only some items have a 回答オーダーマップ番号, or a question's variants are
 * not the same four choices in the four orders, with the same correct one.
 */
export function groupOrders(questions: readonly Question[], path: string): readonly Question[] {
  const shuffled = questions.filter(({ orderMap }) => orderMap !== undefined);
  if (shuffled.length === 0) return questions;
  if (shuffled.length < questions.length) {
    const { index } = questions.find(({ orderMap }) => orderMap === undefined)!;
    throw new UsageError(
      `${path}: ${shuffled.length} of ${questions.length} items have a 回答オーダーマップ番号, item ` +
        `${index} has none. --orders 4 takes a file where all or none have one.`,
    );
  }
  const groups = Map.groupBy(questions, keyWithoutOrder);
  return [...groups.values()].map((variants) => canonicalOf(variants, path))
    .toSorted((x, y) => x.index - y.index);
}

/** Equal for a question's variants, whatever order their choices claim to stand in. */
function keyWithoutOrder({ question, context, instruction, choices }: Question): string {
  return JSON.stringify([
    question,
    context,
    instruction,
    ...LETTERS.map((letter) => choices[letter]).toSorted(),
  ]);
}

function canonicalOf(variants: readonly Question[], path: string): Question {
  const name = `${path}: item ${variants[0]!.index} (${variants[0]!.fileName})`;
  for (const [at, order] of ORDER_NAMES.entries()) {
    const map = String(at + 1);
    const found = variants.filter(({ orderMap }) => orderMap === map);
    if (found.length === 1) continue;
    throw new UsageError(
      found.length === 0
        ? `${name}: there is no variant with 回答オーダーマップ番号 "${map}" (order ${order}), with the ` +
          "same texts and choices. --orders 4 needs all four of every question; or name " +
          "the unshuffled file, whose choices it puts in order itself."
        : `${name}: items ${found.map(({ index }) => index).join(" and ")} both are its variant ` +
          `with 回答オーダーマップ番号 "${map}" (order ${order}). Remove one of them.`,
    );
  }
  const canonical = variants.find(({ orderMap }) => orderName(orderMap!) === "0123")!;
  for (const variant of variants) refuseOther(variant, canonical, path);
  return canonical;
}

/** @throws {UsageError} when the variant is not what its order makes of the canonical one. */
function refuseOther(variant: Question, canonical: Question, path: string): void {
  const order = orderName(variant.orderMap!);
  const at = `${path}: item ${variant.index} (${variant.fileName}), order ${order}`;
  const choices = choicesFromOrder(variant.choices, order);
  const moved = LETTERS.find((letter) => choices[letter] !== canonical.choices[letter]);
  if (moved !== undefined) {
    throw new UsageError(
      `${at}: its choices are not those of item ${canonical.index} in this order (place i shows ` +
        `the original choice number order[i]): choice ${moved} of item ${canonical.index} is not ` +
        "where it should be. Check 回答オーダーマップ番号.",
    );
  }
  const answer = originalLetter(order, variant.answer);
  if (answer !== canonical.answer) {
    throw new UsageError(
      `${at}: output ${variant.answer} is choice ${answer} of item ${canonical.index}, whose output ` +
        `is ${canonical.answer}. One of the two is wrong.`,
    );
  }
}
