import assert from "node:assert/strict";
import { failureReason } from "./failure_reason.ts";
import { retryAfterMs } from "./retry_after.ts";

Deno.test("the reason stands without addresses, which may be signed", () => {
  const cases: [string, string][] = [
    [
      "error sending request for url (https://cdn.example/x?key=secret): client error (Connect): " +
      "tcp connect error: Connection refused (os error 111)",
      "tcp connect error: Connection refused (os error 111)",
    ],
    ["error sending request for url (https://cdn.example/x?key=secret): timed out", "timed out"],
    [
      "redirected to https://cdn.example/x?key=secret too often",
      "redirected to the server too often",
    ],
  ];
  for (const [message, reason] of cases) {
    assert.equal(
      failureReason(new TypeError("fetch failed", { cause: new Error(message) })),
      reason,
    );
    assert.equal(failureReason(new TypeError(message)), reason);
  }
});

Deno.test("Retry-After is seconds or a date; anything else says nothing", () => {
  assert.equal(retryAfterMs("1.5"), 1500);
  assert.equal(retryAfterMs(new Date(0).toUTCString()), 0);
  const inAnHour = retryAfterMs(new Date(Date.now() + 3_600_000).toUTCString())!;
  assert.ok(inAnHour > 3_500_000 && inAnHour <= 3_600_000);
  assert.equal(retryAfterMs("soon"), undefined);
  assert.equal(retryAfterMs(null), undefined);
});
