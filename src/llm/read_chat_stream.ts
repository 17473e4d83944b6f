import type { AbortableAsyncIterator, ChatResponse } from "ollama";
import { HttpStatusError } from "./abortable_fetch.ts";
import { type ChatAnswer, chatAnswerSchema } from "./ollama_protocol.ts";

/**
 * Reads the pieces of `POST /api/chat` with `stream: true` into the answer that `stream: false` would
 * have given. The last piece carries the counts; without it (see {@linkcode endedByRepetition}) `done`
 * is false.
 * @param onText gets the answer's text as it comes; thinking comes in a field of its own.
 * @throws {HttpStatusError} for an error that the server sends in place of a piece.
 * @throws {z.ZodError} for a piece of an unknown form.
 */
export async function readChatStream(
  stream: AbortableAsyncIterator<ChatResponse>,
  onText: (piece: string) => void,
): Promise<ChatAnswer> {
  let last: ChatAnswer | undefined;
  let content = "";
  let thinking = "";
  try {
    for await (const piece of stream) {
      last = chatAnswerSchema.parse(piece);
      content += last.message.content;
      thinking += last.message.thinking ?? "";
      if (last.message.content !== "") onText(last.message.content);
    }
  } catch (error) {
    // The client knows no error classes: both of its own are plain ones.
    if (!(error instanceof Error) || error.constructor !== Error) throw error;
    if (!/^Did not receive done/.test(error.message)) throw new HttpStatusError(500, error.message);
  } finally {
    // The client leaves the connection to whoever reads it to the end.
    stream.abort();
  }
  return {
    ...last,
    done: last?.done ?? false,
    message: { content, ...(thinking === "" ? {} : { thinking }) },
  };
}
