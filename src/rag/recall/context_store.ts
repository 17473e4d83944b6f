import type { Question } from "../../dataset/question.ts";
import type { Law, LawUnit } from "../corpus/law.ts";
import type { CorpusStore } from "../index/corpus_store.ts";
import { createMemoryCorpusStore } from "./memory_corpus_store.ts";
import { parseContext } from "./parse_context.ts";
import { matchLawIds } from "./match_law_ids.ts";

/** The distinct コンテキスト of a question file as a corpus. */
export interface ContextStore {
  /**
   * A unit for every article of every context: an article that several contexts quote is several
   * units, because each quotes other parts of it.
   */
  readonly store: CorpusStore;
  /** The same as laws, to build an index of. */
  readonly laws: readonly Law[];
  /** The contexts, each once, in the order of the file. */
  readonly contexts: readonly string[];
  /** The context (its place in `contexts`) that each unit stands in. */
  readonly contextOfUnit: readonly number[];
}

/**
 * Makes the contexts of a question file a corpus, so that they can be searched like laws. The
 * law of an article has the id that the file's references give it, else its title for an id.
 */
export function createContextStore(questions: readonly Question[]): ContextStore {
  const contexts = [...new Set(questions.map((q) => q.context).filter((text) => text !== ""))];
  const lawIds = matchLawIds(questions);
  const laws = new Map<string, Law & { units: LawUnit[] }>();
  const contextOf = new Map<LawUnit, number>();
  for (const [place, context] of contexts.entries()) {
    for (const { lawTitle, unit } of parseContext(context)) {
      const law = laws.get(lawTitle) ?? {
        lawId: lawIds.get(lawTitle) ?? lawTitle,
        lawNum: "",
        title: lawTitle,
        abbreviations: [],
        units: [],
      };
      law.units.push(unit);
      contextOf.set(unit, place);
      laws.set(lawTitle, law);
    }
  }
  return {
    store: createMemoryCorpusStore([...laws.values()]),
    laws: [...laws.values()],
    contexts,
    contextOfUnit: laws.values().toArray().flatMap(({ units }) =>
      units.map((unit) => contextOf.get(unit)!)
    ),
  };
}
