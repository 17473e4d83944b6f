import assert from "node:assert/strict";
import fc from "fast-check";
import { cutAtSentence, sentenceEnds } from "./cut_at_sentence.ts";

const TEXT =
  "免許を受ける。ただし（政令で定める。以下同じ。）場合は、この限りでない。\n第二項　届け出る。";

Deno.test("sentences end outside brackets and with their line", () => {
  assert.deepEqual(
    sentenceEnds(TEXT).map((end, at, all) => TEXT.slice(all[at - 1] ?? 0, end)),
    [
      "免許を受ける。",
      "ただし（政令で定める。以下同じ。）場合は、この限りでない。",
      "\n",
      "第二項　届け出る。",
    ],
  );
  assert.deepEqual(sentenceEnds("3.5 percent. Next? (open. \nlast"), [12, 18, 27, 31]);
  assert.deepEqual(sentenceEnds(""), []);
});

Deno.test("the longest start of whole sentences that fits is kept", async () => {
  const cut = (most: number) => cutAtSentence(TEXT, (start) => start.length <= most);
  assert.deepEqual(await cut(100), { text: TEXT, end: "whole" });
  assert.deepEqual(await cut(TEXT.length - 1), {
    text: TEXT.slice(0, TEXT.indexOf("\n") + 1),
    end: "sentence",
  });
  assert.deepEqual(await cut(20), { text: "免許を受ける。", end: "sentence" });
  assert.deepEqual(await cut(4), { text: "免許を受", end: "character" });
  assert.deepEqual(await cut(-1), { text: "", end: "character" });
});

Deno.test("a character outside the basic plane is not cut in two", async () => {
  const { text } = await cutAtSentence("𠮷野家𠮷野家", (start) => start.length <= 5);
  assert.equal(text, "𠮷野家");
});

Deno.test("what is kept fits, and the next sentence would not", async () => {
  await fc.assert(fc.asyncProperty(
    fc.array(fc.constantFrom("あ", "い。", "（", "）", "x. ", "\n", "𠮷"), { maxLength: 40 }),
    fc.nat({ max: 60 }),
    async (pieces, most) => {
      const text = pieces.join("");
      const fits = (start: string) => start.length <= most;
      const { text: kept, end } = await cutAtSentence(text, fits);
      assert.ok(text.startsWith(kept) && fits(kept));
      assert.equal(end === "whole", kept === text);
      const ends = sentenceEnds(text);
      if (end === "sentence") {
        assert.equal(ends.find((one) => one > kept.length)! > most, true);
        assert.ok(ends.includes(kept.length));
      }
      if (end === "character") assert.ok(ends[0]! > most);
    },
  ));
});
