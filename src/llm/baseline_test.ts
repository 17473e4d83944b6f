import assert from "node:assert/strict";
import { LETTERS } from "../dataset/question.ts";
import { BaselineLlm } from "./baseline.ts";
import { baselineLetter } from "./baseline_letter.ts";

const CHOICES = {
  a: "届出は十日",
  b: "届出は二十日とする",
  c: "許可が要る",
  d: "許可は要らないとする",
};
const PARTS = { context: "許可が要る。", question: "届出は二十日とするか。", choices: CHOICES };

Deno.test("a fixed letter is always that letter", () => {
  for (const letter of LETTERS) assert.equal(baselineLetter(`always:${letter}`, PARTS), letter);
});

Deno.test("the longest choice is counted in characters, the first of equals taken", () => {
  assert.equal(baselineLetter("longest", PARTS), "d");
  const equal = { a: "𠮷𠮷", b: "あい", c: "う", d: "え" };
  assert.equal(baselineLetter("longest", { ...PARTS, choices: equal }), "a");
});

Deno.test("overlap looks at the context, and without one at the question", () => {
  assert.equal(baselineLetter("overlap", PARTS), "c");
  assert.equal(baselineLetter("overlap", { ...PARTS, context: "" }), "b");
  const empty = { a: "、", b: "、", c: "、", d: "、" };
  assert.equal(baselineLetter("overlap", { ...PARTS, choices: empty }), "a");
});

Deno.test("a baseline answers like a model", async () => {
  const llm = new BaselineLlm("always:c");
  assert.equal(llm.identity.backend, "baseline");
  const completion = await llm.invoke({ messages: [], parts: PARTS });
  assert.equal(completion.text, "c");
  assert.equal(completion.finishReason, "stop");
  await llm.close();
});
