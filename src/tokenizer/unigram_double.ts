/** A tiny tokenizer of the kind of XLM-RoBERTa: Unigram, `▁` for spaces, `<s> a </s> </s> b </s>`. */
export function unigramTokenizer(): {
  readonly json: unknown;
  readonly config: Record<string, unknown>;
} {
  const pieces = ["▁", "▁法", "法", "律", "第", "条", "▁the", "the", "e", "h", "t", "借地", "借"];
  const special = ["<s>", "<pad>", "</s>", "<unk>"];
  const mark = (id: string) => ({ SpecialToken: { id, type_id: 0 } });
  const part = (id: string) => ({ Sequence: { id, type_id: 0 } });
  const metaspace = { type: "Metaspace", replacement: "▁", prepend_scheme: "always", split: true };
  return {
    json: {
      version: "1.0",
      added_tokens: special.map((content, id) => ({
        ...{ id, content, special: true, single_word: false },
        ...{ lstrip: false, rstrip: false, normalized: false },
      })),
      normalizer: { type: "NFKC" },
      pre_tokenizer: { type: "Sequence", pretokenizers: [{ type: "WhitespaceSplit" }, metaspace] },
      post_processor: {
        type: "TemplateProcessing",
        single: [mark("<s>"), part("A"), mark("</s>")],
        pair: [mark("<s>"), part("A"), mark("</s>"), mark("</s>"), part("B"), mark("</s>")],
        special_tokens: Object.fromEntries(
          [["<s>", 0], ["</s>", 2]].map((
            [id, number],
          ) => [id, { id, ids: [number], tokens: [id] }]),
        ),
      },
      decoder: metaspace,
      model: {
        type: "Unigram",
        unk_id: 3,
        vocab: [
          ...special.map((piece) => [piece, 0]),
          ...pieces.map((piece, index) => [piece, -2 - index / 4]),
        ],
      },
    },
    config: {
      tokenizer_class: "XLMRobertaTokenizerFast",
      model_max_length: 512,
      bos_token: "<s>",
      eos_token: "</s>",
      // As older files have it.
      pad_token: { __type: "AddedToken", content: "<pad>", special: true },
      unk_token: "<unk>",
    },
  };
}
