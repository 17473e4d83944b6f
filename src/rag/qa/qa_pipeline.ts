import type { Llm } from "../../llm/llm.ts";
import { type QaPromptParts, renderQaPrompt } from "../../prompt/qa_prompt.ts";
import type { LawRetrieval } from "../context/law_retriever.ts";
import { RAGPipeline } from "../rag_pipeline.ts";
import type { Retriever } from "../retriever.ts";

/** A turn of a conversation, without its statutes. */
export type QaRequest = Omit<QaPromptParts, "contexts">;

/** From a turn of a conversation to its answer. */
export type QaPipeline = RAGPipeline<QaRequest, LawRetrieval>;

/**
 * The pipeline of a conversation about laws.
 * @param llm a model that is there already; absent: it is loaded later.
 */
export function createQaPipeline(retriever: Retriever<LawRetrieval>, llm?: Llm): QaPipeline {
  return new RAGPipeline({
    retriever,
    render: (request, contexts) => renderQaPrompt({ ...request, contexts }),
    ...(llm === undefined ? {} : { llm }),
  });
}
