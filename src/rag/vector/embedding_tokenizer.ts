import { join } from "node:path";
import type { PreTrainedTokenizer } from "@huggingface/transformers";
import { UsageError } from "../../settings/usage_error.ts";

/** What Qwen's embedding models end every text with; their vector is this token's state. */
const QWEN_END = "<|endoftext|>";

/** Turns texts into the tokens that an embedding model reads, its special ones included. */
export class EmbeddingTokenizer {
  readonly #endToken: number | undefined;

  private constructor(readonly tokenizer: PreTrainedTokenizer, endsText: boolean) {
    const ids = endsText ? tokenizer.encode(QWEN_END, { add_special_tokens: false }) : [];
    this.#endToken = ids.length === 1 ? ids[0] : undefined;
  }

  /**
   * Loads `tokenizer.json` and `tokenizer_config.json`; nothing is downloaded.
   * @param endsText the model's vector is its last token's state, so where the tokenizer knows an
   * end of texts, every text has one.
   * @throws {UsageError} when they are missing or can't be used.
   */
  static async load(folder: string, endsText: boolean): Promise<EmbeddingTokenizer> {
    const { PreTrainedTokenizer } = await import("@huggingface/transformers");
    try {
      const [json, config] = await Promise.all(
        ["tokenizer.json", "tokenizer_config.json"].map(async (name) =>
          JSON.parse(await Deno.readTextFile(join(folder, name)))
        ),
      );
      return new EmbeddingTokenizer(new PreTrainedTokenizer(json, config), endsText);
    } catch (error) {
      if (error instanceof Deno.errors.NotCapable) throw error;
      throw new UsageError(`The tokenizer in ${folder} can't be used: ${(error as Error).message}`);
    }
  }

  /** Token that fills up shorter texts, where the tokenizer has one. */
  get padToken(): number | undefined {
    return this.tokenizer.pad_token_id ?? undefined;
  }

  /** Token ids of a text. */
  encode(text: string): number[] {
    const ids = this.tokenizer.encode(text);
    if (this.#endToken !== undefined && ids.at(-1) !== this.#endToken) ids.push(this.#endToken);
    return ids;
  }
}
