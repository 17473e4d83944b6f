import type { Question } from "../question.ts";
import { orderName } from "../choice_orders.ts";

/**
 * A name for every question: its ファイル名, with `@` and the order of its choices where the file or
 * `--augment-orders` gives one (`…_問題番号3@2031`). Names that would occur twice end with `#` and the
 * question's index.
 */
export function recordIds(questions: readonly Question[]): string[] {
  const names = questions.map(({ fileName, orderMap }) =>
    orderMap === undefined
      ? fileName
      : `${fileName}@${/^[1-4]$/.test(orderMap) ? orderName(orderMap) : orderMap}`
  );
  const counts = new Map<string, number>();
  for (const name of names) counts.set(name, (counts.get(name) ?? 0) + 1);
  return names.map((name, at) => counts.get(name) === 1 ? name : `${name}#${questions[at]!.index}`);
}
