import assert from "node:assert/strict";
import { formatBytes, permissionAdvice, runCheck } from "./doctor_check.ts";

Deno.test("a check that hangs is given up", async () => {
  const { state, summary, isOverdue } = await runCheck(
    "slow",
    "Slow",
    () => new Promise<never>(() => {}),
    20,
  );
  assert.deepEqual([state, isOverdue], ["note", true]);
  assert.equal(summary, "gave no answer within 0.02 s");
});

Deno.test("a check that throws, at once or later, comes to a note", async () => {
  const fail = () => {
    throw new Error("odd");
  };
  for (const run of [fail, () => Promise.reject(new Error("odd"))]) {
    const check = await runCheck("x", "X", run);
    assert.deepEqual([check.state, check.summary], ["note", "can't be examined: odd"]);
  }
});

Deno.test("Deno's words about permissions become advice", () => {
  const cases = {
    'Requires read access to "/x y", run again with the --allow-read flag':
      "Run with --allow-read=/x y.",
    'Requires all access to "/proc/version", run again with the --allow-all flag':
      "Run with --allow-ffi, to read /proc/version.",
    'Requires read access to "/proc/cpuinfo", run again with the --allow-read flag':
      "Run with --allow-ffi, to read /proc/cpuinfo.",
    'Requires sys access to "statfs", run again with the --allow-sys flag':
      "Run with --allow-sys=statfs.",
    "something else": "something else",
  };
  for (const [message, advice] of Object.entries(cases)) {
    assert.equal(permissionAdvice(message), advice);
  }
});

Deno.test("sizes for people", () => {
  assert.deepEqual([0, 1_400_000, 20_937_965_568, 2.5e12].map(formatBytes), [
    "0 MB",
    "1 MB",
    "20.9 GB",
    "2.5 TB",
  ]);
});
