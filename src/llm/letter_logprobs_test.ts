import assert from "node:assert/strict";
import { letterLogprobs, type PositionLogprobs } from "./letter_logprobs.ts";

/** A position at which `token` was generated, with alternatives and their probabilities. */
function at(token: string, alternatives: Record<string, number> = {}): PositionLogprobs {
  const top = Object.entries(alternatives).map(([one, p]) => ({
    token: one,
    logprob: Math.log(p),
  }));
  return { token, logprob: Math.log(alternatives[token] ?? 0.01), top_logprobs: top };
}

function near(actual: number | undefined, expected: number) {
  assert.ok(Math.abs((actual ?? NaN) - expected) < 1e-9, `${actual} is not ${expected}`);
}

Deno.test("a bare letter: renormalised over the known letters", () => {
  const letters = letterLogprobs([at("c", { a: 0.1, c: 0.4, d: 0.3, "三": 0.2 })], "letter");
  assert.deepEqual(Object.keys(letters ?? {}), ["a", "c", "d"]);
  near(letters?.c, Math.log(0.5));
  near(letters?.a, Math.log(0.125));
});

Deno.test("all spellings of a letter add up", () => {
  const letters = letterLogprobs(
    [at(" C", { " C": 0.1, c: 0.1, "ｃ": 0.1, '"c': 0.1, "(c)": 0.1, b: 0.25, "**b**": 0.25 })],
    "letter",
  );
  near(letters?.c, Math.log(0.5));
  near(letters?.b, Math.log(0.5));
});

Deno.test("a constrained output: the position after the opening quote, where the letter is", () => {
  const letters = letterLogprobs([
    at('"', { a: 0.9, b: 0.1 }),
    at("b", { Paris: 0.6, b: 0.3, c: 0.1 }),
    at('"', { '"': 0.9 }),
    at("\n"),
  ], "letter");
  near(letters?.b, Math.log(0.75));
  assert.equal(letters?.a, undefined);
});

Deno.test("a quote and letter in one token", () => {
  near(letterLogprobs([at('"c', { '"c': 0.2, '"a': 0.2 }), at('"')], "letter")?.c, Math.log(0.5));
});

Deno.test("the chosen token counts although it is not among the likeliest", () => {
  const letters = letterLogprobs([at("d", { a: 0.99 })], "letter");
  near(letters?.d, Math.log(0.01 / 1));
});

Deno.test("a chosen token that is among the likeliest is counted once", () => {
  near(letterLogprobs([at("d", { a: 0.5, d: 0.5 })], "letter")?.d, Math.log(0.5));
});

Deno.test("the key of a JSON object is no answer, its value is", () => {
  const key = ["{", '\n  "', "a", "ns", "wer", '"', " :", ' "'].map((token) => at(token));
  const letters = letterLogprobs([...key, at("b", { b: 0.5, c: 0.5 }), at('"'), at("}")], "letter");
  near(letters?.b, Math.log(0.5));
});

Deno.test("chain of thought: the letter after the last answer mark", () => {
  const text = [
    at("a"),
    at("は"),
    at("誤り"),
    at("。"),
    at("回答"),
    at("："),
    at("a", { a: 1, b: 1 }),
  ];
  const letters = letterLogprobs(
    [...text, at("？"), at("\n"), at("答え"), at(": "), at("ｃ", { c: 0.3, d: 0.1, "ｃ": 0.1 })],
    "text",
  );
  near(letters?.c, Math.log(0.8));
});

Deno.test("marks with something between", () => {
  for (const before of ["回答（1文字のみ）: ", "The answer is ", "**Answer:** ", "正解は「"]) {
    const found = letterLogprobs([at("x"), at(before), at("b", { b: 0.5, a: 0.5 })], "text");
    near(found?.b, Math.log(0.5));
  }
});

Deno.test("free text that starts with a letter and goes on is no certain answer", () => {
  const text = [at("a", { a: 0.5, b: 0.5 }), at(" は"), at("誤り")];
  assert.equal(letterLogprobs(text, "text"), undefined);
  assert.ok(letterLogprobs(text, "letter"));
});

Deno.test("free text that is a letter alone, or a letter on its own line, is an answer", () => {
  assert.ok(letterLogprobs([at(" c", { " c": 0.5, a: 0.5 })], "text"));
  assert.ok(letterLogprobs([at("c", { c: 0.5, a: 0.5 }), at("\n"), at("理由")], "text"));
});

Deno.test("what was thought does not count", () => {
  const thought = [at("答え: "), at("a", { a: 0.5, b: 0.5 }), at("</think>"), at("\n\n")];
  const letters = letterLogprobs([...thought, at("d", { d: 0.5, c: 0.5 })], "letter");
  assert.deepEqual(Object.keys(letters ?? {}), ["c", "d"]);
});

Deno.test("nothing certain: absent", () => {
  assert.equal(letterLogprobs(undefined, "letter"), undefined);
  assert.equal(letterLogprobs([], "letter"), undefined);
  assert.equal(letterLogprobs([at("わから"), at("ない")], "letter"), undefined);
  assert.equal(letterLogprobs([at("c", { c: 0.9, "三": 0.1 })], "letter"), undefined);
  assert.equal(letterLogprobs([{ token: "c", logprob: -1 }], "letter"), undefined);
  assert.equal(letterLogprobs([at("c", { c: 0.9, d: 0 })], "letter"), undefined);
});

Deno.test("probabilities far below the smallest number do not vanish", () => {
  const top = [{ token: "a", logprob: -2000 }, { token: "b", logprob: -2000 }];
  near(letterLogprobs([{ token: "a", logprob: -2000, top_logprobs: top }], "letter")?.a, -Math.LN2);
});
