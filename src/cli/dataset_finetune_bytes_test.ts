import assert from "node:assert/strict";
import fc from "fast-check";
import { lawqaItem } from "../dataset/distinct_question_double.ts";
import { loadDataset } from "../dataset/load_dataset.ts";
import { LETTERS, type Question } from "../dataset/question.ts";
import { buildDemoIndex } from "../rag/demo_index_double.ts";
import { evaluateFake, readRecords, runDataset } from "./dataset_finetune_double.ts";

/** One way to make prompts, as options of both commands. */
interface Way {
  readonly mode: "direct" | "cot";
  readonly context: "none" | "gold" | "retrieved";
  readonly index?: string;
  readonly fewShot: boolean;
  readonly augment: boolean;
  readonly topK: number;
  readonly contextTokens?: number;
  readonly samples?: number;
}

const REASONING = "条文のとおり。\n  aではない。";

/** The orders of the shuffled files, written out: place i shows the original choice. */
const ORDERS = ["0123", "2031", "1302", "3210"];

function shuffled(questions: readonly Question[]): Question[] {
  return questions.flatMap((question) =>
    ORDERS.map((order, number) => {
      const old = [...order].map((digit) => LETTERS[Number(digit)]!);
      const [a, b, c, d] = old.map((letter) => question.choices[letter]);
      return {
        ...question,
        choices: { a: a!, b: b!, c: c!, d: d! },
        answer: LETTERS[old.indexOf(question.answer)]!,
        orderMap: String(number + 1),
      };
    })
  );
}

/** Makes records, evaluates the same, and compares what the model was sent with what is learnt. */
async function compare(folder: string, questions: readonly Question[], way: Way): Promise<void> {
  const write = async (name: string, some: readonly Question[]) => {
    await Deno.writeTextFile(
      `${folder}/${name}`,
      JSON.stringify({ samples: some.map(lawqaItem) }),
    );
    return `${folder}/${name}`;
  };
  const data = await write("q.json", questions);
  const asked = questions.slice(0, way.samples);
  const evaluated = way.augment ? shuffled(asked) : asked;
  const evaluatedData = way.augment ? await write("s.json", shuffled(questions)) : data;
  const samples = way.samples === undefined ? undefined : way.samples * (way.augment ? 4 : 1);
  const sent = await evaluateFake(
    {
      data: evaluatedData,
      output: `${folder}/result.json`,
      context: way.context,
      few_shot: way.fewShot,
      use_cot: way.mode === "cot",
      top_k: String(way.topK),
      ...(way.index === undefined ? {} : { law_index: way.index }),
      ...(way.contextTokens === undefined ? {} : { context_tokens: String(way.contextTokens) }),
      ...(samples === undefined ? {} : { samples: String(samples) }),
    },
    evaluated,
    ({ answer }) => way.mode === "cot" ? `${REASONING}\nAnswer: ${answer}` : answer,
  );
  const output = `${folder}/x.jsonl`;
  await runDataset(
    ...["finetune", "--data", data, "--output", output, "--overwrite", "--mode", way.mode],
    ...["--context", way.context, "--top-k", String(way.topK)],
    way.fewShot ? "--few-shot" : "--no-few-shot",
    ...(way.index === undefined ? [] : ["--index", way.index]),
    ...(way.contextTokens === undefined ? [] : ["--context-tokens", String(way.contextTokens)]),
    ...(way.samples === undefined ? [] : ["--samples", String(way.samples)]),
    ...(way.augment ? ["--augment-orders"] : []),
    ...(way.mode === "cot" ? ["--reasonings", `${folder}/result.json`] : []),
  );
  const records = await readRecords(output);
  assert.equal(records.length, evaluated.length);
  for (const [at, { messages, answer }] of records.entries()) {
    assert.equal(JSON.stringify(messages.slice(0, -1)), JSON.stringify(sent[at]));
    assert.equal(answer, evaluated[at]!.answer);
    assert.deepEqual(messages.at(-1), {
      role: "assistant",
      content: way.mode === "cot" ? `${REASONING}\nAnswer: ${answer}` : answer,
    });
  }
}

/** A folder with an index of the demo statutes. */
async function withIndex(body: (folder: string, index: string) => Promise<void>): Promise<void> {
  const folder = await Deno.makeTempDir({ prefix: "houqa_finetune_" });
  try {
    await body(folder, await buildDemoIndex(folder));
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

Deno.test("every mode, context and few-shot: what is learnt from is what evaluation sends", () =>
  withIndex(async (folder, index) => {
    const questions = (await loadDataset("datasets/demo/questions.json")).questions.slice(0, 5);
    let ways = 0;
    for (const mode of ["direct", "cot"] as const) {
      for (const context of ["none", "gold", "retrieved", "index"] as const) {
        for (const fewShot of [true, false]) {
          for (const augment of mode === "direct" ? [false, true] : [false]) {
            const way = { mode, fewShot, augment, topK: 2 };
            await compare(
              folder,
              questions,
              context === "index" ? { ...way, context: "retrieved", index } : { ...way, context },
            );
            ways++;
          }
        }
      }
    }
    assert.equal(ways, 24);
  }));

/** What could confuse a renderer or a file format, inside a line and over lines. */
const PIECES = [
  ..."法届出a1.「】𠮷　",
  "b ",
  '"',
  "\\n",
  "が",
  "第５条",
  "<|im_end|>",
  "【選択肢】",
];
const LINE_PIECES = [...PIECES, "\n", "\u2028", "Answer: c", "<following_context>", "【問題】\n"];

const anyText = (pieces: readonly string[]) =>
  fc.array(fc.constantFrom(...pieces), { minLength: 1, maxLength: 12 })
    .map((parts) => parts.join("").trim()).filter((text) => text !== "");

const anyQuestions = fc.array(
  fc.record({
    question: anyText(LINE_PIECES),
    instruction: fc.oneof(anyText(LINE_PIECES), fc.constant("<following_context>選んでください。")),
    context: fc.oneof(anyText(LINE_PIECES), fc.constant("## 甲法\n### 第1条\n届出をする。")),
    choices: fc.uniqueArray(anyText(PIECES), { minLength: 4, maxLength: 4 }),
    answer: fc.constantFrom(...LETTERS),
  }),
  { minLength: 1, maxLength: 3 },
).map((some) =>
  some.map(({ choices: [a, b, c, d], ...rest }, index) => ({
    ...rest,
    index,
    question: `${rest.question} 問${index}`,
    fileName: `甲法_${index}`,
    choices: { a: a!, b: b!, c: c!, d: d! },
    references: [],
  }))
);

const anyWay = (index: string) =>
  fc.record({
    mode: fc.constantFrom("direct" as const, "cot" as const),
    context: fc.constantFrom("none" as const, "gold" as const, "retrieved" as const),
    fewShot: fc.boolean(),
    augment: fc.boolean(),
    topK: fc.integer({ min: 1, max: 4 }),
    samples: fc.option(fc.constant(1), { nil: undefined }),
    search: fc.option(fc.integer({ min: 50, max: 3000 }), { nil: undefined }),
  }).map(({ search, ...way }): Way => ({
    ...way,
    augment: way.augment && way.mode === "direct",
    ...(way.context === "retrieved" && search !== undefined
      ? { index, contextTokens: search }
      : {}),
  }));

Deno.test("questions of any text: what is learnt from is what evaluation sends", () =>
  withIndex(async (folder, index) => {
    let compared = 0;
    await fc.assert(
      fc.asyncProperty(anyQuestions, anyWay(index), async (questions, way) => {
        try {
          await compare(folder, questions, way);
          compared++;
        } catch (error) {
          // A way in which neither command has anything to ask or to learn.
          if (!/has room for no statute|No record can be made/.test(String(error))) throw error;
        }
      }),
      { numRuns: 150, seed: 7 },
    );
    assert.ok(compared > 100, `${compared}`);
  }));

const lawqa = Deno.env.get("HOUQA_TEST_LAWQA");

Deno.test({
  name: "the real questions: what is learnt from is what evaluation sends (HOUQA_TEST_LAWQA)",
  ignore: lawqa === undefined,
  fn: () =>
    withIndex(async (folder) => {
      const { questions } = await loadDataset(lawqa!);
      for (const mode of ["direct", "cot"] as const) {
        for (const context of ["none", "gold", "retrieved"] as const) {
          const augment = mode === "direct";
          await compare(folder, questions, { mode, context, augment, fewShot: true, topK: 3 });
        }
      }
    }),
});
