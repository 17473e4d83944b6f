import assert from "node:assert/strict";
import { makeSampleQuestions } from "../dataset/sample_questions.ts";
import { renderPrompt } from "../prompt/render_prompt.ts";
import { estimatePromptTokens, STATUTE_TOKENS } from "../rag/context/token_counter.ts";
import { statuteRoom } from "./statute_room.ts";

const [QUESTION] = makeSampleQuestions(1);
const STYLE = { mode: "direct", fewShot: true } as const;
const room = (more: { contextTokens?: number; numCtx?: number }, maxTokens = 16, style = STYLE) =>
  statuteRoom(QUESTION!, style, { maxTokens, ...more });

Deno.test("statutes have what is asked for, else 6000 tokens, or what the window leaves", () => {
  assert.equal(room({}), 6000);
  assert.equal(room({ numCtx: 1_000_000 }), STATUTE_TOKENS);
  assert.equal(room({ contextTokens: 9000, numCtx: 4096 }), 9000);
  const cramped = room({ numCtx: 4096 });
  assert.ok(cramped > 500 && cramped < 4000, `${cramped}`);
  assert.equal(room({ numCtx: 4096 }, 116), cramped - 100);
  assert.ok(room({ numCtx: 4096 }, 16, { ...STYLE, fewShot: false } as never) > cramped);
  assert.equal(room({ numCtx: 256 }), 0);
});

Deno.test("a prompt whose statutes fill the room fits into the window", () => {
  const tokens = room({ numCtx: 4096 });
  const statutes = "法".repeat(Math.floor(tokens / 1.5));
  const prompt = renderPrompt(QUESTION!, [statutes], STYLE);
  assert.ok(estimatePromptTokens(prompt) + 16 <= 4096);
});
