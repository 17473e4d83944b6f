import { Template } from "@huggingface/jinja";
import type { ChatMessage } from "../llm/llm.ts";
import type { TokenizerConfig } from "./special_tokens.ts";

/** A model's template that makes one text of a conversation. */
export class ChatTemplate {
  #compiled: Template | undefined;

  /** @param tokens the special tokens that the template may name, e.g. `{ eos_token: "</s>" }`. */
  constructor(readonly text: string, readonly tokens: Readonly<Record<string, string>>) {}

  /**
   * The text up to where the model's answer begins.
   * @throws {Error} in Jinja's words, or in the template's own for what it does not take.
   */
  render(messages: readonly ChatMessage[], think: boolean): string {
    this.#compiled ??= new Template(this.text);
    return this.#compiled.render({
      messages: messages.map((one) => ({ ...one })),
      add_generation_prompt: true,
      tools: null,
      documents: null,
      ...this.tokens,
      enable_thinking: think,
    });
  }
}

/**
 * The chat template in a model's `tokenizer_config.json`, of several the one named `default`;
 * undefined where there is none.
 * @throws {Error} for a list of anything else than templates with names.
 */
export function defaultTemplate({ chat_template: given }: TokenizerConfig): string | undefined {
  if (typeof given === "string") return given === "" ? undefined : given;
  if (!Array.isArray(given)) {
    const { default: text } = (given ?? {}) as { readonly default?: unknown };
    return typeof text === "string" ? text : undefined;
  }
  const byName = new Map<string, string>();
  for (const { name, template } of given) {
    if (typeof name !== "string" || typeof template !== "string") {
      throw new Error("chat_template in tokenizer_config.json is no list of templates with names");
    }
    byName.set(name, template);
  }
  return byName.get("default");
}
