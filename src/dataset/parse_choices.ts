import { type Choices, LETTERS } from "./question.ts";

/**
 * Reads 選択肢: four lines that begin with a, b, c, d in this order, each followed by white space or
 * a mark (dot, colon, bracket) and a text. Full-width letters are accepted.
 * @throws {Error} that says which line breaks the form; the caller adds file and index.
 */
export function parseChoices(text: string): Choices {
  const lines = text.split(/\r?\n/).filter((line) => line.trim() !== "");
  if (lines.length !== LETTERS.length) {
    throw new Error(`has ${lines.length} lines instead of 4`);
  }
  const choices = lines.map((line, index) => {
    const letter = LETTERS[index]!;
    const match = /^\s*([A-Za-zＡ-Ｚａ-ｚ])(?:[.．:：)）、]|(?=\s))\s*(\S.*)$/u.exec(line);
    if (match?.[1]?.normalize("NFKC").toLowerCase() !== letter) {
      throw new Error(`line ${index + 1} does not begin with "${letter} " and a text`);
    }
    return match[2]!.trim();
  });
  return { a: choices[0]!, b: choices[1]!, c: choices[2]!, d: choices[3]! };
}

/** The four lines as lawqa_jp writes them. */
export function formatChoices(choices: Choices): string {
  return LETTERS.map((letter) => `${letter} ${choices[letter]}`).join("\n");
}
