/** For tests: a chat answer of the double in pieces, as Ollama 0.17.4 sends it with `stream: true`. */
import type { ServerResponse } from "node:http";
import { setTimeout as wait } from "node:timers/promises";
import { tokens } from "./ollama_double_answers.ts";

/** The fields of a whole answer that its pieces are made of. */
export interface DoubleChatAnswer {
  readonly model: string;
  readonly created_at: string;
  readonly message: {
    readonly role: string;
    readonly content: string;
    readonly thinking?: string;
  };
  readonly done: boolean;
}

/**
 * Sends one line of JSON for every token and a last one with the counts; an answer that is not done
 * has no last line. Its log-probabilities are left out.
 * @param how `cut`: the connection closes after half of the pieces.
 */
export async function streamAnswer(
  response: ServerResponse,
  answer: DoubleChatAnswer,
  how: { readonly cut: boolean; readonly pieceLatencyMs: number },
): Promise<void> {
  const { model, created_at, message, done, ...rest } = answer;
  const { role, content, thinking = "" } = message;
  const pieces = [
    ...tokens(thinking).map((piece) => ({ role, content: "", thinking: piece })),
    ...tokens(content).map((piece) => ({ role, content: piece })),
  ];
  response.writeHead(200, { "content-type": "application/x-ndjson" });
  response.flushHeaders();
  for (const piece of how.cut ? pieces.slice(0, Math.ceil(pieces.length / 2)) : pieces) {
    if (how.pieceLatencyMs > 0) await wait(how.pieceLatencyMs);
    if (response.destroyed) return;
    const line = { model, created_at, message: piece, done: false };
    await new Promise((sent) => response.write(`${JSON.stringify(line)}\n`, sent));
  }
  if (how.cut) return void response.destroy();
  const { logprobs: _, ...counts } = rest as { logprobs?: unknown };
  const last = { model, created_at, message: { role, content: "" }, done, ...counts };
  response.end(done ? `${JSON.stringify(last)}\n` : "");
}
