import { join } from "node:path";
import type { PreTrainedTokenizer } from "@huggingface/transformers";
import { UsageError } from "../../settings/usage_error.ts";

/** A query and a text as a cross-encoder reads them. */
export interface EncodedPair {
  readonly ids: readonly number[];
  /** Which of the two each token belongs to: 0 or 1. */
  readonly types: readonly number[];
}

/** Turns a query and a text into the tokens of one sequence, with the model's own marks. */
export class PairTokenizer {
  private constructor(readonly tokenizer: PreTrainedTokenizer) {}

  /**
   * Loads `tokenizer.json` and `tokenizer_config.json`; nothing is downloaded.
   * @throws {UsageError} when they are missing, can't be used, or know no pairs.
   */
  static async load(folder: string): Promise<PairTokenizer> {
    const { PreTrainedTokenizer } = await import("@huggingface/transformers");
    let tokenizer: PairTokenizer;
    try {
      const [json, config] = await Promise.all(
        ["tokenizer.json", "tokenizer_config.json"].map(async (name) =>
          JSON.parse(await Deno.readTextFile(join(folder, name)))
        ),
      );
      tokenizer = new PairTokenizer(new PreTrainedTokenizer(json, config));
    } catch (error) {
      if (error instanceof Deno.errors.NotCapable) throw error;
      throw new UsageError(`The tokenizer in ${folder} can't be used: ${(error as Error).message}`);
    }
    // Without a template for pairs the text would silently not be read, or not be told apart.
    const [alone, pair] = [tokenizer.encode("a", ""), tokenizer.encode("a", "a")];
    if (pair.ids.length <= alone.ids.length || alone.ids.length < 3) {
      throw new UsageError(
        `The tokenizer in ${folder} knows no pairs (post_processor in tokenizer.json), so its model ` +
          "is no cross-encoder.",
      );
    }
    return tokenizer;
  }

  /** Token that fills up shorter pairs, where the tokenizer has one. */
  get padToken(): number | undefined {
    return this.tokenizer.pad_token_id ?? undefined;
  }

  /** The tokens of a pair. */
  encode(query: string, text: string): EncodedPair {
    const { input_ids: ids, token_type_ids: types } = this.tokenizer(query, {
      text_pair: text,
      add_special_tokens: true,
      truncation: false,
      return_tensor: false,
      return_token_type_ids: true,
    }) as unknown as { input_ids: number[]; token_type_ids?: number[] };
    return { ids, types: types ?? ids.map(() => 0) };
  }

  /** Tokens of a text by itself, nothing added. */
  count(text: string): number {
    return this.tokenizer.encode(text, { add_special_tokens: false }).length;
  }
}
