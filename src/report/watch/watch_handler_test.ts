import assert from "node:assert/strict";
import type { LiveData } from "../html/page/live_data.ts";
import { watchHandler } from "./watch_handler.ts";

const STATE: LiveData = { runs: [], comparisons: [], isFinished: false };

function handlerOf(isFinished = false) {
  return watchHandler(
    {
      look: () => Promise.resolve({ ...STATE, isFinished }),
      report: () => Promise.resolve("<!DOCTYPE html><p>report"),
    },
    8123,
    "key",
  );
}

const get = (path: string, headers: Record<string, string> = {}, method = "GET") =>
  new Request(`http://127.0.0.1:8123${path}`, {
    method,
    headers: { host: "127.0.0.1:8123", ...headers },
  });

Deno.test("the page, its state, and the report at the end", async () => {
  const handle = await handlerOf();
  const page = await handle(get("/key/"));
  assert.equal(page.status, 200);
  assert.match(await page.text(), /^<!DOCTYPE html>[\s\S]*id="live"/);
  const state = await handle(get("/key/state", { host: "localhost:8123" }));
  assert.deepEqual(await state.json(), STATE);
  assert.match(await (await (await handlerOf(true))(get("/key/"))).text(), /report$/);
});

Deno.test("other hosts, other pages, other methods and other paths are refused", async () => {
  const handle = await handlerOf();
  const cases: [Request, number][] = [
    [get("/key/state", { host: "evil.example:8123" }), 403],
    [get("/key/state", { host: "127.0.0.1:80" }), 403],
    [get("/key/state", { host: "127.0.0.1:8123.evil.example" }), 403],
    [get("/key/state", { host: "" }), 403],
    [get("/key/state", { "sec-fetch-site": "cross-site" }), 403],
    [get("/key/", {}, "POST"), 405],
    [get("/key/", {}, "HEAD"), 405],
    [get("/key/", {}, "OPTIONS"), 405],
    [get("/"), 404],
    [get("/other/state"), 404],
    [get("/key/../../etc/passwd"), 404],
    [get("/key"), 404],
  ];
  for (const [request, status] of cases) {
    const response = await handle(request);
    assert.equal(response.status, status, `${request.method} ${request.url}`);
    assert.ok(!(await response.text()).includes("comparisons"));
    assert.equal(response.headers.get("access-control-allow-origin"), null);
  }
});

Deno.test("every answer forbids all but the pages' own scripts, and is not kept", async () => {
  const handle = await handlerOf();
  for (const path of ["/key/", "/key/state", "/"]) {
    const { headers } = await handle(get(path));
    const policy = headers.get("content-security-policy")!;
    assert.match(policy, /^default-src 'none'; script-src 'sha256-\S+' 'sha256-\S+'; /);
    assert.ok(!/unsafe|\*/.test(policy));
    assert.match(policy, /frame-ancestors 'none'/);
    assert.equal(headers.get("cache-control"), "no-store");
    assert.equal(headers.get("x-content-type-options"), "nosniff");
  }
  const text = await (await handle(get("/key/"))).text();
  assert.ok(!/ style="| on\w+="/.test(text));
  const script = /<script>([\s\S]*?)<\/script>/.exec(text)![1]!;
  const hash = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(script));
  const digest = btoa(String.fromCharCode(...new Uint8Array(hash)));
  assert.ok((await handle(get("/"))).headers.get("content-security-policy")!.includes(digest));
});
