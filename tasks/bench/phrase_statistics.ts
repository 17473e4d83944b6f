import type { Random } from "../demo/random.ts";

const END = "\n";
const LONGEST = 160;

/**
 * Learns which character follows which two in some texts, and makes new sentences after it: the
 * bigrams come about as often as in the texts, the sentences are nonsense.
 */
export function learnPhrases(texts: readonly string[]): (random: Random) => string {
  const followers = new Map<string, string[]>();
  for (const text of texts) {
    for (
      const sentence of text.split(/\n+/).filter((line) => line !== "" && !line.startsWith("#"))
    ) {
      const characters = ["", "", ...sentence, END];
      for (let at = 2; at < characters.length; at++) {
        const key = `${characters[at - 2]}|${characters[at - 1]}`;
        const known = followers.get(key);
        if (known === undefined) followers.set(key, [characters[at]!]);
        else known.push(characters[at]!);
      }
    }
  }
  return (random) => {
    const made: string[] = [];
    let [first, second] = ["", ""];
    while (made.length < LONGEST) {
      const next = random.pick(followers.get(`${first}|${second}`)!);
      if (next === END) break;
      made.push(next);
      [first, second] = [second, next];
    }
    return made.join("");
  };
}
