import { UsageError } from "../../settings/usage_error.ts";
import { cutAtSentence } from "../vector/cut_at_sentence.ts";

/** Tokens of a query with a text. */
export interface FittedDocument<T> {
  readonly encoded: T;
  /** True where only the text's start is in it. */
  readonly isCut: boolean;
}

/**
 * Encodes a query with a text, the text cut so that both fit; the query is never cut.
 * @param encode of a start of the text.
 * @throws {UsageError} when the query leaves no room for any of the text.
 */
export async function fitDocument<T>(
  text: string,
  maxTokens: number,
  encode: (start: string) => T,
  lengthOf: (encoded: T) => number,
): Promise<FittedDocument<T>> {
  const { text: kept, end } = await cutAtSentence(
    text,
    (start) => lengthOf(encode(start)) <= maxTokens,
  );
  const encoded = encode(kept);
  if (lengthOf(encoded) > maxTokens || kept === "" && text !== "") {
    throw new UsageError(
      `The question has ${
        lengthOf(encode(""))
      } tokens with what the reranker puts around it, and ` +
        `the reranker reads ${maxTokens} with the text: shorten the question, or take a reranker ` +
        "that reads more.",
    );
  }
  return { encoded, isCut: end !== "whole" };
}
