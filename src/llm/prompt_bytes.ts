import type { Prompt } from "./llm.ts";

/** UTF-8 bytes of all messages: what context windows are sized by. */
export function promptBytes(prompt: Prompt): number {
  const encoder = new TextEncoder();
  return prompt.messages.reduce((sum, m) => sum + encoder.encode(m.content).length, 0);
}
