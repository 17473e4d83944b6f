import assert from "node:assert/strict";
import { fetchAdvisories, isSerious } from "./fetch_advisories.ts";

const PACKAGES = [
  { name: "x", version: "1.2.0" },
  { name: "x", version: "2.0.0" },
  { name: "y", version: "1.31.0-dev.2" },
];

const advisory = (severity: string, range: string) => ({
  id: 1,
  title: "it breaks",
  url: "https://example.com/1",
  severity,
  vulnerable_versions: range,
});

Deno.test("advisories are kept for the versions in use, also for ones before a release", async () => {
  const asked: unknown[] = [];
  await using server = Deno.serve(
    { hostname: "127.0.0.1", port: 0, onListen: () => {} },
    async (request) => {
      asked.push([request.method, new URL(request.url).pathname, await request.json()]);
      return Response.json({
        x: [advisory("high", "<1.3.0")],
        y: [advisory("low", ">=1.30.0")],
      });
    },
  );
  const answer = await fetchAdvisories(PACKAGES, `http://localhost:${server.addr.port}`);
  assert.ok("advisories" in answer);
  assert.deepEqual(
    answer.advisories.map((one) => [one.name, one.version, one.severity, isSerious(one)]),
    [["x", "1.2.0", "high", true], ["y", "1.31.0-dev.2", "low", false]],
  );
  assert.deepEqual(asked, [[
    "POST",
    "/-/npm/v1/security/advisories/bulk",
    { x: ["1.2.0", "2.0.0"], y: ["1.31.0-dev.2"] },
  ]]);
});

Deno.test("a registry that does not answer is not one that knows of nothing", async () => {
  const answers: [string, typeof fetch][] = [
    ["answered 405", () => Promise.resolve(new Response(null, { status: 405 }))],
    ["something else than advisories", () => Promise.resolve(new Response("<html>"))],
    ["something else than advisories", () => Promise.resolve(Response.json({ x: 1 }))],
    ["could not be reached: no route", () => Promise.reject(new TypeError("no route"))],
  ];
  for (const [reason, fetchAnswer] of answers) {
    const answer = await fetchAdvisories(PACKAGES, "https://registry.example", fetchAnswer);
    assert.ok("unknown" in answer && answer.unknown.includes(reason), JSON.stringify(answer));
  }
});
