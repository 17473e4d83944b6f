import assert from "node:assert/strict";
import { endsWithAnswerLine } from "./answer_line.ts";

Deno.test("a finished answer line ends the writing", () => {
  for (
    const text of [
      "Answer: b\n",
      "考えた。\nAnswer: c\n",
      "\n答え：ａ\n",
      "\n**Answer**: d\n",
      "\n**Answer: d**\n",
      "\n回答: 「c」\n",
      "\n  解答 : (a).\n",
      "\nANSWER: B \n",
    ]
  ) assert.ok(endsWithAnswerLine(text), text);
});

Deno.test("a line that goes on, is not over, or is about something else does not", () => {
  for (
    const text of [
      "Answer: b",
      "Answer: \n",
      "Answer: e\n",
      "Answer: b is wrong\n",
      "The Answer: b\n",
      "Answer: b\nSo",
      "Answer: ab\n",
      "選択肢b\n",
      "",
    ]
  ) assert.ok(!endsWithAnswerLine(text), text);
});
