import assert from "node:assert/strict";
import { refuseTelemetry, TELEMETRY_VARIABLE } from "./refuse_telemetry.ts";

Deno.test("the native library is told not to report", () => {
  const set: Record<string, string> = {};
  refuseTelemetry({ set: (name, value) => void (set[name] = value) });
  assert.deepEqual(set, { [TELEMETRY_VARIABLE]: "1" });
});

Deno.test("without permission for the variable it fails, and nothing is loaded", () => {
  const set = () => {
    throw new Deno.errors.NotCapable("env");
  };
  assert.throws(() => refuseTelemetry({ set }), Deno.errors.NotCapable);
});
