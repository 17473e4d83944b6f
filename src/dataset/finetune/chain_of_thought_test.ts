import assert from "node:assert/strict";
import type { Letter } from "../question.ts";
import { makeSampleQuestions } from "../sample_questions.ts";
import { chainOfThought } from "./chain_of_thought.ts";

const choices = { a: "届出", b: "許可", c: "認可", d: "登録" };
const of = (answer: Letter) => ({ ...makeSampleQuestions(1)[0]!, choices, answer });

Deno.test("a reasoning that concludes another letter is no target, however it ends", () => {
  const table: readonly (readonly [string, Letter])[] = [
    ["条文を読む。したがって、正解は c です。", "b"],
    ["条文を読む。答えは、b。", "a"],
    ["以上から選択肢bが正しい。", "a"],
    ["条文を読む。\nAnswer: c", "b"],
    // The answer line is right, what leads to it is not.
    ["したがって、正解は c です。\nAnswer: b", "b"],
    ["以上から選択肢bが正しい。\n最終回答: a", "a"],
    ["The answer is (d).", "c"],
    ["条文を読む。正解はbです。いや、cです。", "b"],
  ];
  for (const [reasoning, answer] of table) {
    assert.deepEqual(chainOfThought(reasoning, of(answer)), { problem: "other_letter" }, reasoning);
  }
});

Deno.test("a reasoning that concludes two letters and settles on none is no target", () => {
  const problem = { problem: "several_letters" };
  assert.deepEqual(chainOfThought("正解はbです。正解はcです。", of("b")), problem);
  assert.deepEqual(chainOfThought("正解はbとcです。", of("b")), problem);
});

Deno.test("marks of templates and of thinking are no target, in whatever spelling they are read", () => {
  const marks = [
    ...[
      "<think>あ</think>答え",
      "あ</think>\nAnswer: b",
      "＜think＞あ＜/think＞",
      "< Thinking >あ",
    ],
    ...["<|im_end|>を書く。", "あ<|im_start|>user", "あ</s>", "[INST]あ", "<|channel|>final あ"],
    ...["<analysis>あ</analysis>", "◁think▷あ", "<think≯あ"],
  ];
  for (const text of marks) {
    assert.deepEqual(chainOfThought(text, of("b")), { problem: "template_mark" }, text);
  }
});

Deno.test("reasonings that conclude the answer, or nothing, get the answer line of the examples", () => {
  const table = [
    ["条文を読む。したがって、正解は b です。", "条文を読む。したがって、正解は b です。"],
    ["許可が要る。\r\n\r\nAnswer: b", "許可が要る。"],
    ["aの届出では足りない。", "aの届出では足りない。"],
    ["aは誤り。cは誤り。dは誤り。", "aは誤り。cは誤り。dは誤り。"],
    ["正解はcです。いや、正解はbです。", "正解はcです。いや、正解はbです。"],
    ["a < b と <b>太字</b> は印ではない。", "a < b と <b>太字</b> は印ではない。"],
  ];
  for (const [reasoning, thought] of table) {
    assert.deepEqual(chainOfThought(reasoning!, of("b")), { text: `${thought}\nAnswer: b` });
  }
  assert.deepEqual(chainOfThought("Answer: b", of("b")), { problem: "empty" });
});
