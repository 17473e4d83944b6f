/** A model's `tokenizer_config.json`. */
export type TokenizerConfig = Readonly<Record<string, unknown>>;

/** The special tokens that chat templates may name. */
const TEMPLATE_TOKENS = [
  "bos_token",
  "eos_token",
  "unk_token",
  "sep_token",
  "pad_token",
  "cls_token",
  "mask_token",
] as const;

/**
 * The text of a special token, e.g. `eos_token`; undefined where the model has none. It stands in the
 * configuration as itself, or as the `content` of an object of Python's class AddedToken.
 * @throws {Error} for anything else.
 */
export function specialToken(config: TokenizerConfig, name: string): string | undefined {
  const value = config[name];
  if (!value) return undefined;
  if (typeof value === "string") return value;
  const { __type, content } = value as { readonly __type?: unknown; readonly content?: unknown };
  if (__type === "AddedToken" && typeof content === "string") return content;
  throw new Error(`${name} in tokenizer_config.json is no token: ${JSON.stringify(value)}`);
}

/** Those special tokens of a chat template that the model has, by name. */
export function templateTokens(config: TokenizerConfig): Readonly<Record<string, string>> {
  return Object.fromEntries(
    TEMPLATE_TOKENS.flatMap((name) => {
      const text = specialToken(config, name);
      return text === undefined ? [] : [[name, text]];
    }),
  );
}
