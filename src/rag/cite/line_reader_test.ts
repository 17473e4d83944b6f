import assert from "node:assert/strict";
import { LineReader } from "./line_reader.ts";

Deno.test("a citation stands alone where its line holds no more than a choice's letter and a full stop", () => {
  const lines: Record<string, string> = {
    "@": "alone",
    "a @": "alone",
    "d. @。": "alone",
    "1) @": "alone",
    "・@": "alone",
    "「@」": "alone",
    "@ただし書": "alone",
    "@の規定": "later",
    "aは@": "later",
    "次の文の中の長い長い長い長い@": "later",
    "@。これは長い長い長い長い文": "later",
  };
  for (const [line, expected] of Object.entries(lines)) {
    const text = `初めの行\n${line}`.replace("@", "甲法第1条");
    const start = text.indexOf("甲法");
    assert.equal(new LineReader(text).standing(start, start + 5), expected, line);
  }
});

Deno.test("lines are read in order, the first one by itself", () => {
  const text = "甲法第1条とは\n甲法第1条\n\n甲法第1条は";
  const reader = new LineReader(text);
  const read = [0, 8, 15].map((start) => [reader.standing(start, start + 5), reader.line]);
  assert.deepEqual(read, [["first", 0], ["alone", 1], ["later", 3]]);
  assert.equal(new LineReader("甲法第1条").standing(0, 5), "alone");
});
