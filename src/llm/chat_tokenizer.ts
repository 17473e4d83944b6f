import { join } from "node:path";
import type { PreTrainedTokenizer } from "@huggingface/transformers";
import { type Letter, LETTERS } from "../dataset/question.ts";
import { UsageError } from "../settings/usage_error.ts";
import type { ChatMessage } from "./llm.ts";

/** A model's tokenizer with its chat template. */
export class ChatTokenizer {
  /** Tokens that spell each letter, the bare one first: "a", " a", "A", "ａ"… */
  readonly letterTokens: Readonly<Record<Letter, readonly number[]>>;

  constructor(readonly tokenizer: PreTrainedTokenizer, readonly template: string) {
    this.letterTokens = Object.fromEntries(
      LETTERS.map((letter) => [letter, spellings(tokenizer, letter)]),
    ) as Record<Letter, number[]>;
  }

  /**
   * Loads `tokenizer.json` and `tokenizer_config.json` with transformers.js; nothing is downloaded.
   * @throws {UsageError} when they are missing or without a chat template.
   */
  static async load(folder: string): Promise<ChatTokenizer> {
    const { PreTrainedTokenizer } = await import("@huggingface/transformers");
    let tokenizer: PreTrainedTokenizer;
    try {
      const [json, config] = await Promise.all(
        ["tokenizer.json", "tokenizer_config.json"].map(async (name) =>
          JSON.parse(await Deno.readTextFile(join(folder, name)))
        ),
      );
      tokenizer = new PreTrainedTokenizer(json, config);
    } catch (error) {
      if (error instanceof Deno.errors.NotCapable) throw error;
      throw new UsageError(`The tokenizer in ${folder} can't be used: ${(error as Error).message}`);
    }
    const template = await templateBeside(folder) ?? templateOf(tokenizer);
    if (template === undefined) {
      throw new UsageError(
        `${folder} has no chat template (tokenizer_config.json or chat_template.jinja). Use the ` +
          "instruction-tuned model, or put its template there.",
      );
    }
    return new ChatTokenizer(tokenizer, template);
  }

  /** Whether the template knows a switch for thinking. */
  get canThink(): boolean {
    return this.template.includes("enable_thinking") || this.template.includes("<think>");
  }

  /** Token ids of a prompt, up to where the model's answer begins. */
  encodeChat(messages: readonly ChatMessage[], think: boolean): number[] {
    const text = this.tokenizer.apply_chat_template(messages.map((one) => ({ ...one })), {
      tokenize: false,
      add_generation_prompt: true,
      chat_template: this.template,
      // The template's own variable: any other key is passed on to it.
      ...{ enable_thinking: think },
    }) as unknown as string;
    return this.encode(text);
  }

  /** Token ids of a text, nothing added. */
  encode(text: string): number[] {
    return this.tokenizer.encode(text, { add_special_tokens: false });
  }

  /** Text of generated tokens, without special ones. */
  decode(ids: readonly number[]): string {
    return this.tokenizer.decode([...ids], { skip_special_tokens: true });
  }
}

function templateOf(tokenizer: PreTrainedTokenizer): string | undefined {
  try {
    const template = tokenizer.get_chat_template();
    return typeof template === "string" ? template : undefined;
  } catch {
    return undefined;
  }
}

async function templateBeside(folder: string): Promise<string | undefined> {
  return await Deno.readTextFile(join(folder, "chat_template.jinja")).catch(() => undefined);
}

/** Only spellings that are one token each. */
function spellings(tokenizer: PreTrainedTokenizer, letter: Letter): number[] {
  const upper = letter.toUpperCase();
  const wide = String.fromCodePoint(letter.codePointAt(0)! + 0xfee0);
  return [letter, ` ${letter}`, upper, ` ${upper}`, wide].flatMap((text) => {
    const ids = tokenizer.encode(text, { add_special_tokens: false });
    return ids.length === 1 ? ids : [];
  });
}
