import type { Question } from "../dataset/question.ts";
import type { SearchConfig } from "../settings/search_config.ts";
import { LawNames } from "./cite/law_names.ts";
import { createLawRetriever, type LawRetrieval } from "./context/law_retriever.ts";
import type { TokenCounter } from "./context/token_counter.ts";
import { articleKey } from "./recall/article_key.ts";
import { GoldLocator } from "./recall/gold_articles.ts";
import { RECALL_DEPTHS } from "./recall/recall_measures.ts";
import type { Judgement, Retriever } from "./retriever.ts";
import { type LawSearch, openLawSearch, type OpenSearchHooks } from "./search/open_law_search.ts";

/** What opening an index for an evaluation takes besides the search's settings. */
export interface OpenLawRetrieverOptions extends OpenSearchHooks {
  /** Tokens of a text; default: an estimate. */
  readonly countTokens?: TokenCounter;
}

/** Digits of the corpus's digest that stand in result files. */
const DIGEST_DIGITS = 16;
const DEEPEST = RECALL_DEPTHS.at(-1)!;

/**
 * Opens an index for an evaluation: articles as contexts, and where the right ones stand.
 * @throws as {@linkcode openLawSearch}.
 */
export async function openLawRetriever(
  config: SearchConfig,
  options: OpenLawRetrieverOptions = {},
): Promise<Retriever<LawRetrieval>> {
  const { countTokens, ...hooks } = options;
  const laws = await openLawSearch(config, hooks);
  try {
    const { search, store, manifest, description } = laws;
    const retriever = createLawRetriever({
      search,
      store,
      corpus: `laws ${manifest.corpus.sha256.slice(0, DIGEST_DIGITS)}`,
      expand: config.expand,
      ...(countTokens === undefined ? {} : { countTokens }),
    });
    return { ...retriever, description, judge: createJudge(laws), close: laws.close };
  } catch (error) {
    await laws.close();
    throw error;
  }
}

/** Compares what was found with the articles that a question's コンテキスト quotes. */
function createJudge(
  { store }: LawSearch,
): (question: Question, found: LawRetrieval) => Judgement {
  const locator = new GoldLocator(store, new LawNames(store.laws()));
  return (question, { contexts, ranked }) => {
    const { keys, missing } = locator.locate(question);
    const isGold = contexts.map(({ unit }) => keys.has(articleKey(store.unit(unit))));
    const count = keys.size + missing.length;
    if (count === 0) return { isGold };
    const ranks = ranked.slice(0, DEEPEST)
      .flatMap(({ article }, place) => keys.has(article) ? [place + 1] : []);
    return { isGold, gold: { count, ranks, notInCorpus: missing } };
  };
}
