import assert from "node:assert/strict";
import { join } from "node:path";
import { CausalModel } from "../../llm/causal_model.ts";
import { ChatTokenizer } from "../../llm/chat_tokenizer.ts";
import { inTempFolder } from "../../onnx/checkpoint_double.ts";
import { exportTo, withModel } from "../../onnx/exported_double.ts";
import { writeTinyModel } from "../../onnx/tiny_model_double.ts";
import { CannotContinueError } from "../../settings/cannot_continue_error.ts";
import { UsageError } from "../../settings/usage_error.ts";
import { QwenReranker } from "./qwen_reranker.ts";
import { ANSWER_TOKENS, writeTinyReranker } from "./tiny_reranker_double.ts";

/** Exports the tiny reranker. */
async function exportReranker(folder: string): Promise<string> {
  const exported = join(folder, "exported");
  await exportTo(exported, await writeTinyReranker(join(folder, "source")), "fp32");
  return exported;
}

/** The prompt of the model's card for a pair. */
function promptOf(query: string, text: string): string {
  return "<|im_start|>system\nJudge whether the Document meets the requirements based on the Query " +
    'and the Instruct provided. Note that the answer can only be "yes" or "no".<|im_end|>\n' +
    "<|im_start|>user\n<Instruct>: Given a web search query, retrieve relevant passages that answer " +
    `the query\n<Query>: ${query}\n<Document>: ${text}<|im_end|>\n<|im_start|>assistant\n<think>\n\n` +
    "</think>\n\n";
}

async function expectedScore(
  model: CausalModel,
  tokenizer: ChatTokenizer,
  query: string,
  text: string,
): Promise<number> {
  const { logits } = await model.forward(tokenizer.encode(promptOf(query, text)));
  const [yes, no] = [logits[ANSWER_TOKENS.yes]!, logits[ANSWER_TOKENS.no]!];
  return yes - Math.log(Math.exp(yes) + Math.exp(no));
}

const TEXTS = [
  "免許を受けなければならない。",
  "a",
  "",
  "第二十一条の二　発行者は、届け出る。",
  "免許",
];

Deno.test("a score is the log-probability of yes against no, whatever is reused", () =>
  inTempFolder(async (folder) => {
    const exported = await exportReranker(folder);
    let tokensRead = 0;
    const options = {
      folder: exported,
      name: "Org/Reranker",
      digest: "sha256:d",
      device: "cpu",
      dtype: "fp32",
      threads: 1,
    } as const;
    let released = 0;
    const reranker = await QwenReranker.open({ ...options, onClose: () => released++ });
    const { forward } = CausalModel.prototype;
    reranker.model.forward = function (ids, past) {
      tokensRead += ids.length;
      return forward.call(this, ids, past);
    };
    try {
      const tokenizer = await ChatTokenizer.load(exported);
      for (const query of ["免許とは何か", "other"]) {
        const found = await reranker.rerank(query, TEXTS);
        const expected: number[] = [];
        await withModel(exported, "fp32", async (model) => {
          for (const text of TEXTS) {
            expected.push(await expectedScore(model, tokenizer, query, text));
          }
        });
        found.forEach((score, at) => {
          assert.ok(score < 0);
          assert.ok(Math.abs(score - expected[at]!) < 1e-4, `${score} is not ${expected[at]}`);
        });
        assert.ok(new Set(found.map((score) => score.toFixed(6))).size === TEXTS.length);
      }
      const all = ["免許とは何か", "other"].flatMap((query) =>
        TEXTS.map((text) => tokenizer.encode(promptOf(query, text)).length)
      ).reduce((sum, length) => sum + length, 0);
      // Of ten prompts the shared beginning was read once or twice.
      assert.ok(tokensRead < 0.4 * all, `${tokensRead} of ${all}`);
      assert.equal(reranker.countTokens("yes"), 1);
      assert.equal(reranker.cutTexts, 0);
      assert.deepEqual(reranker.identity, {
        kind: "causal",
        model: "Org/Reranker",
        digest: "sha256:d",
        maxTokens: 2048,
      });
      await assert.rejects(
        reranker.rerank("q", TEXTS, AbortSignal.abort()),
        { name: "AbortError" },
      );
    } finally {
      await reranker.close();
      await reranker.close();
    }
    assert.equal(released, 2);

    // Four characters of three bytes.
    const room = 12;
    const empty = (await ChatTokenizer.load(exported)).encode(promptOf("q", "")).length;
    const narrow = await QwenReranker.open({ ...options, maxTokens: empty + room });
    try {
      const [cut, kept] = await narrow.rerank("q", ["一。二。三四五。", "一。二。"]);
      assert.ok(Math.abs(cut! - kept!) < 1e-6);
      assert.equal(narrow.cutTexts, 1);
      await assert.rejects(narrow.rerank("q".repeat(room + 2), ["x"]), UsageError);
    } finally {
      await narrow.close();
    }
    const instructed = await QwenReranker.open({ ...options, instruction: "Find the article" });
    const [other] = await instructed.rerank("other", ["a"]);
    await instructed.close();
    const again = await QwenReranker.open(options);
    assert.ok(Math.abs((await again.rerank("other", ["a"]))[0]! - other!) > 1e-6);
    await again.close();
    await assert.rejects(
      QwenReranker.open({ ...options, open: () => Promise.reject(new Error("no memory")) }),
      (error) => error instanceof CannotContinueError && /no memory/.test(error.message),
    );
  }));

Deno.test("a model without yes and no as tokens is refused", () =>
  inTempFolder(async (folder) => {
    await exportTo(join(folder, "e"), await writeTinyModel(join(folder, "s")), "fp32");
    await assert.rejects(
      QwenReranker.open({
        folder: join(folder, "e"),
        name: "x",
        digest: "",
        device: "cpu",
        dtype: "fp32",
      }),
      (error) => error instanceof UsageError && /not one token each/.test(error.message),
    );
  }));
