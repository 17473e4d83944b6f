import assert from "node:assert/strict";
import { join } from "node:path";
import { inTempFolder } from "../onnx/checkpoint_double.ts";
import { exportTo, largestDifference, withModel } from "../onnx/exported_double.ts";
import { SPECIAL_TOKENS, withoutEnd, writeTinyModel } from "../onnx/tiny_model_double.ts";
import { CHOICE_ORDERS } from "../dataset/choice_orders.ts";
import { LETTERS } from "../dataset/question.ts";
import { CausalModel } from "./causal_model.ts";
import { ChatTokenizer } from "./chat_tokenizer.ts";
import { type HFLoRADefaults, HFLoRALLM } from "./hf_lora_llm.ts";
import { LlmError, type Prompt } from "./llm.ts";
import { type ModelFolder, readModelFolder } from "./model_folder.ts";
import { DOUBLE_SHAPE, SessionDouble, type SessionDoubleOptions } from "./session_double.ts";

const VOCABULARY = 288;
const [IM_START, IM_END, END] = [
  SPECIAL_TOKENS["<|im_start|>"],
  SPECIAL_TOKENS["<|im_end|>"],
  SPECIAL_TOKENS["<|endoftext|>"],
];

/** The tokenizer of single bytes, made once. */
let tokenizer: Promise<ChatTokenizer> | undefined;
function byteTokenizer(): Promise<ChatTokenizer> {
  return tokenizer ??= (async () => {
    const folder = await Deno.makeTempDir();
    await writeTinyModel(folder);
    const loaded = await ChatTokenizer.load(folder);
    await Deno.remove(folder, { recursive: true });
    return loaded;
  })();
}

function promptOf(content: string): Prompt {
  return {
    messages: [{ role: "user", content }],
    parts: { context: "", question: content, choices: { a: "1", b: "2", c: "3", d: "4" } },
  };
}

/** A text as tokens; names of special tokens become theirs. */
function tokensOf(text: string): number[] {
  const names = Object.keys(SPECIAL_TOKENS) as (keyof typeof SPECIAL_TOKENS)[];
  const pattern = new RegExp(`(${names.map((name) => name.replaceAll("|", "\\|")).join("|")})`);
  return text.split(pattern).flatMap((part) =>
    part in SPECIAL_TOKENS
      ? [SPECIAL_TOKENS[part as keyof typeof SPECIAL_TOKENS]]
      : [...new TextEncoder().encode(part)]
  );
}

/** Logits that are 0 everywhere but at some tokens. */
function logitsAt(values: Readonly<Record<number, number>>): Float32Array {
  const logits = new Float32Array(VOCABULARY);
  for (const [token, value] of Object.entries(values)) logits[Number(token)] = value;
  return logits;
}

/** Where the model's turn begins, after the closed thoughts that stand there without `think`. */
function answerStart(ids: readonly number[], think = false): number {
  const header = tokensOf("<|im_start|>assistant\n").length;
  const start = ids.lastIndexOf(IM_START) + header;
  const closed = tokensOf("<think>\n\n</think>\n\n");
  return !think && closed.every((token, index) => ids[start + index] === token)
    ? start + closed.length
    : start;
}

/** Writes a text token by token, then only newlines. */
function says(text: string, think = false): SessionDoubleOptions["logits"] {
  const tokens = tokensOf(text);
  return (ids) => logitsAt({ [tokens[ids.length - answerStart(ids, think)] ?? 10]: 20 });
}

interface DoubleOptions extends Partial<SessionDoubleOptions> {
  readonly defaults?: Partial<HFLoRADefaults>;
  readonly folder?: Partial<ModelFolder>;
}

async function makeLlm({ defaults, folder, logits = says("b"), ...session }: DoubleOptions) {
  const double = new SessionDouble({ logits, ...session });
  const llm = new HFLoRALLM(
    await byteTokenizer(),
    new CausalModel(double, DOUBLE_SHAPE),
    {
      folder: "",
      modelPath: "",
      dataFiles: [],
      shape: DOUBLE_SHAPE,
      isOurs: false,
      maxPositions: 4096,
      endTokens: [IM_END, END],
      topK: 0,
      topP: 1,
      ...folder,
    },
    {
      maxNewTokens: 32,
      temperature: 0,
      seed: 0,
      think: false,
      ...defaults,
    },
    { backend: "hf", model: "double", versions: {} },
  );
  return { llm, double };
}

function sumOfProbabilities(logprobs: Readonly<Record<string, number>> | undefined): number {
  return Object.values(logprobs ?? {}).reduce((sum, value) => sum + Math.exp(value), 0);
}

async function failure(action: Promise<unknown>): Promise<LlmError> {
  try {
    await action;
  } catch (error) {
    assert.ok(error instanceof LlmError, String(error));
    return error;
  }
  throw new Error("nothing failed");
}

for (const end of ["<|im_end|>", "<|endoftext|>"]) {
  Deno.test(`only the new text comes back; ${end} ends it and is not counted`, async () => {
    const { llm, double } = await makeLlm({ logits: says(`法: the answer is c${end}xyz`) });
    const prompt = promptOf("法律の問題");
    const { text, finishReason, promptTokens, completionTokens, seconds, ...rest } = await llm
      .invoke(prompt);
    assert.equal(text, "法: the answer is c");
    assert.equal(finishReason, "stop");
    const ids = (await byteTokenizer()).encodeChat(prompt.messages, false);
    assert.equal(promptTokens, ids.length);
    assert.equal(completionTokens, tokensOf("法: the answer is c").length);
    assert.ok(seconds >= 0 && seconds < 60);
    assert.deepEqual(Object.keys(rest), ["letterLogprobs"]);
    // The prompt in one pass, each new token in one of its own.
    assert.deepEqual(double.runs, [ids.length, ...new Array(completionTokens!).fill(1)]);
  });
}

Deno.test("without an end token the limit ends an answer, and nothing is read for what follows", async () => {
  const { llm, double } = await makeLlm({ logits: says("bcdef"), defaults: { maxNewTokens: 3 } });
  const first = await llm.invoke(promptOf("q"));
  assert.deepEqual([first.text, first.finishReason, first.completionTokens], ["bcd", "length", 3]);
  assert.equal(double.runs.length, 3);
  const { text, finishReason } = await llm.invoke(promptOf("q"), { maxNewTokens: 1 });
  assert.deepEqual([text, finishReason], ["b", "length"]);
  assert.equal((await failure(llm.invoke(promptOf("q"), { maxNewTokens: 0 }))).kind, "request");
});

Deno.test("a limit reached by the end token itself is no cut", async () => {
  const { llm } = await makeLlm({ logits: says("bc<|im_end|>"), defaults: { maxNewTokens: 3 } });
  const { text, finishReason } = await llm.invoke(promptOf("q"));
  assert.deepEqual([text, finishReason], ["bc", "stop"]);
});

Deno.test("the model's positions bound prompt and answer together", async () => {
  const { length } = (await byteTokenizer()).encodeChat(promptOf("q").messages, false);
  const fits = await makeLlm({ logits: says("bcdef"), folder: { maxPositions: length + 2 } });
  const { text, finishReason } = await fits.llm.invoke(promptOf("q"));
  assert.deepEqual([text, finishReason], ["bc", "length"]);
  const full = await makeLlm({ folder: { maxPositions: length } });
  const error = await failure(full.llm.invoke(promptOf("q")));
  assert.equal(error.kind, "prompt_cut");
  assert.match(
    error.message,
    new RegExp(`prompt of ${length} tokens does not fit in the ${length} `),
  );
  assert.deepEqual(full.double.runs, []);
});

Deno.test("a seed repeats an answer, another seed gives another; greedy needs none", async () => {
  const { llm } = await makeLlm({ logits: () => new Float32Array(VOCABULARY) });
  const answer = async (temperature: number, seed: number) =>
    (await llm.invoke(promptOf("q"), { temperature, seed })).text;
  assert.equal(await answer(1, 1), await answer(1, 1));
  const drawn = new Set<string>();
  for (let seed = 0; seed < 8; seed++) drawn.add(await answer(1, seed));
  assert.equal(drawn.size, 8);
  assert.equal(await answer(0, 1), await answer(0, 2));
});

Deno.test("a call's temperature and seed go before the model's own", async () => {
  const { llm } = await makeLlm({
    logits: () => new Float32Array(VOCABULARY),
    defaults: { temperature: 1, seed: 5 },
  });
  const { text } = await llm.invoke(promptOf("q"));
  assert.equal((await llm.invoke(promptOf("q"), { seed: 5 })).text, text);
  assert.notEqual((await llm.invoke(promptOf("q"), { seed: 6 })).text, text);
  assert.notEqual((await llm.invoke(promptOf("q"), { temperature: 0 })).text, text);
});

Deno.test("sampling keeps to the generation config's top-k and top-p", async () => {
  // Probabilities 0.46, 0.28, 0.17 and little else.
  const logits = () => logitsAt({ 97: 10, 98: 9.5, 99: 9 });
  const letters = async (folder: Partial<ModelFolder>) => {
    const { llm } = await makeLlm({ logits, folder, defaults: { temperature: 1 } });
    const { text } = await llm.invoke(promptOf("q"), { maxNewTokens: 200 });
    return [...new Set(text)].sort().join("");
  };
  assert.equal(await letters({ topK: 1 }), "a");
  assert.equal(await letters({ topK: 2 }), "ab");
  assert.equal(await letters({ topK: 3 }), "abc");
  assert.equal(await letters({ topP: 0.4 }), "a");
  assert.equal(await letters({ topP: 0.6 }), "ab");
  assert.equal(await letters({ topK: 2, topP: 0.4 }), "a");
});

Deno.test("the letters' probabilities at the answer sum to one", async () => {
  const { llm } = await makeLlm({
    logits: (ids) =>
      ids.length === answerStart(ids)
        ? logitsAt({ 97: 1, 98: 3, 99: 2, 100: 0.5, 66: 1 })
        : logitsAt({ [IM_END]: 9 }),
  });
  const { text, letterLogprobs } = await llm.invoke(promptOf("q"));
  assert.equal(text, "b");
  assert.ok(Math.abs(sumOfProbabilities(letterLogprobs) - 1) < 1e-8);
  // Capitals count for their letter.
  const weights = [1, 3, 2, 0.5].map(Math.exp).map((weight) => weight + 1);
  weights[1]! += Math.E - 1;
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  const expected = weights.map((weight) => Math.log(weight / total));
  const found = LETTERS.map((letter) => letterLogprobs![letter]!);
  assert.ok(largestDifference(found, expected) < 1e-6, found.join());
});

Deno.test("a letter is the likeliest of the four in one pass", async () => {
  const { llm, double } = await makeLlm({
    // "x" is likelier than every letter, and "D" than every small one.
    logits: () => logitsAt({ 97: 1, 98: 2, 99: 4, 100: 3, 68: 8, 120: 9 }),
  });
  const completion = await llm.invoke(promptOf("q"), { answerFormat: "letter" });
  const { seconds: _, promptTokens, ...rest } = completion;
  const total = Math.log([1, 2, 4, 3].reduce((sum, one) => sum + Math.exp(one), 0));
  assert.deepEqual(rest.text, "c");
  assert.deepEqual(rest.finishReason, "stop");
  assert.deepEqual(Object.keys(rest).sort(), ["finishReason", "letterLogprobs", "text"]);
  assert.deepEqual(double.runs, [promptTokens]);
  const found = LETTERS.map((letter) => rest.letterLogprobs![letter]!);
  assert.ok(largestDifference(found, [1, 2, 4, 3].map((one) => one - total)) < 1e-6);
  // Whoever wants a text gets one.
  const written = await llm.invoke(promptOf("q"), { answerFormat: "text", maxNewTokens: 2 });
  assert.equal(written.text, "xx");
});

Deno.test("thinking is told from the answer", async () => {
  const thinking = { think: true };
  const ask = async (text: string, defaults: Partial<HFLoRADefaults> = thinking) => {
    const { llm } = await makeLlm({
      logits: says(text, defaults.think),
      defaults: { maxNewTokens: text.length + 5, ...defaults },
    });
    const { text: answer, thinking: thought, finishReason } = await llm.invoke(promptOf("q"));
    return [answer, thought, finishReason];
  };
  assert.deepEqual(
    await ask("<think>\nabc\n</think>\n\nb<|im_end|>"),
    ["b", "abc", "stop"],
  );
  assert.deepEqual(await ask("<think>\n\n</think>\n\nb<|im_end|>"), ["b", undefined, "stop"]);
  // Cut off within: whatever stands there is no answer.
  const cut = { think: true, maxNewTokens: 9 };
  assert.deepEqual(await ask("<think>\nAnswer: b\n....", cut), ["", "<think>\nAnswer:", "length"]);
  assert.deepEqual(await ask("b<|im_end|>"), ["b", undefined, "stop"]);
  assert.deepEqual(await ask("b<|im_end|>", { think: false }), ["b", undefined, "stop"]);
});

Deno.test("an answer line within the thoughts does not end them", async () => {
  const { llm } = await makeLlm({
    logits: says("<think>\nAnswer: a\n...</think>\nAnswer: b\nand more<|im_end|>", true),
    defaults: { think: true, maxNewTokens: 200 },
  });
  const { text, thinking, finishReason } = await llm.invoke(promptOf("q"));
  assert.equal(text, "Answer: b\n");
  assert.equal(thinking, "Answer: a\n...");
  assert.equal(finishReason, "stop");
});

Deno.test("where the template itself opens the thoughts, a cut within them leaves no answer", async () => {
  const { tokenizer } = await byteTokenizer();
  const template = "{{- messages[0].content }}<|im_start|>assistant\n<think>\n";
  const opening = new ChatTokenizer(tokenizer, template);
  const ask = async (text: string, maxNewTokens: number) => {
    const tokens = tokensOf(text);
    const start = opening.encodeChat(promptOf("q").messages, true).length;
    const { llm } = await makeLlm({
      logits: (ids) => logitsAt({ [tokens[ids.length - start] ?? 10]: 20 }),
      defaults: { think: true, maxNewTokens },
    });
    Object.assign(llm, { tokenizer: opening });
    const { text: answer, thinking } = await llm.invoke(promptOf("q"));
    return [answer, thinking];
  };
  assert.deepEqual(await ask("abc</think>\n\nb<|im_end|>", 99), ["b", "abc"]);
  assert.deepEqual(await ask("the answer is b, or", 12), ["", "the answer i"]);
});

Deno.test("a model that can't think is not asked to", async () => {
  const plain = new ChatTokenizer((await byteTokenizer()).tokenizer, "{{ messages[0].content }}");
  const { llm } = await makeLlm({});
  assert.throws(
    () =>
      new HFLoRALLM(plain, llm.model, llm.folder, { ...llm.defaults, think: true }, llm.identity),
    (error) =>
      error instanceof LlmError && error.kind === "request" && /--think/.test(error.message),
  );
});

Deno.test("a text ends behind its answer line", async () => {
  const logits = says("because\nAnswer: c\nbut then again");
  const { llm } = await makeLlm({ logits, defaults: { maxNewTokens: 60 } });
  const text = await llm.invoke(promptOf("q"), { answerFormat: "text" });
  assert.deepEqual([text.text, text.finishReason], ["because\nAnswer: c\n", "stop"]);
  assert.equal(text.completionTokens, tokensOf("because\nAnswer: c\n").length);
});

/** Depends on every token and its place. */
function hashed(ids: readonly number[]): Float32Array {
  let hash = 7;
  for (const id of ids) hash = Math.imul(hash ^ id, 16777619) >>> 0;
  return Float32Array.from({ length: VOCABULARY }, (_, token) => {
    const mixed = Math.imul(hash ^ token, 2654435761) >>> 0;
    return token < 256 ? mixed / 2 ** 30 : -9;
  });
}

const LONG = "この規則は、図書館の利用について必要な事項を定める。".repeat(3);
const QUESTIONS = [
  `${LONG}第一問`,
  `${LONG}第二問`,
  `${LONG}第二問の続き`,
  `${LONG}第`,
  "別の問い",
  `${LONG}第一問`,
  `${LONG}第一問`,
  "x",
];

for (const keepsCacheOnDevice of [false, true]) {
  const where = keepsCacheOnDevice ? "on a device" : "in memory";
  Deno.test(`what prompts share is read once (${where}), and changes no answer`, async () => {
    const options = { logits: hashed, keepsCacheOnDevice, defaults: { maxNewTokens: 12 } };
    const reusing = await makeLlm(options);
    let aloneTokens = 0;
    let first = Infinity;
    for (const question of QUESTIONS) {
      const fresh = await makeLlm(options);
      const wanted = await fresh.llm.invoke(promptOf(question));
      const before = reusing.double.tokensRead;
      const { seconds: _, ...found } = await reusing.llm.invoke(promptOf(question));
      const { seconds: __, ...expected } = wanted;
      assert.deepEqual(found, expected, question);
      aloneTokens += fresh.double.tokensRead;
      first = Math.min(first, reusing.double.tokensRead - before);
      await fresh.llm.close();
      assert.equal(fresh.double.held.size, 0);
    }
    assert.ok(
      reusing.double.tokensRead < aloneTokens * (keepsCacheOnDevice ? 0.65 : 0.5),
      `${reusing.double.tokensRead} of ${aloneTokens} tokens were read`,
    );
    // At least the last token of a prompt is always read: its logits are wanted.
    assert.ok(first >= 1 + 11);
    await reusing.llm.close();
    assert.equal(reusing.double.held.size, 0, "tensors were left on the device");
    assert.equal(reusing.double.closed, 1);
  });
}

Deno.test("a long prompt is read in pieces on the processor, at once on a device", async () => {
  const long = promptOf("x".repeat(700));
  const ids = (await byteTokenizer()).encodeChat(long.messages, false);
  for (const keepsCacheOnDevice of [false, true]) {
    const { llm, double } = await makeLlm({ logits: hashed, keepsCacheOnDevice });
    const { letterLogprobs } = await llm.invoke(long, { answerFormat: "letter" });
    assert.equal(double.runs.length, keepsCacheOnDevice ? 1 : Math.ceil(ids.length / 256));
    assert.equal(double.tokensRead, ids.length);
    // What comes of the pieces is what one pass gives.
    const whole = hashed(ids);
    const found = LETTERS.map((letter) => letterLogprobs![letter]! - letterLogprobs!.a!);
    const expected = LETTERS.map((letter) => whole[letter.charCodeAt(0)]! - whole[97]!);
    assert.ok(largestDifference(found, expected) < 1e-5, found.join());
  }
});

Deno.test("a letter reuses prefixes too", async () => {
  const { llm, double } = await makeLlm({ logits: hashed });
  const ask = (text: string) => llm.invoke(promptOf(text), { answerFormat: "letter" });
  await ask(`${LONG}1`);
  const { promptTokens } = await ask(`${LONG}2`);
  assert.ok(double.runs[1]! < promptTokens! / 4, double.runs.join());
});

for (
  const [where, keepsCacheOnDevice, isKnown] of [
    ["in memory", false, false],
    ["on a device", true, false],
    ["on a device, the next ones known", true, true],
  ] as const
) {
  Deno.test(`four orders of each question read what they share once (${where})`, async () => {
    const { llm, double } = await makeLlm({ logits: hashed, keepsCacheOnDevice });
    // Some begin alike, and their letters share first bytes.
    const choices = ["一つ目", "二つ目", "二つ目でない", "四つ目"].map((text) => text.repeat(4));
    const prompts = [1, 2, 3, 4].flatMap((number) =>
      CHOICE_ORDERS.map((order) =>
        promptOf(
          `${LONG}${`問い${number}の条文。`.repeat(20)}\n${
            order.map((at) => choices[at]).join("\n")
          }`,
        )
      )
    );
    const encoded = prompts.map(({ messages }) => llm.tokenizer.encodeChat(messages, false));
    for (const [at, prompt] of prompts.entries()) {
      const alone = await makeLlm({ logits: hashed, keepsCacheOnDevice });
      const overrides = { answerFormat: "letter" } as const;
      const { seconds: _, ...expected } = await alone.llm.invoke(prompt, overrides);
      const next = isKnown ? prompts.slice(at + 1, at + 4) : [];
      const before = double.tokensRead;
      const { seconds: __, ...found } = await llm.invoke(prompt, overrides, next);
      assert.deepEqual(found, expected);
      await alone.llm.close();
      assert.ok(double.held.size <= 2 * 2, "more than two prefixes of two tensors are held");
      if (keepsCacheOnDevice && !isKnown) continue;
      const read = double.tokensRead - before;
      const own = encoded.slice(at - at % 4, at - at % 4 + 4);
      const shared = at % 4 > 0
        ? Math.min(...own.slice(1).map((other) => sharedStart(own[0]!, other)))
        // On a device what all questions share is only known from the second one on.
        : at < (keepsCacheOnDevice ? 8 : 4)
        ? 0
        : sharedStart(encoded[0]!, encoded[4]!);
      const rest = own[at % 4]!.length - shared;
      assert.ok(read <= rest, `prompt ${at}: ${read} tokens of ${rest}`);
    }
    const all = encoded.reduce((sum, { length }) => sum + length, 0);
    assert.ok(
      double.tokensRead < all * (keepsCacheOnDevice && !isKnown ? 0.75 : 0.5),
      `${double.tokensRead} of ${all}`,
    );
    await llm.close();
    assert.equal(double.held.size, 0);
  });
}

function sharedStart(one: readonly number[], other: readonly number[]): number {
  return one.findIndex((id, at) => id !== other[at]);
}

Deno.test("several questions read together get the answers they get alone", async () => {
  for (const answerFormat of ["text", "letter"] as const) {
    for (const keepsCacheOnDevice of [false, true]) {
      const { llm, double } = await makeLlm({
        logits: hashed,
        keepsCacheOnDevice,
        defaults: { maxNewTokens: 12 },
      });
      const overrides = { answerFormat, temperature: 1, seed: 3 } as const;
      const together = await llm.invokeMany(QUESTIONS.map(promptOf), overrides);
      assert.equal(double.runs.length, answerFormat === "letter" ? 1 : 12);
      for (const [index, question] of QUESTIONS.entries()) {
        const { seconds: _, ...alone } = await llm.invoke(promptOf(question), overrides);
        const { seconds: __, ...one } = together[index]!;
        assert.deepEqual(one, alone);
      }
      await llm.close();
      assert.equal(double.held.size, 0, `${answerFormat}: tensors were left on the device`);
    }
  }
});

Deno.test("answers of a batch end each at its own end", async () => {
  const texts: Record<string, string> = { p: "a<|im_end|>", q: "bcd<|im_end|>", r: "cdef" };
  const { llm } = await makeLlm({
    logits: (ids) => says(texts[String.fromCharCode(ids[answerStartOfUser(ids)]!)]!)(ids),
    defaults: { maxNewTokens: 3 },
  });
  const answers = await llm.invokeMany(["p", "q", "r"].map(promptOf));
  assert.deepEqual(
    answers.map((
      { text, finishReason, completionTokens },
    ) => [text, finishReason, completionTokens]),
    [["a", "stop", 1], ["bcd", "length", 3], ["cde", "length", 3]],
  );
});

/** The first token of the user's text. */
function answerStartOfUser(ids: readonly number[]): number {
  return ids.indexOf(IM_START) + tokensOf("<|im_start|>user\n").length;
}

Deno.test("a signal ends the writing at the next token; the next call works", async () => {
  const controller = new AbortController();
  const { llm, double } = await makeLlm({
    logits: hashed,
    onRun: () => {
      if (double.runs.length === 4) controller.abort(new DOMException("enough", "AbortError"));
    },
  });
  await assert.rejects(
    llm.invoke(promptOf(LONG), { signal: controller.signal }),
    { name: "AbortError", message: "enough" },
  );
  assert.equal(double.runs.length, 5);
  const { promptTokens } = await llm.invoke(promptOf(LONG), { maxNewTokens: 1 });
  // What was read of the prompt is still known.
  assert.ok(double.runs[5]! < promptTokens!);
});

Deno.test("a signal ends the reading between two pieces; what was known before answers as ever", async () => {
  const known = `${LONG}${"y".repeat(600)}`;
  for (const [keepsCacheOnDevice, answered] of [[false, true], [false, false], [true, true]]) {
    const controller = new AbortController();
    let stopAt = Infinity;
    const { llm, double } = await makeLlm({
      logits: hashed,
      keepsCacheOnDevice,
      onRun: () => {
        if (double.runs.length + 1 === stopAt) controller.abort();
      },
    });
    const ask = async (text: string, signal?: AbortSignal) => {
      const options = { answerFormat: "letter", ...signal && { signal } } as const;
      return (await llm.invoke(promptOf(text), options)).letterLogprobs;
    };
    const expected = answered ? await ask(known) : undefined;
    const before = double.runs.length;
    stopAt = before + 1;
    const other = `${LONG}${"z".repeat(600)}`;
    await assert.rejects(ask(other, controller.signal), { name: "AbortError" });
    // On a device: what it shares with the last one, and nothing of the rest.
    assert.equal(double.runs.length, before + 1);
    if (answered) {
      const tokens = double.tokensRead;
      assert.deepEqual(await ask(known), expected);
      // The start that both share was not read again.
      assert.ok(double.tokensRead - tokens < 660, `${double.tokensRead - tokens}`);
    }
    const fresh = await makeLlm({ logits: hashed });
    const { letterLogprobs } = await fresh.llm.invoke(promptOf(other), { answerFormat: "letter" });
    assert.deepEqual(await ask(other), letterLogprobs);
    await llm.close();
    assert.equal(double.held.size, 0);
  }
});

Deno.test("full memory is an error that says so, and what was kept is let go", async () => {
  let fails = false;
  const { llm, double } = await makeLlm({
    logits: hashed,
    keepsCacheOnDevice: true,
    onRun: () => {
      if (fails) throw new Error("Failed to allocate memory for requested buffer of size 123");
    },
  });
  await llm.invoke(promptOf(`${LONG}1`));
  await llm.invoke(promptOf(`${LONG}2`));
  assert.ok(double.held.size > 0);
  fails = true;
  const error = await failure(llm.invoke(promptOf(`${LONG}3`)));
  assert.equal(error.kind, "out_of_memory");
  assert.match(error.message, /--hf-dtype.*of size 123/s);
  assert.equal(double.held.size, 0);
  fails = false;
  assert.equal((await llm.invoke(promptOf(`${LONG}3`), { maxNewTokens: 2 })).completionTokens, 2);
});

Deno.test("logits that are no numbers are no answer", async () => {
  for (const bad of [NaN, Infinity, -Infinity]) {
    const { llm } = await makeLlm({ logits: () => logitsAt({ 3: bad }) });
    const error = await failure(llm.invoke(promptOf("q")));
    assert.equal(error.kind, "server");
    assert.match(error.message, /not finite.*--hf-dtype q4 or fp32 \(on cpu q8 too\)/);
  }
});

for (const dtype of ["fp32", "q4f16"] as const) {
  Deno.test(`a real graph (${dtype}): prefixes and batches change nothing but the number of tokens`, () =>
    inTempFolder(async (folder) => {
      await writeTinyModel(join(folder, "m"), { change: withoutEnd });
      await exportTo(join(folder, "o"), join(folder, "m"), dtype);
      const description = await readModelFolder(join(folder, "o"), dtype);
      await withModel(join(folder, "o"), dtype, async (model) => {
        const { session } = model;
        let read = 0;
        const counting = Object.assign(Object.create(session), {
          run: (feeds: Parameters<typeof session.run>[0]) => {
            read += feeds.input_ids!.dims[1]!;
            return session.run(feeds);
          },
        });
        const make = () =>
          new HFLoRALLM(
            tokenizer,
            new CausalModel(counting, model.shape),
            description,
            { maxNewTokens: 5, temperature: 0, seed: 0, think: false },
            { backend: "hf", model: "m", versions: {} },
          );
        const tokenizer = await ChatTokenizer.load(join(folder, "o"));
        const reusing = make();
        const tolerance = dtype === "fp32" ? 1e-5 : 0.02;
        let reused = 0;
        const questions = QUESTIONS.slice(0, 5);
        const together = await make().invokeMany(questions.map(promptOf), {
          answerFormat: "letter",
        });
        for (const [index, question] of questions.entries()) {
          const ask = async (llm: HFLoRALLM) => {
            const { letterLogprobs } = await llm.invoke(promptOf(question), {
              answerFormat: "letter",
            });
            assert.ok(Math.abs(sumOfProbabilities(letterLogprobs) - 1) < 1e-9);
            return LETTERS.map((letter) => letterLogprobs![letter]!);
          };
          const alone = await ask(make());
          read = 0;
          const difference = largestDifference(await ask(reusing), alone);
          reused += read;
          assert.ok(difference <= tolerance, `${question}: ${difference}`);
          const batched = LETTERS.map((letter) => together[index]!.letterLogprobs![letter]!);
          const change = largestDifference(batched, alone);
          assert.ok(change <= tolerance, `${question} in a batch: ${change}`);
        }
        const { length } = tokenizer.encodeChat(promptOf(QUESTIONS[0]!).messages, false);
        assert.ok(reused < 2 * length, `${reused} tokens were read`);
        // Writing goes on from a cache of the graph's own type.
        const text = await reusing.invoke(promptOf("q"), { answerFormat: "text" });
        assert.equal(text.completionTokens, 5);
      });
    }));
}

Deno.test("a real graph that extends its cache in place: a prompt given up changes no later answer", () =>
  inTempFolder(async (folder) => {
    await writeTinyModel(join(folder, "m"), { change: withoutEnd });
    await exportTo(join(folder, "o"), join(folder, "m"), "fp32");
    const description = await readModelFolder(join(folder, "o"), "fp32");
    const tokenizer = await ChatTokenizer.load(join(folder, "o"));
    await withModel(join(folder, "o"), "fp32", async ({ session, shape }) => {
      let controller = new AbortController();
      let runs = 0;
      let stopAt = Infinity;
      const stopping = Object.assign(Object.create(session), {
        run: (...given: Parameters<typeof session.run>) => {
          if (++runs === stopAt) controller.abort();
          return session.run(...given);
        },
      });
      const make = () =>
        new HFLoRALLM(
          tokenizer,
          new CausalModel(stopping, shape, { extendsInPlace: true }),
          description,
          { maxNewTokens: 3, temperature: 0, seed: 0, think: false },
          { backend: "hf", model: "m", versions: {} },
        );
      const ask = async (llm: HFLoRALLM, text: string, signal?: AbortSignal) => {
        const options = { answerFormat: "letter", ...signal && { signal } } as const;
        const { letterLogprobs } = await llm.invoke(promptOf(text), options);
        return LETTERS.map((letter) => letterLogprobs![letter]!);
      };
      const [known, other] = ["y", "z"].map((filling) => `${LONG}${filling.repeat(700)}`);
      for (const passes of [1, 2]) {
        for (const [again, tail] of [[known!, ""], [other!, ""], [known!, "y"], [other!, "x"]]) {
          const llm = make();
          await ask(llm, known!);
          [runs, stopAt, controller] = [0, passes, new AbortController()];
          await assert.rejects(ask(llm, other!, controller.signal), { name: "AbortError" });
          assert.equal(runs, passes);
          stopAt = Infinity;
          const found = await ask(llm, again! + tail!);
          const difference = largestDifference(found, await ask(make(), again! + tail!));
          assert.ok(difference <= 1e-5, `${passes} passes, ${again!.at(-1)}${tail}: ${difference}`);
        }
      }
    });
  }));
