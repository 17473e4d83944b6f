import assert from "node:assert/strict";
import { articleContext } from "./sample.ts";
import { makeDemo } from "./make_demo.ts";
import { main, trainingLines } from "./training_text.ts";
import {
  HELD_OUT,
  heldOutTopics,
  type Stage,
  STAGES,
  trainingExamples,
} from "./training_text_examples.ts";
import { testQuestions } from "./training_text_questions.ts";

const make = (stage: Stage, seed = 5, count = 60) => [
  ...trainingExamples({ stage, seed, count, plainShare: 0.5, wrongShare: 0.5 }),
];

/** The article in a prompt. */
function articleIn(text: string): string {
  return text.split("【参照条文】\n")[1]!.split("\n\n")[0]!;
}

Deno.test("the same seed gives the same text, another seed another", () => {
  for (const stage of STAGES) {
    assert.deepEqual(make(stage), make(stage));
    assert.notDeepEqual(make(stage), make(stage, 6));
    assert.equal(make(stage).length, 60);
  }
});

Deno.test("no article of a dataset is trained on, nor its topic", () => {
  const heldOut = HELD_OUT.flatMap((options) => makeDemo({ ...options, questions: 0 }).statutes);
  const articles = new Set(
    heldOut.flatMap((statute) =>
      statute.chapters.flatMap(({ articles }) => articles.map((a) => articleContext(statute, a)))
    ),
  );
  for (const stage of STAGES) {
    for (const { text } of make(stage, 7, 500)) {
      assert.ok(!articles.has(articleIn(text)));
      for (const { profile } of heldOut) assert.ok(!text.includes(profile.topic));
    }
  }
});

Deno.test("the committed dataset's topics are held out", () => {
  const { statutes } = makeDemo({ ...HELD_OUT[0]!, questions: 0 });
  for (const { profile } of statutes) assert.ok(heldOutTopics().has(profile.topic));
});

Deno.test("marks stand where the values and statements are", () => {
  for (const stage of STAGES) {
    for (const { text, law, values, statements, answer } of make(stage)) {
      assert.doesNotMatch(text, /[\uE000-\uF8FF]/);
      assert.ok(text.slice(...answer).endsWith("<|im_end|>"));
      assert.ok(text.slice(0, answer[0]).endsWith("<|im_start|>assistant\n"));
      for (const { start, end } of law) {
        assert.ok(articleIn(text).includes(text.slice(start, end)));
        assert.ok(start > text.indexOf("【参照条文】"));
      }
      for (const { start, end, statement, comparison } of values) {
        const { says } = statements[statement]!.comparisons[comparison]!;
        const said = text.slice(start, end);
        // The plain manner writes the value in kanji numerals, which have no digits.
        assert.ok(said === says || !/\d/.test(said));
      }
      for (const { end } of statements) assert.equal(text[end], "\n");
    }
  }
});

Deno.test("a statement holds exactly if all that it says is what the article says", () => {
  for (const stage of ["list", "choose"] as const) {
    for (const { statements } of make(stage)) {
      for (const { holds, comparisons } of statements) {
        assert.equal(comparisons.every(({ says, law }) => says === law), holds);
      }
    }
  }
});

Deno.test("a list has as many true statements as false ones", () => {
  for (const { statements, text, answer } of make("list")) {
    assert.equal(statements.length, 8);
    assert.equal(statements.filter(({ holds }) => holds).length, 4);
    const verdicts = statements.map(({ holds }) => holds ? "正" : "誤").join("");
    assert.equal(text.slice(...answer), `${verdicts}<|im_end|>`);
  }
});

Deno.test("a question is answered with the place or the letter of what is chosen", () => {
  const places = ["一番目", "二番目", "三番目", "四番目"];
  for (const stage of ["choose", "letter"] as const) {
    for (const { chosen, text, answer } of make(stage)) {
      assert.deepEqual(chosen.filter((is) => is), [true]);
      const index = chosen.indexOf(true);
      const words = stage === "letter" ? "abcd"[index] : places[index];
      assert.equal(text.slice(...answer), `${words}<|im_end|>`);
    }
  }
});

Deno.test("test questions are about held-out statutes, and prompts are made from a file", async () => {
  const file = testQuestions({ count: 20, plain: false, wrongShare: 0.5 });
  assert.equal(file.samples.length, 20);
  const wrong = file.samples.filter((sample) => sample.問題文.includes("誤っているもの"));
  assert.equal(wrong.length, 10);
  const lines = await trainingLines(
    ["--stage", "prompts"],
    () => Promise.resolve(JSON.stringify(file)),
  );
  const prompts = [...lines as Iterable<{ prompt: string }>];
  assert.equal(prompts.length, 20);
  prompts.forEach(({ prompt }, i) => {
    const sample = file.samples[i]!;
    assert.ok(prompt.includes(sample.コンテキスト));
    assert.ok(prompt.includes(sample.選択肢));
    assert.ok(prompt.endsWith("<|im_end|>\n<|im_start|>assistant\n"));
  });
});

Deno.test("pieces of vocabulary end where values end", async () => {
  const lines = await trainingLines(
    ["--stage", "vocabulary", "--count", "40"],
    () => Promise.resolve(""),
  );
  const pieces = new Set([...lines as Iterable<string[]>].flat());
  for (const piece of ["十日", "許可", "なければならない", "正しいもの"]) {
    assert.ok(pieces.has(piece));
  }
  for (const piece of pieces) assert.doesNotMatch(piece, /^十日./);
});

Deno.test("a bad command line is refused", async () => {
  const { error } = console;
  console.error = () => {};
  try {
    for (
      const args of [[], ["--stage", "none"], ["--stage", "list", "--seed", "x"], ["--nothing"]]
    ) assert.equal(await main(args), 2);
  } finally {
    console.error = error;
  }
});
