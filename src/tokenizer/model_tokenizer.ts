import { join } from "node:path";
import { Tokenizer } from "@huggingface/tokenizers";
import { collectGarbage } from "../device/collect_garbage.ts";
import { UsageError } from "../settings/usage_error.ts";
import { specialToken, type TokenizerConfig } from "./special_tokens.ts";

/** Two texts as one sequence of tokens. */
export interface EncodedPair {
  readonly ids: readonly number[];
  /** Which of the two each token belongs to: 0 or 1. */
  readonly types: readonly number[];
}

/** Files whose parsed form leaves so much behind that it is worth the pause. */
const LARGE_FILE_CHARACTERS = 1_000_000;

/** A model's tokenizer, from its `tokenizer.json` and `tokenizer_config.json`. */
export class ModelTokenizer {
  /** Token that fills up shorter texts, where the model has one; else its end token. */
  readonly padToken: number | undefined;
  /** Token that ends a text, where the model has one. */
  readonly endToken: number | undefined;
  readonly #tokenizer: Tokenizer;

  /**
   * @param json of `tokenizer.json`; its tables are taken out of it.
   * @throws {Error} saying what is not understood.
   */
  constructor(json: unknown, readonly config: TokenizerConfig) {
    this.#tokenizer = new Tokenizer(json as object, config);
    const idOf = (text: string | undefined) =>
      text === undefined ? undefined : this.#tokenizer.token_to_id(text);
    this.endToken = idOf(specialToken(config, "eos_token"));
    this.padToken = idOf(specialToken(config, "pad_token") ?? specialToken(config, "eos_token"));
    dropTables(json, this.#tokenizer);
  }

  /**
   * Loads a folder's tokenizer; nothing is downloaded.
   * @throws {UsageError} when its files are missing or can't be used.
   */
  static async load(folder: string): Promise<ModelTokenizer> {
    let tokenizer: ModelTokenizer;
    let characters: number;
    try {
      const [text, config] = await Promise.all(
        ["tokenizer.json", "tokenizer_config.json"].map((name) =>
          Deno.readTextFile(join(folder, name))
        ),
      );
      characters = text!.length;
      tokenizer = new ModelTokenizer(JSON.parse(text!), JSON.parse(config!));
    } catch (error) {
      if (error instanceof Deno.errors.NotCapable) throw error;
      throw new UsageError(`The tokenizer in ${folder} can't be used: ${(error as Error).message}`);
    }
    if (characters > LARGE_FILE_CHARACTERS) collectGarbage();
    return tokenizer;
  }

  /** Token ids of a text, with what the model wants around it. */
  encode(text: string): number[] {
    return this.#tokenizer.encode(text).ids;
  }

  /** Token ids of a text, nothing added. */
  encodeBare(text: string): number[] {
    return this.#tokenizer.encode(text, { add_special_tokens: false }).ids;
  }

  /** Two texts with what the model wants around and between them. */
  encodePair(first: string, second: string): EncodedPair {
    const { ids, token_type_ids: types } = this.#tokenizer.encode(first, {
      text_pair: second,
      return_token_type_ids: true,
    }) as { ids: number[]; token_type_ids?: number[] };
    return { ids, types: types ?? ids.map(() => 0) };
  }

  /** Text of tokens; the special ones may be left out. */
  decode(ids: readonly number[], { skipsSpecial }: { readonly skipsSpecial: boolean }): string {
    return ids.length === 0
      ? ""
      : this.#tokenizer.decode([...ids], { skip_special_tokens: skipsSpecial });
  }
}

/** Of a large vocabulary, the parsed JSON is twice as large as what the tokenizer works with. */
function dropTables(json: unknown, tokenizer: Tokenizer): void {
  const { model } = json as { model: { vocab?: unknown; merges?: unknown } };
  model.vocab = undefined;
  model.merges = undefined;
  // A copy, from which the ranks were made.
  Object.assign(tokenizer.model!, { merges: [] });
}
