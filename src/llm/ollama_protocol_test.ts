import assert from "node:assert/strict";
import {
  type ChatAnswer,
  contextLengthOf,
  deviceOf,
  endedByRepetition,
  sameModel,
} from "./ollama_protocol.ts";

Deno.test("the context length is under the architecture's name", () => {
  const info = { "general.architecture": "qwen3", "qwen3.context_length": 40_960 };
  assert.equal(contextLengthOf({ model_info: info }), 40_960);
  assert.equal(contextLengthOf({ model_info: { "general.architecture": "x" } }), undefined);
  assert.equal(contextLengthOf({ model_info: null }), undefined);
});

Deno.test("the device is the share in GPU memory", () => {
  assert.equal(deviceOf({ size: 100, size_vram: 0 }), "cpu");
  assert.equal(deviceOf({ size: 100, size_vram: 100 }), "gpu");
  assert.equal(deviceOf({ size: 1000, size_vram: 631 }), "gpu 63 %");
  assert.equal(deviceOf({ size: 100 }), undefined);
  assert.equal(deviceOf({}), undefined);
});

Deno.test("the tag latest, the default registry and case may differ in a name", () => {
  assert.ok(sameModel("qwen3", "qwen3:latest"));
  assert.ok(sameModel("registry.ollama.ai/library/Qwen3:8b", "qwen3:8b"));
  assert.ok(!sameModel("qwen3:8b", "qwen3"));
  assert.ok(!sameModel("hf.co/a/b", "hf.co/a/c"));
});

Deno.test("an answer that was ended because of repetition is told from a lost one", () => {
  const answer = (content: string, tokens?: string[], done = false): ChatAnswer => ({
    message: { content },
    done,
    logprobs: tokens?.map((token) => ({ token, logprob: -1 })),
  });
  const same = ["x", ...Array(30).fill(" ha")];
  assert.ok(endedByRepetition(answer("", same)));
  assert.ok(!endedByRepetition(answer("", same, true)));
  assert.ok(!endedByRepetition(answer("", [...same, "x"])));
  assert.ok(!endedByRepetition(answer("", Array(29).fill("ha"))));
  assert.ok(endedByRepetition(answer("回答 " + "ｂ ".repeat(30))));
  assert.ok(endedByRepetition(answer("a" + "\n".repeat(31))));
  assert.ok(!endedByRepetition(answer("回答: ｂ")));
});
