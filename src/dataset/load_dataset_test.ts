import assert from "node:assert/strict";
import { UsageError } from "../settings/usage_error.ts";
import { loadDataset, parseQuestions } from "./load_dataset.ts";
import { parseChoices } from "./parse_choices.ts";
import { LETTERS } from "./question.ts";
import { formatSampleFile, makeSampleQuestions } from "./sample_questions.ts";

const ITEM = {
  ファイル名: "問1",
  コンテキスト: "## 法\n### 第1条\n本文",
  問題文: "どれ\nですか",
  指示: "<following_context>選んで",
  選択肢: "a 甲\nb 乙\nc 丙\nd 丁",
  output: "b",
  references: ["https://example.com/1"],
};

function refusal(...items: unknown[]): string {
  try {
    parseQuestions(JSON.stringify({ samples: items }), "f.json");
  } catch (error) {
    assert.ok(error instanceof UsageError);
    return error.message;
  }
  throw new Error("nothing was refused");
}

Deno.test("a question is read with every field, from the wrapped and from the plain form", () => {
  const wrapped = parseQuestions(JSON.stringify({ samples: [ITEM] }), "f");
  assert.deepEqual(wrapped, parseQuestions(JSON.stringify([ITEM]), "f"));
  assert.deepEqual(wrapped[0], {
    index: 0,
    fileName: "問1",
    context: ITEM.コンテキスト,
    instruction: ITEM.指示,
    question: "どれ\nですか",
    choices: { a: "甲", b: "乙", c: "丙", d: "丁" },
    answer: "b",
    references: ["https://example.com/1"],
  });
});

Deno.test("choices are read from lines or an object, in half or full width", () => {
  const expected = { a: "甲", b: "乙", c: "丙", d: "丁" };
  assert.deepEqual(parseChoices("ａ　甲\r\nＢ．乙\nc) 丙\n\nd: 丁\n"), expected);
  const [question] = parseQuestions(JSON.stringify([{ ...ITEM, 選択肢: expected }]), "f");
  assert.deepEqual(question!.choices, expected);
});

Deno.test("the shuffled variant keeps its map number, and repeats a question only under another", () => {
  const shuffled = ["1", "2"].map((map) => ({ ...ITEM, 回答オーダーマップ番号: map }));
  assert.deepEqual(
    parseQuestions(JSON.stringify(shuffled), "f").map((q) => q.orderMap),
    ["1", "2"],
  );
  assert.match(refusal(shuffled[0], shuffled[0]), /item 1 \(問1\) repeats item 0/);
  assert.match(refusal(ITEM, { ...ITEM, ファイル名: "別名" }), /item 1 \(別名\) repeats item 0/);
  parseQuestions(JSON.stringify([ITEM, { ...ITEM, コンテキスト: "別" }]), "f");
});

Deno.test("an item that breaks the format is named by file, index and field", () => {
  assert.match(refusal(ITEM, { ...ITEM, output: "e" }), /^f\.json: item 1 \(問1\): output: .*"e"/);
  assert.match(refusal({ ...ITEM, output: undefined }), /item 0 \(問1\): output/);
  assert.match(refusal({ ...ITEM, 問題文: " " }), /問題文: must not be empty/);
  assert.match(refusal({ ...ITEM, ファイル名: 3 }), /item 0: ファイル名: must be text/);
  assert.match(refusal({ ...ITEM, 選択肢: "a 甲\nb 乙\nc 丙" }), /選択肢: has 3 lines/);
  assert.match(refusal({ ...ITEM, 選択肢: "a 甲\nc 乙\nb 丙\nd 丁" }), /line 2 .*"b "/);
  assert.match(refusal({ ...ITEM, 選択肢: { a: "甲", b: "乙" } }), /選択肢: must be four lines/);
  assert.match(
    refusal({ ...ITEM, 選択肢: { a: "甲", b: "乙", c: " ", d: "丁" } }),
    /選択肢\.c: must not be empty/,
  );
  assert.match(refusal({ ...ITEM, 選択肢: "apple\nbanana\ncherry\ndates" }), /line 1 .*"a "/);
  assert.match(refusal({ ...ITEM, 選択肢: "a 甲\nb \nc 丙\nd 丁" }), /line 2 .*a text/);
  assert.match(
    refusal({ ...ITEM, 選択肢: { a: "甲", b: "乙", c: "丙", d: "丁", e: "戊" } }),
    /選択肢: Unrecognized key: "e"/,
  );
  assert.match(refusal({ ...ITEM, 問題文: undefined }), /問題文: is missing/);
  assert.match(refusal({ ...ITEM, 回答オーダーマップ番号: "5" }), /must be "1" to "4"/);
  assert.match(refusal("text"), /item 0: the item: must be an object/);
});

Deno.test("a file that is no question file is refused with its place", async () => {
  const reject = (text: string, expected: RegExp) =>
    assert.throws(() => parseQuestions(text, "f.json"), expected);
  reject('{"samples": [\n  {,}]}', /f\.json is not valid JSON at line 2/);
  reject("{}", /neither a list "samples"/);
  reject("null", /neither/);
  reject('{"samples": []}', /holds no questions/);
  await assert.rejects(loadDataset("no/such.json"), /no\/such\.json does not exist/);
  await assert.rejects(
    loadDataset("datasets/lawqa_jp/data/no.json"),
    (error: Error) => !error.message.includes("dataset:fetch"),
  );
  const folder = await Deno.makeTempDir();
  await Deno.writeFile(`${folder}/bad.json`, new Uint8Array([0x5b, 0xff, 0x5d]));
  await assert.rejects(loadDataset(`${folder}/bad.json`), /not UTF-8/);
  await assert.rejects(loadDataset(folder), UsageError);
  await Deno.remove(folder, { recursive: true });
});

Deno.test("loading gives the digest of the file's bytes", async () => {
  const path = await Deno.makeTempFile();
  await Deno.writeTextFile(path, formatSampleFile(makeSampleQuestions(5)));
  const dataset = await loadDataset(path);
  assert.equal(dataset.questions.length, 5);
  assert.deepEqual(dataset.questions, makeSampleQuestions(5));
  assert.match(dataset.sha256, /^[0-9a-f]{64}$/);
  await Deno.remove(path);
});

const lawqa = Deno.env.get("HOUQA_TEST_LAWQA");

Deno.test({
  name: "the real 140 questions load (HOUQA_TEST_LAWQA)",
  ignore: lawqa === undefined,
  async fn() {
    const { questions } = await loadDataset(lawqa!);
    assert.equal(questions.length, 140);
    const gold = LETTERS.map((letter) => questions.filter((q) => q.answer === letter).length);
    assert.deepEqual(gold, [23, 37, 48, 32]);
    assert.ok(questions.every((q) => q.instruction.startsWith("<following_context>")));
    assert.equal(new Set(questions.map((q) => q.context)).size, 114);
  },
});
