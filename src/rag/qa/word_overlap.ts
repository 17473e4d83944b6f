import { type TermKey, termKey, visitBigrams } from "../index/law_bigrams.ts";

/**
 * Below this share of common words a found text is doubtful. Measured on lawqa_jp's 140 questions
 * with their 114 contexts as the corpus: of the right contexts 20 lie below it; of the best hits where
 * every context of the question's law was taken out of the corpus 120 do, and of 15 everyday
 * questions' best hits 12. At 0.25 these are 15, 91 and 12; at 0.4 they are 25, 136 and 13.
 */
export const DOUBTFUL_OVERLAP = 0.3;

/**
 * Share, from 0 to 1, of a question's bigrams that a text has too. Unlike a search's score it can be
 * compared between questions and corpora. Bigrams of hiragana alone stand in any text and are not
 * counted. 0 for a question without any others.
 */
export function wordOverlap(question: string, text: string): number {
  const asked = contentBigrams(question);
  if (asked.size === 0) return 0;
  const there = contentBigrams(text);
  return asked.intersection(there).size / asked.size;
}

function contentBigrams(text: string): Set<TermKey> {
  const found = new Set<TermKey>();
  visitBigrams(text, (first, second) => {
    if (!isHiragana(first) || second !== 0 && !isHiragana(second)) {
      found.add(termKey(first, second));
    }
  });
  return found;
}

/** Hiragana, and the mark of a long vowel, which NFKC leaves as it is. */
const isHiragana = (symbol: number) => symbol >= 0x3041 && symbol <= 0x309f || symbol === 0x30fc;
