import type { Completion, InvokeOverrides, Llm, LlmIdentity, Prompt } from "./llm.ts";

/** What a fake model does for one call: text, a part of a completion, or an error to throw. */
export type FakeReply = string | Partial<Completion> | Error;

/** A model for tests and benchmarks: answers from a function, at once, and keeps its calls. */
export class FakeLlm implements Llm {
  readonly identity: LlmIdentity;
  readonly calls: { readonly prompt: Prompt; readonly overrides: InvokeOverrides }[] = [];
  closed = 0;

  constructor(
    readonly reply: (prompt: Prompt, overrides: InvokeOverrides) => FakeReply | Promise<FakeReply>,
    identity: Partial<LlmIdentity> = {},
    readonly keepCalls = true,
  ) {
    this.identity = { backend: "ollama", model: "fake", versions: {}, ...identity };
  }

  async invoke(prompt: Prompt, overrides: InvokeOverrides = {}): Promise<Completion> {
    overrides.signal?.throwIfAborted();
    if (this.keepCalls) this.calls.push({ prompt, overrides });
    const reply = await this.reply(prompt, overrides);
    if (reply instanceof Error) throw reply;
    const completion = typeof reply === "string" ? { text: reply } : reply;
    for (const piece of completion.text?.match(/.{1,4}/gsu) ?? []) overrides.onText?.(piece);
    return { text: "", finishReason: "stop", seconds: 0.5, ...completion };
  }

  close(): Promise<void> {
    this.closed++;
    return Promise.resolve();
  }
}
