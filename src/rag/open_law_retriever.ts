import type { Question } from "../dataset/question.ts";
import { LawNames } from "./cite/law_names.ts";
import { createLawRetriever } from "./context/law_retriever.ts";
import type { TokenCounter } from "./context/token_counter.ts";
import { openIndex } from "./index/open_index.ts";
import { articleKey, type Gold, GoldLocator } from "./recall/gold_articles.ts";
import { RECALL_DEPTHS } from "./recall/recall_measures.ts";
import type { GoldRanks, Retriever } from "./retriever.ts";
import { openSearch, type RetrieverType } from "./search/open_search.ts";

/** How the laws of an index are searched for questions. */
export interface LawRetrieverSource {
  /** The index's folder. */
  readonly folder: string;
  readonly type: RetrieverType;
  /** Most tokens of all articles of a question together; absent: no limit. */
  readonly budgetTokens?: number;
  readonly countTokens?: TokenCounter;
  /** Called for a question of whose articles something was left out for want of room. */
  readonly onCut?: () => void;
}

/** Digits of the corpus's digest that stand in result files. */
const DIGEST_DIGITS = 16;

/**
 * Opens an index for an evaluation: articles as contexts, and where the right ones stand.
 * @throws {UsageError} for a folder that is no index, or has nothing for that way to search.
 */
export async function openLawRetriever(source: LawRetrieverSource): Promise<Retriever> {
  const { folder, type, onCut, ...budget } = source;
  const index = await openIndex(folder);
  try {
    const search = openSearch(index, type);
    const store = index.corpus;
    const locator = new GoldLocator(store, new LawNames(store.laws()));
    const corpus = `laws ${index.manifest.corpus.sha256.slice(0, DIGEST_DIGITS)}`;
    const retriever = createLawRetriever({
      search,
      store,
      corpus,
      ...budget,
      onGathered({ contexts, leftOut }) {
        if (leftOut.length > 0 || contexts.some(({ cut }) => cut !== undefined)) onCut?.();
      },
    });
    const keyOf = (unit: number) => articleKey(store.unit(unit));
    // A question's コンテキスト is read once, however many contexts are compared with it.
    const located = new WeakMap<Question, Gold>();
    const goldOf = (question: Question) => {
      const known = located.get(question) ?? locator.locate(question);
      located.set(question, known);
      return known;
    };
    return {
      type: search.type,
      corpus,
      retrieve: retriever.retrieve,
      async rankGold(question: Question, query: string): Promise<GoldRanks | undefined> {
        const { keys, reason } = goldOf(question);
        if (reason !== undefined) return undefined;
        const hits = await search.search(query, RECALL_DEPTHS.at(-1)!);
        const ranked = [...new Set(hits.map(({ unit }) => keyOf(unit)))];
        const ranks = ranked.flatMap((key, place) => keys.has(key) ? [place + 1] : []);
        return { count: keys.size, ranks };
      },
      isGold: (question, context) =>
        "unit" in context && goldOf(question).keys.has(keyOf(context.unit as number)),
      async close() {
        await search.close();
        index.close();
      },
    };
  } catch (error) {
    index.close();
    throw error;
  }
}
