import { join } from "node:path";
import { type Letter, LETTERS } from "../dataset/question.ts";
import { UsageError } from "../settings/usage_error.ts";
import { ChatTemplate, defaultTemplate } from "../tokenizer/chat_template.ts";
import { ModelTokenizer } from "../tokenizer/model_tokenizer.ts";
import { templateTokens } from "../tokenizer/special_tokens.ts";
import type { ChatMessage } from "./llm.ts";

/** A model's tokenizer with its chat template. */
export class ChatTokenizer {
  /** Tokens that spell each letter, the bare one first: "a", " a", "A", "ａ"… */
  readonly letterTokens: Readonly<Record<Letter, readonly number[]>>;
  readonly #template: ChatTemplate;

  /** @throws {Error} for special tokens that are not understood. */
  constructor(readonly tokenizer: ModelTokenizer, readonly template: string) {
    this.#template = new ChatTemplate(template, templateTokens(tokenizer.config));
    this.letterTokens = Object.fromEntries(
      LETTERS.map((letter) => [letter, spellings(tokenizer, letter)]),
    ) as Record<Letter, number[]>;
  }

  /**
   * Loads a folder's tokenizer and its template, from `chat_template.jinja` where that is there.
   * @throws {UsageError} when they are missing or can't be used.
   */
  static async load(folder: string): Promise<ChatTokenizer> {
    const tokenizer = await ModelTokenizer.load(folder);
    try {
      const template = await templateBeside(folder) ?? defaultTemplate(tokenizer.config);
      if (template !== undefined) return new ChatTokenizer(tokenizer, template);
    } catch (error) {
      throw new UsageError(`The tokenizer in ${folder} can't be used: ${(error as Error).message}`);
    }
    throw new UsageError(
      `${folder} has no chat template (tokenizer_config.json or chat_template.jinja). Use the ` +
        "instruction-tuned model, or put its template there.",
    );
  }

  /** Whether the template knows a switch for thinking. */
  get canThink(): boolean {
    return this.template.includes("enable_thinking") || this.template.includes("<think>");
  }

  /** Token ids of a prompt, up to where the model's answer begins. */
  encodeChat(messages: readonly ChatMessage[], think: boolean): number[] {
    return this.encode(this.#template.render(messages, think));
  }

  /** Token ids of a text, nothing added. */
  encode(text: string): number[] {
    return this.tokenizer.encodeBare(text);
  }

  /** Text of generated tokens, without special ones. */
  decode(ids: readonly number[]): string {
    return this.tokenizer.decode(ids, { skipsSpecial: true });
  }
}

async function templateBeside(folder: string): Promise<string | undefined> {
  return await Deno.readTextFile(join(folder, "chat_template.jinja")).catch(() => undefined);
}

/** Only spellings that are one token each. */
function spellings(tokenizer: ModelTokenizer, letter: Letter): number[] {
  const upper = letter.toUpperCase();
  const wide = String.fromCodePoint(letter.codePointAt(0)! + 0xfee0);
  return [letter, ` ${letter}`, upper, ` ${upper}`, wide].flatMap((text) => {
    const ids = tokenizer.encodeBare(text);
    return ids.length === 1 ? ids : [];
  });
}
