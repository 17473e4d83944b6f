import assert from "node:assert/strict";
import fc from "fast-check";
import { UsageError } from "../../settings/usage_error.ts";
import { distinctQuestion, lawqaItem } from "../distinct_question_double.ts";
import { readLabels } from "../labels/read_labels.ts";
import { readExamFile } from "./read_exam_file.ts";

const SAMPLES = JSON.stringify({ samples: [0, 1].map((n) => lawqaItem(distinctQuestion(n))) });
const RECORDS = [0, 1].map((n) =>
  JSON.stringify({
    messages: [
      { role: "user", content: `【問題】\n問${n}\n\n【選択肢】\na 甲\nb 乙\nc 丙\nd 丁` },
      { role: "assistant", content: "a" },
    ],
    articles: [{ key: `article 試験用法 ${n}`, name: `試験用法 第${n}条` }],
  })
).join("\n");
const RESULTS = JSON.stringify({ results: [{ correct_answer: "a", predicted_answer: "b" }] });

/** A valid file with bytes changed, cut out, or put in. */
const anyFile = fc.tuple(
  fc.constantFrom(["q.json", SAMPLES], ["x.jsonl", RECORDS], ["x.json", RECORDS], [
    "r.json",
    RESULTS,
  ]),
  fc.array(
    fc.tuple(fc.nat(), fc.nat(3), fc.oneof(fc.uint8Array({ maxLength: 6 }), anyToken())),
    { maxLength: 3 },
  ),
).map(([[name, text], edits]) => {
  let bytes = new TextEncoder().encode(text);
  for (const [at, cut, put] of edits) {
    const place = at % (bytes.length + 1);
    bytes = new Uint8Array([...bytes.subarray(0, place), ...put, ...bytes.subarray(place + cut)]);
  }
  return { name: name!, bytes };
});

function anyToken(): fc.Arbitrary<Uint8Array> {
  const tokens = ["{", "}", "[", "]", '"', ",", "null", "1e999", "\\u0000", "\n", "{}", "[[]]"];
  return fc.constantFrom(...tokens).map((token) => new TextEncoder().encode(token));
}

Deno.test("files that were damaged are read or refused with a sentence, never anything else", async () => {
  const folder = await Deno.makeTempDir();
  const outcome = { accepted: 0, refused: 0 };
  const attempt = async (run: () => Promise<unknown>) => {
    try {
      await run();
      outcome.accepted++;
    } catch (error) {
      assert.ok(error instanceof UsageError, String(error));
      assert.ok(error.message.length > 20 && error.message.length < 1500, error.message);
      outcome.refused++;
    }
  };
  try {
    await fc.assert(
      fc.asyncProperty(anyFile, async ({ name, bytes }) => {
        const path = `${folder}/${name}`;
        await Deno.writeFile(path, bytes);
        await attempt(() => readExamFile(path));
        await attempt(() => readLabels(path, () => undefined));
      }),
      { numRuns: 1500, seed: 20_260_101 },
    );
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
  assert.ok(outcome.accepted > 300 && outcome.refused > 300, JSON.stringify(outcome));
});
