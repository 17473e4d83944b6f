import assert from "node:assert/strict";
import { TextStream } from "./text_stream.ts";

/** One token a byte, as with the smallest of vocabularies. */
const BYTES = {
  decode: (ids: readonly number[]) => new TextDecoder().decode(Uint8Array.from(ids)),
};

function streamed(
  bytes: Iterable<number>,
  answer: string,
  isThinking = false,
): { pieces: string[]; before: string } {
  const pieces: string[] = [];
  const stream = new TextStream(BYTES, isThinking, (piece) => pieces.push(piece));
  for (const byte of bytes) stream.push(byte);
  const before = pieces.join("");
  stream.end(answer);
  return { pieces, before };
}

const bytesOf = (text: string) => new TextEncoder().encode(text);

Deno.test("a piece is whole characters, and comes with its last byte", () => {
  const text = "a第𠮷条。";
  assert.deepEqual(streamed(bytesOf(text), text).pieces, ["a", "第", "𠮷", "条", "。"]);
});

Deno.test("bytes that are no characters come with what follows, or at the end", () => {
  const broken = [0xe7, 0xac, 0x61, 0xe6, 0x9d];
  const whole = new TextDecoder().decode(Uint8Array.from(broken));
  const { pieces, before } = streamed(broken, whole);
  assert.equal(pieces.join(""), whole);
  assert.equal(before, "\uFFFDa");
});

Deno.test("thoughts are held back, and so is the space behind them", () => {
  for (const text of ["<think>第一に</think>\n\n 答え です", "\n<think>\n</think>答え です"]) {
    assert.deepEqual(streamed(bytesOf(text), "答え です").before, "答え です");
  }
  assert.equal(streamed(bytesOf("第一に</think>\n答え"), "答え", true).before, "答え");
});

Deno.test("thoughts that never end are no answer", () => {
  assert.deepEqual(streamed(bytesOf("<think>第一に"), "").pieces, []);
  assert.deepEqual(streamed(bytesOf("第一に"), "", true).pieces, []);
});

Deno.test("what only looks like thoughts is shown once that is clear", () => {
  for (const text of ["<thing>です", "  <th", "<"]) {
    assert.equal(streamed(bytesOf(text), text).pieces.join(""), text);
  }
  assert.equal(streamed(bytesOf("<thing"), "<thing").before, "<thing");
});

Deno.test("a second end of thoughts takes nothing back", () => {
  assert.equal(streamed(bytesOf("答え</think>別"), "別").pieces.join(""), "答え</think>別");
});
