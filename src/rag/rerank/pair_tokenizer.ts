import { UsageError } from "../../settings/usage_error.ts";
import { type EncodedPair, ModelTokenizer } from "../../tokenizer/model_tokenizer.ts";

/** Turns a query and a text into the tokens of one sequence, with the model's own marks. */
export class PairTokenizer {
  private constructor(readonly tokenizer: ModelTokenizer) {}

  /**
   * Loads `tokenizer.json` and `tokenizer_config.json`; nothing is downloaded.
   * @throws {UsageError} when they are missing, can't be used, or know no pairs.
   */
  static async load(folder: string): Promise<PairTokenizer> {
    const tokenizer = new PairTokenizer(await ModelTokenizer.load(folder));
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
    return this.tokenizer.padToken;
  }

  /** The tokens of a pair. */
  encode(query: string, text: string): EncodedPair {
    return this.tokenizer.encodePair(query, text);
  }

  /** Tokens of a text by itself, nothing added. */
  count(text: string): number {
    return this.tokenizer.encodeBare(text).length;
  }
}
