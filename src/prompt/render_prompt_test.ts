import assert from "node:assert/strict";
import fc from "fast-check";
import { type Letter, LETTERS } from "../dataset/question.ts";
import { makeSampleQuestions } from "../dataset/sample_questions.ts";
import { FEW_SHOT_EXAMPLES } from "./few_shot_examples.ts";
import { promptSha256, renderAnswer, renderPrompt } from "./render_prompt.ts";

const [QUESTION] = makeSampleQuestions(1);
const ZERO_SHOT = { mode: "direct", fewShot: false } as const;
const last = (prompt: ReturnType<typeof renderPrompt>) => prompt.messages.at(-1)!.content;

Deno.test("a direct prompt shows context, question and four choices, and asks for one letter", () => {
  const prompt = renderPrompt(QUESTION!, [QUESTION!.context], ZERO_SHOT);
  assert.deepEqual(prompt.messages.map((m) => m.role), ["system", "user"]);
  const text = last(prompt);
  const order = ["【参照条文】", QUESTION!.context, "以下の問題文に", "【問題】", "a 2日", "1文字"];
  const places = order.map((part) => text.indexOf(part));
  assert.ok(places.every((place) => place >= 0), text);
  assert.deepEqual(places, places.toSorted((x, y) => x - y));
});

Deno.test("without context there is no context block", () => {
  assert.ok(!last(renderPrompt(QUESTION!, [], ZERO_SHOT)).includes("参照条文"));
});

Deno.test("the marker says where the context goes and is never shown", () => {
  const inMiddle = { ...QUESTION!, instruction: "前文<following_context>後文" };
  const text = last(renderPrompt(inMiddle, ["条文一", "条文二"], ZERO_SHOT));
  assert.match(text, /^前文\n\n【参照条文】\n条文一\n\n条文二\n\n後文/);
  const without = { ...QUESTION!, instruction: "指示だけ" };
  assert.match(last(renderPrompt(without, ["条文"], ZERO_SHOT)), /^【参照条文】\n条文\n\n指示だけ/);
  for (const contexts of [[], ["条文"]]) {
    for (const mode of ["direct", "cot"] as const) {
      const prompt = renderPrompt(QUESTION!, contexts, { mode, fewShot: true });
      assert.ok(!JSON.stringify(prompt.messages).includes("following_context"));
    }
  }
});

Deno.test("worked examples come as turns whose answers have the form that is asked for", () => {
  for (const mode of ["direct", "cot"] as const) {
    const { messages } = renderPrompt(QUESTION!, ["条文"], { mode, fewShot: true });
    assert.equal(messages.length, 2 + 2 * FEW_SHOT_EXAMPLES.length);
    const answers = messages.filter((m) => m.role === "assistant").map((m) => m.content);
    for (const answer of answers) {
      assert.match(answer, mode === "direct" ? /^[abcd]$/ : /\nAnswer: [abcd]$/);
    }
  }
});

Deno.test("the worked examples prefer no letter and need no law from outside", () => {
  assert.deepEqual(FEW_SHOT_EXAMPLES.map((e) => e.answer).toSorted(), [...LETTERS]);
  const { messages } = renderPrompt(QUESTION!, [], { mode: "direct", fewShot: true });
  for (const [i, example] of FEW_SHOT_EXAMPLES.entries()) {
    assert.ok(messages[1 + 2 * i]!.content.includes(example.context));
  }
});

Deno.test("the correct answer has no way into a prompt", () => {
  const render = (answer: Letter) => {
    const question = { ...QUESTION!, answer };
    return renderPrompt(question, [question.context], { mode: "cot", fewShot: true });
  };
  for (const letter of LETTERS) assert.deepEqual(render(letter), render("a"));
});

Deno.test("the prompt's hash changes with the style and with nothing else", async () => {
  const styles = (["direct", "cot"] as const).flatMap((mode) =>
    [true, false].map((fewShot) => ({ mode, fewShot }))
  );
  const hashes = await Promise.all(styles.map(promptSha256));
  assert.equal(new Set(hashes).size, 4);
  assert.deepEqual(await Promise.all(styles.map(promptSha256)), hashes);
});

Deno.test("answers are rendered as they are asked for", () => {
  assert.equal(renderAnswer("b", "direct"), "b");
  assert.equal(renderAnswer("b", "cot", "理由。\n"), "理由。\nAnswer: b");
  assert.equal(renderAnswer("b", "cot"), "Answer: b");
});

Deno.test("any text in a question stays as it is", () => {
  fc.assert(fc.property(fc.string(), fc.string(), (question, context) => {
    const text = last(renderPrompt({ ...QUESTION!, question }, [context], ZERO_SHOT));
    assert.ok(text.includes(`【問題】\n${question}\n`));
  }));
});
