import type { Question } from "../dataset/question.ts";
import { Bm25Index } from "./bm25_index.ts";
import type { Retriever } from "./retriever.ts";

/**
 * Searches the distinct コンテキスト of a question file by character-bigram BM25. The correct context
 * of every question is among them, so this is an easier search than one over all laws.
 */
export function createDatasetRetriever(questions: readonly Question[]): Retriever {
  const texts = [...new Set(questions.map((q) => q.context).filter((text) => text !== ""))];
  const index = new Bm25Index(texts);
  return {
    type: "bm25",
    corpus: "dataset",
    retrieve(query, { limit, signal }) {
      if (signal?.aborted) return Promise.reject(signal.reason);
      const contexts = index.search(query, limit).map(({ document, score }, position) => ({
        source: headingOf(texts[document]!),
        score,
        rank: position + 1,
        text: texts[document]!,
      }));
      return Promise.resolve({ contexts });
    },
  };
}

/** The headings at the top of a context, e.g. `金融商品取引法 第5条 第6項`. */
function headingOf(context: string): string {
  const headings: string[] = [];
  for (const line of context.split("\n")) {
    const heading = /^#+\s*(.+)$/.exec(line)?.[1];
    if (heading === undefined) break;
    headings.push(heading.trim());
  }
  return headings.length > 0 ? headings.join(" ") : context.slice(0, 40);
}
