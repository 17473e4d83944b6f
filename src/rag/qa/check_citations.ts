import type { CitationResolver } from "../cite/citation_resolver.ts";
import type { Citation } from "../cite/citation.ts";
import type { ArticleReference } from "../context/gather_contexts.ts";
import { unitHeading } from "../context/place_heading.ts";
import type { CorpusStore } from "../index/corpus_store.ts";

/** An article that an answer cites and that was not among those retrieved for it. */
export interface UnretrievedCitation {
  /** With the law's name where it is known: `民法 第709条`. */
  readonly citation: string;
  /** Whether the corpus has it; an article that it does not have may be invented. */
  readonly isInCorpus: boolean;
}

type Known = Pick<ArticleReference, "lawId" | "provision" | "num">;

/**
 * The articles cited in an answer that were not retrieved, in order, each once. Where the answer does
 * not say which law is meant, an article of that number of any retrieved law will do. 前条 and the like
 * are no numbers to get wrong and are left out.
 */
export function unretrievedCitations(
  answer: string,
  retrieved: readonly Known[],
  { resolver, corpus }: { resolver: CitationResolver; corpus: CorpusStore },
): UnretrievedCitation[] {
  const found = new Map<string, UnretrievedCitation>();
  for (const citation of resolver.citations(answer)) {
    const { lawIds, place, step } = citation;
    if (place.num === undefined || step !== undefined) continue;
    const isSame = ({ lawId, provision, num }: Known) =>
      num === place.num && provision === place.provision &&
      (citation.confidence === "bare" || lawIds.includes(lawId));
    if (retrieved.some(isSame)) continue;
    const shown = show(citation, corpus);
    if (found.has(shown)) continue;
    const isInCorpus = lawIds.some((lawId) =>
      corpus.unitsOf(lawId, place.num!).some((unit) => unit.provision === place.provision)
    );
    found.set(shown, { citation: shown, isInCorpus });
  }
  return [...found.values()];
}

function show({ lawIds: [lawId], place }: Citation, corpus: CorpusStore): string {
  const { provision, num = "" } = place;
  const heading = provision === "appendix"
    ? `別表第${num}`
    : unitHeading({ provision, num, title: "", caption: "" });
  const title = lawId === undefined ? undefined : corpus.law(lawId)?.title;
  return title === undefined ? heading : `${title} ${heading}`;
}
