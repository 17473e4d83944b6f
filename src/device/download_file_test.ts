import assert from "node:assert/strict";
import { sha256Hex } from "../dataset/sha256.ts";
import { downloadFile } from "./download_file.ts";
import { cutAfter } from "./package_servers_double.ts";

const CONTENT = crypto.getRandomValues(new Uint8Array(50_000));
const SHA256 = await sha256Hex(CONTENT);

type Answer = (request: Request) => Response;

const rest: Answer = (request) => {
  const from = Number(/bytes=(\d+)-/.exec(request.headers.get("range") ?? "")?.[1] ?? 0);
  if (from === 0) return new Response(CONTENT);
  if (from >= CONTENT.length) return new Response(null, { status: 416 });
  const headers = { "content-range": `bytes ${from}-${CONTENT.length - 1}/${CONTENT.length}` };
  return new Response(CONTENT.slice(from), { status: 206, headers });
};

/** Downloads from a server that gives these answers, then honest ones. */
async function download(
  answers: Answer[],
  { part, silenceMs }: { part?: Uint8Array; silenceMs?: number } = {},
) {
  const ranges: (string | null)[] = [];
  const server = Deno.serve({ port: 0, hostname: "127.0.0.1", onListen() {} }, (request) => {
    ranges.push(request.headers.get("range"));
    return (answers.shift() ?? rest)(request);
  });
  const folder = await Deno.makeTempDir();
  const target = `${folder}/file.whl`;
  if (part !== undefined) await Deno.writeFile(`${target}.part`, part);
  const done: number[] = [];
  let failure: Error | undefined;
  try {
    await downloadFile({
      address: { url: `http://127.0.0.1:${server.addr.port}/file.whl`, headers: {} },
      target,
      sizeBytes: CONTENT.length,
      sha256: SHA256,
      onProgress: (bytes) => done.push(bytes),
    }, { retryMs: 1, ...(silenceMs === undefined ? {} : { silenceMs }) });
    assert.deepEqual(await Deno.readFile(target), CONTENT);
  } catch (error) {
    failure = error as Error;
  }
  const left = await Deno.readFile(`${target}.part`).catch(() => undefined);
  await server.shutdown();
  await Deno.remove(folder, { recursive: true });
  return { failure, ranges, done, left };
}

Deno.test("a connection that breaks off, a busy server: the rest is fetched", async () => {
  const busy: Answer = () => new Response("later", { status: 503 });
  const { failure, ranges, done } = await download([
    () => cutAfter(CONTENT, 20_000),
    busy,
    () => new Response("slow down", { status: 429 }),
  ]);
  assert.equal(failure, undefined);
  assert.deepEqual(ranges, [null, "bytes=20000-", "bytes=20000-", "bytes=20000-"]);
  assert.equal(done.at(-1), CONTENT.length);
});

Deno.test("a server that falls silent is asked again", async () => {
  const silent: Answer = () =>
    new Response(
      new ReadableStream({
        start: (controller) => controller.enqueue(CONTENT.slice(0, 10_000)),
      }),
    );
  const { failure, ranges } = await download([silent], { silenceMs: 100 });
  assert.equal(failure, undefined);
  assert.deepEqual(ranges, [null, "bytes=10000-"]);
});

Deno.test("parts of an earlier run: half, whole, too long", async () => {
  const half = await download([], { part: CONTENT.slice(0, 25_000) });
  assert.deepEqual([half.failure, half.ranges], [undefined, ["bytes=25000-"]]);
  const whole = await download([], { part: CONTENT });
  assert.equal(whole.failure, undefined);
  const long = await download([], { part: new Uint8Array(60_000) });
  assert.deepEqual([long.failure, long.ranges], [undefined, [null]]);
});

Deno.test("a server without ranges sends the file from its start", async () => {
  const { failure } = await download([() => new Response(CONTENT)], {
    part: CONTENT.slice(0, 100),
  });
  assert.equal(failure, undefined);
});

Deno.test("a wrong part of an earlier run is thrown away once, a wrong file never appears", async () => {
  const { failure, ranges } = await download([], { part: new Uint8Array(1000) });
  assert.deepEqual([failure, ranges], [undefined, ["bytes=1000-", null]]);
  const other: Answer = () => new Response(new Uint8Array(CONTENT.length));
  const wrong = await download([other, other], { part: new Uint8Array(1000) });
  assert.match(wrong.failure!.message, /not the published file: SHA-256 .* instead of/);
  assert.equal(wrong.ranges.length, 2);
  assert.equal(wrong.left, undefined);
});

Deno.test("a file without end is not written to the disk", async () => {
  const endless: Answer = () =>
    new Response(
      new ReadableStream({ pull: (controller) => controller.enqueue(new Uint8Array(20_000)) }),
    );
  const { failure, left, done } = await download([endless]);
  assert.match(failure!.message, /not the published file/);
  assert.ok(Math.max(...done) < 2 * CONTENT.length);
  assert.equal(left, undefined);
});

Deno.test("what asking again can't change is said at once", async () => {
  const missing = await download([() => new Response("no", { status: 404 })]);
  assert.match(
    missing.failure!.message,
    /file\.whl from 127\.0\.0\.1:\d+: the server answered 404/,
  );
  assert.equal(missing.ranges.length, 1);
  const denied = await download([() => new Response("no", { status: 403 })]);
  assert.match(denied.failure!.message, /403 .*user and password/);
});

Deno.test("a server that sends another range than asked is asked for the whole file", async () => {
  const other: Answer = () =>
    new Response("abc", { status: 206, headers: { "content-range": "bytes 5-7/50000" } });
  const { failure, ranges } = await download([other], { part: CONTENT.slice(0, 10) });
  assert.deepEqual([failure, ranges], [undefined, ["bytes=10-", null]]);
});

Deno.test("a server that does not go away is left after some tries, with what to do", async () => {
  const cut: Answer = () => cutAfter(CONTENT, 20_000);
  const busy = Array<Answer>(12).fill(() => new Response("later", { status: 503 }));
  const { failure, left } = await download([cut, ...busy]);
  assert.match(failure!.message, /file\.whl from .*answered 503.*go on where it stopped/);
  assert.equal(left!.length, 20_000);
});
