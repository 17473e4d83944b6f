import assert from "node:assert/strict";
import { testQuestions } from "../demo/training_text_questions.ts";
import { asJsonLines, demoRecords, toRecord } from "./demo_records.ts";

Deno.test("demo records are deterministic, differ by seed, and use all letters", () => {
  const records = demoRecords({ seed: 5, count: 120 });
  assert.equal(records.length, 120);
  assert.deepEqual(records, demoRecords({ seed: 5, count: 120 }));
  const prompts = (all: typeof records) => all.map(({ messages }) => messages.at(-2)!.content);
  assert.equal(new Set(prompts(records)).size, 120);
  const others = new Set(prompts(demoRecords({ seed: 6, count: 120 })));
  assert.ok(prompts(records).every((prompt) => !others.has(prompt)));
  assert.deepEqual([...new Set(records.map(({ answer }) => answer))].sort(), ["a", "b", "c", "d"]);
});

Deno.test("no record is about a statute of the questions that adapters are measured on", () => {
  const lawOf = (prompt: string) => /## (.+)/.exec(prompt)![1]!;
  const measured = testQuestions({ count: 300, plain: false, wrongShare: 0.4 }).samples
    .map((sample, i) => lawOf(toRecord(sample, `${i}`).messages.at(-2)!.content));
  const trained = new Set(
    demoRecords({ seed: 1, count: 640 }).map(({ messages }) => lawOf(messages.at(-2)!.content)),
  );
  assert.ok(measured.length === 300 && measured.every((law) => !trained.has(law)));
});

Deno.test("a line is one record whose last turn is the answer", () => {
  const lines = asJsonLines(demoRecords({ seed: 5, count: 3 })).split("\n");
  assert.equal(lines.pop(), "");
  for (const line of lines) {
    const { messages, answer } = JSON.parse(line);
    assert.deepEqual(
      messages.map(({ role }: { role: string }) => role),
      ["system", "user", "assistant"],
    );
    assert.equal(messages.at(-1).content, answer);
  }
});
