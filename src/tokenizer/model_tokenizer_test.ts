import assert from "node:assert/strict";
import { join } from "node:path";
import { PreTrainedTokenizer } from "@huggingface/transformers";
import { xoroshiro128plus } from "pure-rand/generator/xoroshiro128plus";
import { ChatTokenizer } from "../llm/chat_tokenizer.ts";
import { UsageError } from "../settings/usage_error.ts";
import { inTempFolder } from "../onnx/checkpoint_double.ts";
import { ModelTokenizer } from "./model_tokenizer.ts";
import { unigramTokenizer } from "./unigram_double.ts";

const REFERENCE = Deno.env.get("HOUQA_TEST_REFERENCE");
const FOLDERS = {
  "the demo model": "datasets/demo/model",
  "the reference (HOUQA_TEST_REFERENCE)": REFERENCE && join(REFERENCE, "tiny", "tokenizer"),
  "a real Qwen (HOUQA_TEST_MODEL)": Deno.env.get("HOUQA_TEST_MODEL"),
  "a real embedding model (HOUQA_TEST_EMBEDDING)": Deno.env.get("HOUQA_TEST_EMBEDDING"),
};

const TEXTS = [
  "",
  " ",
  "\n\n\t  \r\n",
  "a",
  "借地借家法第二十八条に規定する正当の事由があると認められる場合でなければ、することができない。",
  "金融商品取引法２条３項　ＡＢＣ ｱｲｳ ㈱ №１ ﬁ",
  "がぎぐ か\u3099き\u3099 e\u0301 é İ ß Ǆ",
  "👩‍👩‍👧‍👦 🇯🇵 ✌🏽 𠮷野家 \u{1F9D1}\u200D\u2696\uFE0F",
  "<|im_start|>user\n<|im_end|><|endoftext|> <s></s><pad><unk>[CLS] [SEP][PAD][UNK] <think>\n</think>",
  " <|im_end|>  x<|im_end|>  \n<|im_end |> <|im_end",
  "it's I'll we've don't they're 'm . , ! ? n't  ' x",
  "12345678901234567890 1,234.5 ㉑ Ⅳ",
  "\u0000\u0001\u001b[0m\u007f\u0085\u00ad\u200b\u2028\u2029\ufeff\ufffd",
  "\ud800 alone \udfff",
  "constructor __proto__ toString hasOwnProperty",
  "x".repeat(3000),
  "法".repeat(3000),
  "第一条　この法律は、…とする。\n２　前項の規定は、\r\n　一　…\n".repeat(150),
];

/** Texts of characters from all over Unicode, the same at every run. */
function* randomTexts(count: number): Generator<string> {
  const random = xoroshiro128plus(20);
  const below = (limit: number) => (random.next() >>> 0) % limit;
  const ranges = [[0, 0x80], [0x80, 0x700], [0x3000, 0x100], [0x4e00, 0x5200], [0xff00, 0xf0]];
  for (let text = 0; text < count; text++) {
    yield Array.from({ length: below(60) }, () => {
      const [from, size] = below(20) === 0 ? [0x1f300, 0x500] : ranges[below(ranges.length)]!;
      return String.fromCodePoint(from! + below(size!));
    }).join("");
  }
}

type Files = ReturnType<typeof unigramTokenizer>;

async function readFiles(folder: string): Promise<Files> {
  const [json, config] = await Promise.all(
    ["tokenizer.json", "tokenizer_config.json"].map(async (name) =>
      JSON.parse(await Deno.readTextFile(join(folder, name)))
    ),
  );
  return { json, config };
}

/** Every token, text, mark and special token is the same as transformers.js gives. */
function assertSame(read: () => Files): void {
  const [{ json, config }, other] = [read(), read()];
  const ours = new ModelTokenizer(json, config);
  const theirs = new PreTrainedTokenizer(other.json as object, other.config);
  assert.equal(ours.endToken, theirs.eos_token_id);
  assert.equal(ours.padToken, theirs.pad_token_id);
  const texts = [...TEXTS, ...randomTexts(300)];
  for (const [index, text] of texts.entries()) {
    const at = JSON.stringify(text.slice(0, 60));
    const ids = ours.encode(text);
    assert.deepEqual(ids, theirs.encode(text), at);
    const bare = ours.encodeBare(text);
    assert.deepEqual(bare, theirs.encode(text, { add_special_tokens: false }), at);
    for (const list of [ids, bare]) {
      if (list.length === 0) {
        assert.equal(ours.decode(list, { skipsSpecial: true }), "");
        continue;
      }
      for (const skipsSpecial of [true, false]) {
        const text = theirs.decode([...list], { skip_special_tokens: skipsSpecial });
        assert.equal(ours.decode(list, { skipsSpecial }), text, at);
      }
    }
    const second = texts[(index + 7) % texts.length]!;
    const { input_ids, token_type_ids } = theirs(text, {
      text_pair: second,
      add_special_tokens: true,
      truncation: false,
      return_tensor: false,
      return_token_type_ids: true,
    }) as { input_ids: number[]; token_type_ids?: number[] };
    const pair = ours.encodePair(text, second);
    assert.deepEqual(pair.ids, input_ids, at);
    assert.deepEqual(pair.types, token_type_ids ?? input_ids.map(() => 0), at);
  }
  // What a model may write: tokens in an order that no text has.
  const random = xoroshiro128plus(21);
  const size = theirs.get_vocab().size;
  for (let i = 0; i < 300; i++) {
    const ids = Array.from({ length: 1 + i % 20 }, () => (random.next() >>> 0) % (size + 2));
    for (const skipsSpecial of [true, false]) {
      const text = theirs.decode([...ids], { skip_special_tokens: skipsSpecial });
      assert.equal(ours.decode(ids, { skipsSpecial }), text, ids.join());
    }
  }
}

for (const [name, folder] of Object.entries(FOLDERS)) {
  Deno.test({
    name: `the same tokens and texts as transformers.js gives: ${name}`,
    ignore: folder === undefined,
    async fn() {
      const files = await readFiles(folder!);
      assertSame(() => structuredClone(files));
    },
  });
}

Deno.test("the same tokens and texts as transformers.js gives: Unigram with pairs", () => {
  assertSame(unigramTokenizer);
  const { json, config } = unigramTokenizer();
  const tokenizer = new ModelTokenizer(json, config);
  assert.equal(tokenizer.padToken, 1);
  // <s> ▁ 借地 </s> </s> ▁法 律 </s>
  assert.deepEqual(tokenizer.encodePair("借地", "法律").ids, [0, 4, 15, 2, 2, 5, 7, 2]);
});

const CONVERSATIONS = [
  [{ role: "user", content: "法とは何か。" }],
  [
    { role: "system", content: "あなたは法律の専門家です。<|im_end|>" },
    { role: "user", content: "  次の{{ 文 }}から\n選べ。{% if x %}\n\n" },
  ],
] as const;

const TEMPLATE =
  "{{ bos_token }}{{ eos_token }}|{{ pad_token is defined }}|{{ mask_token is defined }}|" +
  "{{ tools is none }}{{ documents is none }}{{ add_generation_prompt }}{{ enable_thinking }}" +
  "{%- for m in messages %}{{ loop.index }}{{ m.role | upper }}{{ m['content'] | trim }}" +
  "{%- endfor %}";

/** Every conversation is the same text and tokens as transformers.js makes of it. */
function assertSameChats(json: unknown, config: Record<string, unknown>, own?: string): void {
  const theirs = new PreTrainedTokenizer(structuredClone(json) as object, config);
  const tokenizer = new ModelTokenizer(json, config);
  for (const template of [TEMPLATE, ...own === undefined ? [] : [own]]) {
    const ours = new ChatTokenizer(tokenizer, template);
    for (const messages of CONVERSATIONS) {
      for (const think of [false, true]) {
        const text = theirs.apply_chat_template(messages.map((one) => ({ ...one })), {
          tokenize: false,
          add_generation_prompt: true,
          chat_template: template,
          ...{ enable_thinking: think },
        }) as unknown as string;
        assert.deepEqual(
          ours.encodeChat(messages, think),
          theirs.encode(text, { add_special_tokens: false }),
        );
      }
    }
  }
}

for (const name of ["the demo model", "a real Qwen (HOUQA_TEST_MODEL)"] as const) {
  const folder = FOLDERS[name];
  Deno.test({
    name: `the same conversations as transformers.js makes: ${name}`,
    ignore: folder === undefined,
    async fn() {
      const { json, config } = await readFiles(folder!);
      assertSameChats(json, config, (await ChatTokenizer.load(folder!)).template);
    },
  });
}

Deno.test("the same conversations as transformers.js makes: tokens as objects", () => {
  const { json, config } = unigramTokenizer();
  assertSameChats(json, config);
});

Deno.test("of several templates the default one is taken; what is none is refused", () =>
  inTempFolder(async (folder) => {
    const { json, config } = unigramTokenizer();
    await Deno.writeTextFile(join(folder, "tokenizer.json"), JSON.stringify(json));
    const load = async (change: Record<string, unknown>) => {
      const text = JSON.stringify({ ...config, ...change });
      await Deno.writeTextFile(join(folder, "tokenizer_config.json"), text);
      return (await ChatTokenizer.load(folder)).template;
    };
    const named = (name: string) => ({ name, template: `{{ '${name}' }}` });
    const list = [named("tool_use"), named("default")];
    assert.equal(await load({ chat_template: list }), "{{ 'default' }}");
    assert.equal(await load({ chat_template: "x" }), "x");
    for (const none of [undefined, null, "", [named("tool_use")]]) {
      await assert.rejects(
        load({ chat_template: none }),
        (error) => error instanceof UsageError && error.message.includes("has no chat template"),
      );
    }
    for (const bad of [{ chat_template: [{ name: 1 }] }, { chat_template: "x", eos_token: {} }]) {
      await assert.rejects(
        load(bad),
        (error) => error instanceof UsageError && error.message.startsWith("The tokenizer in "),
      );
    }
  }));

Deno.test("a folder without a tokenizer, or with something else, is refused by name", () =>
  inTempFolder(async (folder) => {
    const refusal = (error: unknown) =>
      error instanceof UsageError && error.message.startsWith(`The tokenizer in ${folder} can't`);
    await assert.rejects(ModelTokenizer.load(folder), refusal);
    await Deno.writeTextFile(join(folder, "tokenizer_config.json"), "{}");
    for (const text of ["", "null", "{}", '{"model":{}}', '{"model":null}']) {
      await Deno.writeTextFile(join(folder, "tokenizer.json"), text);
      await assert.rejects(ModelTokenizer.load(folder), refusal, text);
    }
  }));
