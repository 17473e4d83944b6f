import { formatSampleFile } from "./sample_questions.ts";
import type { Question } from "./question.ts";

/** Questions with their choices in some order as the text of a shuffled lawqa_jp file, for tests. */
export function formatShuffledFile(variants: readonly Question[]): string {
  const { samples } = JSON.parse(formatSampleFile(variants)) as { samples: object[] };
  return JSON.stringify({
    samples: samples.map((sample, at) => ({
      ...sample,
      回答オーダーマップ番号: variants[at]!.orderMap,
    })),
  });
}
