import assert from "node:assert/strict";
import { join } from "node:path";
import { inTempFolder } from "../onnx/checkpoint_double.ts";
import { exportTo } from "../onnx/exported_double.ts";
import { SMALL_QWEN3, withoutEnd, writeTinyModel } from "../onnx/tiny_model_double.ts";
import { AnswerWriter } from "./answer_writer.ts";
import { ChatTokenizer } from "./chat_tokenizer.ts";
import { HfWorkerLlm } from "./hf_worker_llm.ts";
import type { Prompt } from "./llm.ts";
import { readModelFolder } from "./model_folder.ts";

function promptOf(content: string): Prompt {
  return {
    messages: [{ role: "user", content }],
    parts: { context: "", question: content, choices: { a: "1", b: "2", c: "3", d: "4" } },
  };
}

/** Writes bytes, each a token, and then an end token. */
function write(tokenizer: ChatTokenizer, text: string, maxNewTokens: number, think = false) {
  const pieces: string[] = [];
  const end = 280;
  const writer = new AnswerWriter(tokenizer, {
    sampling: { temperature: 0, topK: 0, topP: 1 },
    seed: 0,
    maxNewTokens,
    answerFormat: "text",
    think,
    isThinking: false,
    endTokens: new Set([end]),
    onText: (piece) => pieces.push(piece),
  });
  for (const token of [...new TextEncoder().encode(text), end]) {
    const logits = new Float32Array(288);
    logits[token] = 1;
    if (writer.next(logits) === undefined) break;
  }
  return { pieces, completion: writer.completion() };
}

Deno.test("an answer writer gives pieces of whole characters that add up to its text", () =>
  inTempFolder(async (folder) => {
    await writeTinyModel(folder);
    const tokenizer = await ChatTokenizer.load(folder);
    const whole = write(tokenizer, "第5条、𠮷。", 100);
    assert.deepEqual(whole.pieces, ["第", "5", "条", "、", "𠮷", "。"]);
    assert.equal(whole.completion.text, "第5条、𠮷。");
    // The limit may fall within a character.
    const cut = write(tokenizer, "第5条", 6);
    assert.equal(cut.completion.finishReason, "length");
    assert.equal(cut.pieces.join(""), cut.completion.text);
    assert.ok(cut.completion.text.startsWith("第5"));
    const thought = write(tokenizer, "<think>第一に</think>\n\n答え\n", 100, true);
    assert.equal(thought.pieces.join(""), "答え\n");
    assert.deepEqual([thought.completion.thinking, thought.completion.text], ["第一に", "答え\n"]);
    // It stops behind an answer line, which is shown whole.
    const line = write(tokenizer, "理由。\nAnswer: b\nさらに", 100);
    assert.equal(line.pieces.join(""), "理由。\nAnswer: b\n");
  }));

Deno.test("a thread sends the pieces while it writes, to the call they belong to", () =>
  inTempFolder(async (folder) => {
    await writeTinyModel(join(folder, "m"), {
      config: { ...SMALL_QWEN3, max_position_embeddings: 65536 },
      change: withoutEnd,
    });
    await exportTo(join(folder, "o"), join(folder, "m"), "fp32");
    const llm = await HfWorkerLlm.open({
      open: {
        model: await readModelFolder(join(folder, "o"), "fp32"),
        device: "cpu",
        threads: 1,
        defaults: { maxNewTokens: 24, temperature: 1, seed: 3, think: false },
        identity: { backend: "hf", model: "m", versions: {} },
      },
      timeoutMs: 60_000,
      batchSize: 4,
    });
    try {
      const pieces: string[][] = [[], []];
      const plain = llm.invoke(promptOf("法"));
      const streamed = pieces.map((mine, index) =>
        llm.invoke(promptOf("法".repeat(index + 1)), {
          onText: (piece) => {
            mine.push(piece);
          },
        })
      );
      const completions = await Promise.all(streamed);
      completions.forEach(({ text }, index) => assert.equal(pieces[index]!.join(""), text));
      assert.equal((await plain).text, completions[0]!.text);
      assert.ok(pieces[0]!.length > 3, JSON.stringify(pieces[0]));
      // It can be stopped from within: the thread is still writing when the first piece comes.
      const stop = new AbortController();
      await assert.rejects(
        llm.invoke(promptOf("法"), {
          maxNewTokens: 60_000,
          signal: stop.signal,
          onText: () => stop.abort(),
        }),
        { name: "AbortError" },
      );
    } finally {
      await llm.close();
    }
  }));
