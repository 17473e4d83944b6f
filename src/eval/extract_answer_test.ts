import assert from "node:assert/strict";
import fc from "fast-check";
import { type Choices, type Letter, LETTERS } from "../dataset/question.ts";
import {
  extractAnswer,
  type Extraction,
  type ExtractOptions,
  reasoningOf,
} from "./extract_answer.ts";
import { comparable } from "./normalise_answer_text.ts";
import { CHOICE_SETS, EXTRACTION_CASES } from "./extraction_cases.ts";

const FILING: ExtractOptions = { mode: "direct", choices: CHOICE_SETS.filing };

function describeExtraction(extraction: Extraction): string {
  return extraction.letter === null
    ? extraction.reason
    : `${extraction.letter} (${extraction.rule})`;
}

Deno.test("extractAnswer reads the labelled outputs as a careful reader does", () => {
  const failures: string[] = [];
  for (
    const [id, mode, text, expected, { choices = "filing", truncated } = {}] of EXTRACTION_CASES
  ) {
    const got = extractAnswer(text, { mode, choices: CHOICE_SETS[choices], truncated });
    const ok = got.letter === null
      ? expected === null || expected === got.reason
      : expected === got.letter;
    if (!ok) {
      const shown = JSON.stringify(text.length > 90 ? text.slice(0, 90) + "…" : text);
      failures.push(
        `${id} [${mode}] ${shown}: expected ${expected}, got ${describeExtraction(got)}`,
      );
    }
  }
  assert.deepEqual(failures, []);
});

Deno.test("the labelled outputs have distinct ids and cover both modes", () => {
  const ids = new Set(EXTRACTION_CASES.map(([id]) => id));
  assert.equal(ids.size, EXTRACTION_CASES.length);
  assert.ok(EXTRACTION_CASES.length >= 200);
  assert.ok(EXTRACTION_CASES.filter(([, mode]) => mode === "cot").length >= 40);
});

/** Pieces that answers are made of; random texts of them come close to real outputs. */
const PIECES = [
  ...[
    "a",
    "b",
    "c",
    "d",
    "ｂ",
    "Ｃ",
    "ⓐ",
    "⒟",
    "1",
    "2",
    "③",
    "４",
    "ア",
    "ｲ",
    " ",
    "\u3000",
    "\n",
  ],
  ...[
    "回答",
    "答え",
    "正解",
    "最終回答",
    "Answer",
    "answer is ",
    ": ",
    "：",
    "は",
    "が",
    "も",
    "と",
    "、",
    "。",
  ],
  ...[
    "です",
    "ではない",
    "正しい",
    "誤り",
    "よって",
    "いや、",
    "選択肢",
    "第5条",
    "1年",
    "(",
    ")",
    "「",
    "」",
  ],
  ...["{", "}", '"', "\\boxed", "**", "<think>", "</think>", "<answer>", "</answer>", "<|im_end|>"],
  ...["\ud800", "\udc00", "\u200b", "が\u3099", "½", CHOICE_SETS.filing.b, "例", "問題文: "],
];
const answerLike = fc.array(fc.constantFrom(...PIECES), { maxLength: 14 }).map((p) => p.join(""));
const anyText = fc.oneof(
  answerLike,
  fc.string({ unit: "binary", maxLength: 60 }),
  fc.string({ unit: "grapheme", maxLength: 60 }),
  fc.array(fc.nat(0xffff), { maxLength: 40 }).map((units) => String.fromCharCode(...units)),
);

/** Choice texts with letters, digits and answer-like words in them, but no line breaks or tags. */
const choiceText = fc.oneof(
  fc.array(
    fc.constantFrom(
      ...[
        "a",
        "b",
        "c",
        "d",
        "1",
        "2",
        "3",
        "4",
        "ア",
        "イ",
        "第5条",
        "第1項",
        "は",
        "が",
        "の",
        "と",
      ],
      ...[
        "回答",
        "答え",
        "正解は",
        "Answer: ",
        ": ",
        " ",
        "です",
        "正しい",
        "誤り",
        "よって",
        "株券",
        "、",
        "。",
      ],
      ...[
        "「",
        "」",
        "(",
        ")",
        "B型",
        "か月",
        "年",
        "ｂ",
        "②",
        "\\boxed{b}",
        '{"answer":"b"}',
        "-",
        "*",
      ],
    ),
    { minLength: 1, maxLength: 8 },
  ).map((parts) => parts.join("")),
  fc.string({ unit: "grapheme", minLength: 1, maxLength: 20 }),
).filter((text) => text.trim() !== "" && !/[<>\n\r\v\f\u0085\u2028\u2029]/.test(text));
const anyChoices: fc.Arbitrary<Choices> = fc.record({
  a: choiceText,
  b: choiceText,
  c: choiceText,
  d: choiceText,
});
const anyMode = fc.constantFrom("direct" as const, "cot" as const);
const anyOptions: fc.Arbitrary<ExtractOptions> = fc.record({
  mode: anyMode,
  choices: fc.oneof(fc.constantFrom(...Object.values(CHOICE_SETS)), anyChoices),
  truncated: fc.boolean(),
});

Deno.test("extractAnswer and reasoningOf never throw", () => {
  fc.assert(
    fc.property(anyText, anyOptions, (text, options) => {
      extractAnswer(text, options);
      reasoningOf(text, options);
    }),
    { numRuns: 2000 },
  );
});

Deno.test("extractAnswer never answers from an echo of the choices alone", () => {
  const wide = { a: "ａ", b: "ｂ", c: "ｃ", d: "ｄ" };
  const forms: ((letter: Letter, text: string) => string)[] = [
    (l, t) => `${l} ${t}`,
    (l, t) => `${l}. ${t}`,
    (l, t) => `(${l}) ${t}`,
    (l, t) => `${l}：${t}`,
    (l, t) => `${wide[l]} ${t}`,
    (l, t) => `${wide[l]}．${t}`,
    (l, t) => `（${wide[l]}）${t}`,
    (l, t) => `- ${l}: ${t}`,
    (l, t) => `**${l.toUpperCase()}.** ${t}`,
    (l, t) => `${LETTERS.indexOf(l) + 1}. ${t}`,
  ];
  fc.assert(
    fc.property(
      anyOptions,
      fc.constantFrom(...forms),
      fc.constantFrom("", "選択肢:\n", "【選択肢】\n"),
      (options, form, heading) => {
        const echo = heading + LETTERS.map((l) => form(l, options.choices[l])).join("\n");
        const got = extractAnswer(echo, { ...options, truncated: false });
        assert.equal(got.letter, null, JSON.stringify([echo, got]));
      },
    ),
    { numRuns: 4000 },
  );
});

Deno.test("extractAnswer does not depend on the Unicode form", () => {
  fc.assert(
    fc.property(anyText, anyOptions, (text, options) => {
      assert.deepEqual(
        extractAnswer(text.normalize("NFKC"), options),
        extractAnswer(text, options),
      );
    }),
    { numRuns: 2000 },
  );
});

Deno.test("extractAnswer does not depend on whitespace or thinking around the text", () => {
  const wraps: ((text: string) => string)[] = [
    (t) => `\n\n ${t}  \n`,
    (t) => `\u3000\t${t}\n\n\n`,
    (t) => `<think>\n答えはa。Answer: d\n</think>\n\n${t}`,
    (t) => `<think></think>${t}`,
  ];
  const direct: ExtractOptions = { mode: "direct", choices: Object.values(CHOICE_SETS)[0]! };
  fc.assert(
    fc.property(anyText, anyOptions, fc.constantFrom(...wraps), (text, options, wrap) => {
      assert.deepEqual(extractAnswer(wrap(text), options), extractAnswer(text, options));
    }),
    {
      numRuns: 2000,
      // A combining stroke, which ">" before it would take up.
      examples: wraps.map((wrap) => ["\u0338答えはb", direct, wrap]),
    },
  );
});

Deno.test("a bare letter gives itself, whatever the choices say", () => {
  const letter = fc.constantFrom(...LETTERS);
  const dress = fc.constantFrom<(l: string) => string>(
    (l) => l,
    (l) => l.toUpperCase(),
    (l) => `(${l})`,
    (l) => `${l}.`,
    (l) => `「${l}」\n`,
    (l) => String.fromCharCode(l.charCodeAt(0) + 0xfee0),
  );
  fc.assert(
    fc.property(letter, dress, anyChoices, anyMode, (l, wear, choices, mode) => {
      assert.equal(extractAnswer(wear(l), { mode, choices }).letter, l);
    }),
    { numRuns: 1000 },
  );
});

Deno.test("all four letters are read alike, in every spelling", () => {
  const forms: ((mark: string) => string)[] = [
    ...[
      (m: string) => m,
      (m: string) => `「${m}」`,
      (m: string) => `(${m})`,
      (m: string) => `${m} 。`,
    ],
    ...[(m: string) => `回答: ${m}`, (m: string) => `答：${m}`, (m: string) => `答えは${m}です。`],
    ...[(m: string) => `正解は「${m}」です。`, (m: string) => `選択肢${m}が正しい。`],
    ...[(m: string) => `誤っているものは${m}です。`, (m: string) => `${m}が誤りです。`],
    ...[(m: string) => `よって、${m}が正しい。`, (m: string) => `Answer: ${m}`],
    ...[(m: string) => `The answer is (${m}).`, (m: string) => `**${m}**`],
    ...[(m: string) => `{"answer": "${m}"}`, (m: string) => `$\\boxed{\\text{${m}}}$`],
    ...[(m: string) => `<answer>${m}</answer>`, (m: string) => `検討した。\n最終回答: ${m}\n`],
    ...[(m: string) => `回答（1文字のみ）: ${m}\n`.repeat(30), (m: string) => `${m}です。`],
  ];
  const spellings = [
    "abcd",
    "ABCD",
    "ａｂｃｄ",
    "ＡＢＣＤ",
    "ⓐⓑⓒⓓ",
    "1234",
    "１２３４",
    "①②③④",
    "アイウエ",
    "ｱｲｳｴ",
  ];
  const failures: string[] = [];
  for (const form of forms) {
    for (const spelling of spellings) {
      LETTERS.forEach((letter, i) => {
        const text = form(spelling.charAt(i));
        const got = extractAnswer(text, FILING);
        if (got.letter !== letter) failures.push(`${text}: ${describeExtraction(got)}`);
      });
    }
  }
  assert.deepEqual(failures, []);
});

Deno.test("an answer line gives its letter before or after an echo of the choices", () => {
  fc.assert(
    fc.property(fc.constantFrom(...LETTERS), anyChoices, fc.boolean(), (letter, choices, first) => {
      // A choice that itself reads "回答 b" is repeated by that answer line.
      fc.pre(!LETTERS.some((l) => /^回答[a-d]$/.test(comparable(choices[l]))));
      const echo = LETTERS.map((l) => `${l} ${choices[l]}`).join("\n");
      const text = first ? `回答: ${letter}\n\n${echo}` : `${echo}\n\n回答: ${letter}`;
      assert.equal(extractAnswer(text, { mode: "direct", choices }).letter, letter);
    }),
    { numRuns: 1000 },
  );
});

Deno.test("extractAnswer takes time proportional to the length", () => {
  const units = [
    ...["a", "a ", "a b\n", "1. ", "あ", "(", "{", "<", "\n", "回答: ", "回答: b\n", "答えはb、"],
    ...["いや、", "<think>", "</think>", `b ${CHOICE_SETS.filing.b}\n`, "第5条第1項の"],
  ];
  units.forEach((unit, i) => {
    const timeOf = (length: number) => {
      const text = unit.repeat(Math.ceil(length / unit.length));
      const started = performance.now();
      extractAnswer(text, { ...FILING, mode: i % 2 === 0 ? "direct" : "cot" });
      return performance.now() - started;
    };
    const elapsedMs = timeOf(1_000_000);
    if (elapsedMs < 1_000) return;
    // A busy machine makes both slow; time that grew with the square would make one 16 times slower.
    const growth = elapsedMs / timeOf(250_000);
    assert.ok(growth < 12, `${JSON.stringify(unit)}: four times the text took ${growth} the time`);
  });
});

Deno.test("reasoningOf gives what precedes the final answer line", () => {
  const cot: ExtractOptions = { mode: "cot", choices: CHOICE_SETS.filing };
  const table: [text: string, reasoning: string][] = [
    ["第5条による。\nよってb。\nAnswer: b", "第5条による。\nよってb。"],
    ["第5条による。Answer: b", "第5条による。"],
    ["第5条による。\n**最終回答:** **b**\n", "第5条による。"],
    ["第5条による。\n回答:\nc", "第5条による。"],
    ["<think>まず</think>\n第5条による。\n回答: b", "まず\n第5条による。"],
    ["第5条による。よってb。", "第5条による。よってb。"],
    ["<think>第5条に", "第5条に"],
    ["Answer: b", ""],
    ["Answer: a\nいや。\nAnswer: b", "Answer: a\nいや。"],
    ["出力は Answer: x とする。\n第5条による", "出力は Answer: x とする。\n第5条による"],
    ["", ""],
  ];
  for (const [text, reasoning] of table) assert.equal(reasoningOf(text, cot), reasoning);
});

Deno.test("a loop that the length limit cuts anywhere gives the letter it repeats", () => {
  const units: [string, Letter][] = [
    ["回答（1文字のみ）: ｂ\n", "b"],
    ["回答（1文字のみ）: ｂ ", "b"],
    ["回答（１文字のみ）：c\n\n", "c"],
    ["正解は「b」です。", "b"],
    ["Answer: c\n", "c"],
    ["回答: 3\n", "c"],
    ["答えは2です。\n", "b"],
    ["回答：ｄ（1つだけ）\n", "d"],
  ];
  const failures: string[] = [];
  for (const [unit, letter] of units) {
    const loop = unit.repeat(4);
    for (let cut = 2 * unit.length; cut <= loop.length; cut++) {
      const text = loop.slice(0, cut);
      const found = extractAnswer(text, {
        mode: "direct",
        choices: CHOICE_SETS.filing,
        truncated: true,
      });
      if (found.letter !== letter) failures.push(`${JSON.stringify(text)}: ${found.letter}`);
    }
  }
  assert.deepEqual(failures, []);
});
