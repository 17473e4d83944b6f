import assert from "node:assert/strict";
import { fetchLawqa, LAWQA_COMMIT } from "./fetch_lawqa.ts";
import { sha256Hex } from "./sha256.ts";

const CONTENT = "日本の法令".repeat(2000);
const BYTES = new TextEncoder().encode(CONTENT);

/** A file server whose next answers can be made to fail. */
function startServer(faults: ((request: Request) => Response | undefined)[] = []) {
  const requests: { path: string; range: string | null }[] = [];
  const server = Deno.serve({ port: 0, hostname: "127.0.0.1", onListen() {} }, (request) => {
    const range = request.headers.get("range");
    requests.push({ path: new URL(request.url).pathname, range });
    const fault = faults.shift()?.(request);
    if (fault !== undefined) return fault;
    const from = Number(/bytes=(\d+)-/.exec(range ?? "")?.[1] ?? 0);
    if (from >= BYTES.length) return new Response(null, { status: 416 });
    if (range === null) return new Response(BYTES);
    const headers = { "content-range": `bytes ${from}-${BYTES.length - 1}/${BYTES.length}` };
    return new Response(BYTES.slice(from), { status: 206, headers });
  });
  return { server, requests, address: `http://127.0.0.1:${server.addr.port}` };
}

async function fetchFrom(
  faults: Parameters<typeof startServer>[0],
  prepare: (folder: string) => Promise<void> = () => Promise.resolve(),
) {
  const { server, requests, address } = startServer(faults);
  const folder = await Deno.makeTempDir();
  const printed: string[] = [];
  const files = { "data/x.json": await sha256Hex(CONTENT) };
  await prepare(folder);
  let failure: Error | undefined;
  try {
    await fetchLawqa({ address, folder, files, print: (line) => printed.push(line), retryMs: 1 });
  } catch (error) {
    failure = error as Error;
  }
  const text = await Deno.readTextFile(`${folder}/data/x.json`).catch(() => undefined);
  const part = await Deno.readFile(`${folder}/data/x.json.part`).catch(() => undefined);
  await server.shutdown();
  await Deno.remove(folder, { recursive: true });
  return { failure, text, part, requests, printed: printed.join("\n") };
}

/** Sends the first bytes of the file and then breaks off. */
const cutAfter = (bytes: number) => () =>
  new Response(
    new ReadableStream({
      start(controller) {
        controller.enqueue(BYTES.slice(0, bytes));
        setTimeout(() => controller.close(), 20);
      },
    }),
    { headers: { "content-length": String(BYTES.length) } },
  );

Deno.test("a file is fetched at the pinned commit, checked, and its licence named", async () => {
  const { failure, text, part, requests, printed } = await fetchFrom([]);
  assert.equal(failure, undefined);
  assert.equal(text, CONTENT);
  assert.equal(part, undefined);
  assert.deepEqual(requests, [{ path: `/${LAWQA_COMMIT}/data/x.json`, range: null }]);
  assert.match(printed, /Public Data License 1\.0/);
});

Deno.test("a file that is there and right is kept", async () => {
  const { requests, printed } = await fetchFrom([], async (folder) => {
    await Deno.mkdir(`${folder}/data`);
    await Deno.writeTextFile(`${folder}/data/x.json`, CONTENT);
  });
  assert.equal(requests.length, 0);
  assert.match(printed, /there already/);
});

Deno.test("a file that was changed is fetched again", async () => {
  const { text } = await fetchFrom([], async (folder) => {
    await Deno.mkdir(`${folder}/data`);
    await Deno.writeTextFile(`${folder}/data/x.json`, "something else");
  });
  assert.equal(text, CONTENT);
});

Deno.test("a connection that breaks off is taken up where it stopped", async () => {
  const { failure, text, requests } = await fetchFrom([cutAfter(5000)]);
  assert.equal(failure, undefined);
  assert.equal(text, CONTENT);
  assert.deepEqual(requests.map((request) => request.range), [null, "bytes=5000-"]);
});

Deno.test("a part left by an earlier run is taken up, also when it is already whole", async () => {
  for (const length of [100, BYTES.length]) {
    const { text, requests } = await fetchFrom([], async (folder) => {
      await Deno.mkdir(`${folder}/data`);
      await Deno.writeFile(`${folder}/data/x.json.part`, BYTES.slice(0, length));
    });
    assert.equal(text, CONTENT);
    assert.equal(requests[0]!.range, `bytes=${length}-`);
  }
});

Deno.test("a busy server is asked again, a missing file is not", async () => {
  const busy = () => new Response("later", { status: 503 });
  const { text, requests } = await fetchFrom([busy, busy]);
  assert.equal(text, CONTENT);
  assert.equal(requests.length, 3);
  const missing = await fetchFrom([() => new Response("no", { status: 404 })]);
  assert.equal(missing.requests.length, 1);
  assert.match(missing.failure!.message, /answered 404.*HOUQA_LAWQA_URL/s);
});

Deno.test("content that is not the pinned one is never put in place", async () => {
  const { failure, text, part } = await fetchFrom([() => new Response("tampered")]);
  assert.match(failure!.message, /SHA-256 .* instead of/);
  assert.equal(text, undefined);
  assert.equal(part, undefined);
});
