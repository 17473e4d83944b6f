import assert from "node:assert/strict";
import { PassingError } from "./passing_error.ts";
import { persistently } from "./persistently.ts";

const giveUp = ({ message }: PassingError) => new Error(`gave up: ${message}`);

Deno.test("passing trouble is waited out, and tries count anew after each that brings something", async () => {
  let calls = 0;
  let got = 0;
  const troubles: number[] = [];
  const value = await persistently(() => {
    calls++;
    // Twice as many tries as are allowed in a row.
    if (calls === 3) got++;
    if (calls < 6) return Promise.reject(new PassingError("busy"));
    return Promise.resolve("done");
  }, {
    retries: 2,
    retryMs: 1,
    progress: () => got,
    onTrouble: (_trouble, left) => troubles.push(left),
    giveUp,
  });
  assert.deepEqual([value, calls], ["done", 6]);
  assert.deepEqual(troubles, [2, 1, 2, 1]);
});

Deno.test("what does not pass, a long wait and any other error end it", async () => {
  const fail = (error: Error) => {
    let calls = 0;
    const ended = persistently(() => {
      calls++;
      return Promise.reject(error);
    }, { retries: 2, retryMs: 1, giveUp });
    return ended.then(() => assert.fail(), (reason) => [reason.message, calls]);
  };
  assert.deepEqual(await fail(new PassingError("busy")), ["gave up: busy", 3]);
  assert.deepEqual(await fail(new PassingError("tomorrow", 86_400_000)), ["gave up: tomorrow", 1]);
  assert.deepEqual(await fail(new Error("no")), ["no", 1]);
});

Deno.test("a signal ends the waiting with its reason", async () => {
  const controller = new AbortController();
  const reason = new DOMException("enough", "AbortError");
  const ended = persistently(() => Promise.reject(new PassingError("busy", 60_000)), {
    signal: controller.signal,
    onTrouble: () => setTimeout(() => controller.abort(reason)),
    giveUp,
  });
  assert.equal(await ended.catch((error) => error), reason);
});
