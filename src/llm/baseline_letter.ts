import { type Letter, LETTERS } from "../dataset/question.ts";
import type { BaselineRule } from "../settings/setting_table.ts";
import type { Prompt } from "./llm.ts";
import { bigrams } from "../rag/bigrams.ts";

/**
 * The letter a rule gives; ties go to the earlier letter.
 * - `longest`: most characters.
 * - `overlap`: largest share of the choice's distinct character bigrams that stand in the context
 *   (in the question where there is no context).
 */
export function baselineLetter(rule: BaselineRule, parts: Prompt["parts"]): Letter {
  switch (rule) {
    case "longest":
      return bestLetter((letter) => [...parts.choices[letter]].length);
    case "overlap": {
      const known = new Set(bigrams(parts.context || parts.question));
      return bestLetter((letter) => {
        const own = [...new Set(bigrams(parts.choices[letter]))];
        return own.filter((pair) => known.has(pair)).length / Math.max(1, own.length);
      });
    }
    default:
      return rule.slice("always:".length) as Letter;
  }
}

function bestLetter(score: (letter: Letter) => number): Letter {
  const scores = LETTERS.map(score);
  return LETTERS[scores.indexOf(Math.max(...scores))]!;
}
