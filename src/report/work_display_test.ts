import assert from "node:assert/strict";
import { Writable } from "node:stream";
import { duration } from "./duration.ts";
import { createWorkBar, createWorkLines } from "./work_display.ts";

Deno.test("lines come at every twentieth, with the time left where it is known", () => {
  const lines: string[] = [];
  let now = 0;
  const display = createWorkLines("rows", (line) => lines.push(line), () => now);
  for (const done of [1000, 1010, 1500, 1510, 2000]) {
    display.update({ done, total: 2000 });
    now += 10_000;
  }
  display.note("A sentence.");
  assert.deepEqual(lines, [
    // 500 rows in 20 s, counted from what was there at first.
    "75 %  1,500/2,000 rows  ETA 20 s",
    "100 %  2,000/2,000 rows",
    "A sentence.",
  ]);
  const told: string[] = [];
  const own = createWorkLines("articles", (line) => told.push(line), () => now);
  own.update({ done: 0, total: 10, secondsLeft: 9 });
  own.update({ done: 5, total: 10, secondsLeft: 7200 });
  assert.deepEqual(told, ["50 %  5/10 articles  ETA 2 h 0 min"]);
});

Deno.test("a bar leaves notes on lines of their own", () => {
  const notes: string[] = [];
  const stream = new Writable({ write: (_chunk, _encoding, done) => done() });
  const display = createWorkBar("rows", (line) => notes.push(line), stream, () => 0);
  display.note("before");
  display.update({ done: 1, total: 2 });
  display.note("during");
  display.stop();
  display.stop();
  display.update({ done: 2, total: 2 });
  display.note("after");
  assert.deepEqual(notes, ["before", "\r\x1b[Kduring", "after"]);
});

Deno.test("durations are told in the units people use", () => {
  const expected = { 0.04: "0.0 s", 9.9: "9.9 s", 45.4: "45 s", 100: "2 min", 5880: "98 min" };
  for (const [seconds, text] of Object.entries(expected)) {
    assert.equal(duration(Number(seconds)), text);
  }
  assert.equal(duration(3 * 3600 + 20 * 60), "3 h 20 min");
});
