import { ModelTokenizer } from "../../tokenizer/model_tokenizer.ts";

/** What Qwen's embedding models end every text with; their vector is this token's state. */
const QWEN_END = "<|endoftext|>";

/** Turns texts into the tokens that an embedding model reads, its special ones included. */
export class EmbeddingTokenizer {
  readonly #endToken: number | undefined;

  private constructor(readonly tokenizer: ModelTokenizer, endsText: boolean) {
    const ids = endsText ? tokenizer.encodeBare(QWEN_END) : [];
    this.#endToken = ids.length === 1 ? ids[0] : undefined;
  }

  /**
   * Loads `tokenizer.json` and `tokenizer_config.json`; nothing is downloaded.
   * @param endsText the model's vector is its last token's state, so where the tokenizer knows an
   * end of texts, every text has one.
   * @throws {UsageError} when they are missing or can't be used.
   */
  static async load(folder: string, endsText: boolean): Promise<EmbeddingTokenizer> {
    return new EmbeddingTokenizer(await ModelTokenizer.load(folder), endsText);
  }

  /** Token that fills up shorter texts, where the tokenizer has one. */
  get padToken(): number | undefined {
    return this.tokenizer.padToken;
  }

  /** Token ids of a text. */
  encode(text: string): number[] {
    const ids = this.tokenizer.encode(text);
    if (this.#endToken !== undefined && ids.at(-1) !== this.#endToken) ids.push(this.#endToken);
    return ids;
  }
}
