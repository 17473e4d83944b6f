import type { ChatMessage } from "../../llm/llm.ts";
import { estimateTokens } from "../../rag/context/token_counter.ts";

/** Counts a record's tokens. */
export interface RecordTokenCounter {
  /** Tokenizer's folder; absent: estimated. */
  readonly tokenizer?: string;
  /** Of the messages up to where the answer begins, the chat template's own included. */
  prompt(messages: readonly ChatMessage[]): number;
  /** Of the answer alone. */
  answer(text: string): number;
}

/** Lengths in tokens, by nearest rank. */
export interface TokenLengths {
  readonly min: number;
  readonly median: number;
  readonly p95: number;
  readonly max: number;
}

/** For every end of an answer, which the chat template writes. */
const END_TOKENS = 1;
/** What a template writes around a message at most: start, role, line break, end, line break. */
const TOKENS_A_MESSAGE = 5;

/** By {@linkcode estimateTokens}: more than a tokenizer made for Japanese would count. */
export const ESTIMATED: RecordTokenCounter = {
  prompt: (messages) =>
    messages.reduce((sum, { content }) => sum + estimateTokens(content) + TOKENS_A_MESSAGE, 0) +
    TOKENS_A_MESSAGE,
  answer: estimateTokens,
};

/**
 * Counts with a model's tokenizer and chat template, thinking off as when it is asked.
 * @throws {UsageError} when the folder's tokenizer can't be used.
 */
export async function tokenizerCounter(folder: string): Promise<RecordTokenCounter> {
  const { ChatTokenizer } = await import("../../llm/chat_tokenizer.ts");
  const tokenizer = await ChatTokenizer.load(folder);
  return {
    tokenizer: folder,
    prompt: (messages) => tokenizer.encodeChat(messages, false).length,
    answer: (text) => tokenizer.encode(text).length,
  };
}

/** Lengths of whole records (prompt, answer, end token) and of what is learnt (answer, end token). */
export function tokenLengths(
  records: readonly { readonly messages: readonly ChatMessage[] }[],
  counter: RecordTokenCounter,
): { readonly record: TokenLengths; readonly answer: TokenLengths } {
  const answers = records.map(({ messages }) =>
    counter.answer(messages.at(-1)!.content) + END_TOKENS
  );
  const wholes = records.map(({ messages }, at) =>
    counter.prompt(messages.slice(0, -1)) + answers[at]!
  );
  return { record: lengthsOf(wholes), answer: lengthsOf(answers) };
}

function lengthsOf(counts: readonly number[]): TokenLengths {
  const sorted = [...counts].sort((x, y) => x - y);
  const at = (share: number) => sorted[Math.ceil(share * sorted.length) - 1]!;
  return { min: sorted[0]!, median: at(0.5), p95: at(0.95), max: sorted.at(-1)! };
}
