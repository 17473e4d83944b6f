import assert from "node:assert/strict";
import { join } from "node:path";
import { sha256Hex } from "../../dataset/sha256.ts";
import { CannotContinueError } from "../../settings/cannot_continue_error.ts";
import { UsageError } from "../../settings/usage_error.ts";
import { EgovConnection, type EgovConnectionOptions } from "./egov_connection.ts";
import { cutShort, type EgovDouble, type EgovDoubleLaw, startEgovDouble } from "./egov_double.ts";
import { fetchLaws, type FetchLawsOptions } from "./fetch_laws.ts";
import { inFolder, zipOf } from "./law_corpus_double.ts";
import { openCorpus } from "./open_corpus.ts";
import { plainLawXml } from "./law_xml_double.ts";

const KINSHO = "323AC0000000025";
const SHAKUCHI = "403AC0000000090";
const LAWS: EgovDoubleLaw[] = ([
  [KINSHO, "昭和二十三年法律第二十五号", "金融商品取引法", "金商法,金取法"],
  ["340CO0000000321", "昭和四十年政令第三百二十一号", "金融商品取引法施行令", ""],
  [SHAKUCHI, "平成三年法律第九十号", "借地借家法", ""],
  [
    "335AC0000000145",
    "昭和三十五年法律第百四十五号",
    "医薬品、医療機器等の品質、有効性及び安全性の確保等に関する法律",
    "",
  ],
  ["101AC0000000001", "明治一年法律第一号", "同名法", ""],
  ["102AC0000000002", "明治二年法律第二号", "同名法", ""],
] as const).map(([id, num, title, abbrev]) => ({
  id,
  num,
  title,
  abbrev,
  xml: plainLawXml(2, title, num),
}));

interface Setup {
  readonly server: EgovDouble;
  readonly folder: string;
  readonly lines: string[];
  readonly warnings: string[];
  fetch(
    options?: Partial<FetchLawsOptions>,
    connection?: Partial<EgovConnectionOptions>,
  ): ReturnType<typeof fetchLaws>;
  manifest(): Promise<Record<string, unknown>[]>;
}

async function withServer(
  run: (setup: Setup) => Promise<void>,
  laws: readonly EgovDoubleLaw[] = LAWS,
): Promise<void> {
  await inFolder(async (parent) => {
    const server = startEgovDouble(laws);
    const folder = join(parent, "egov_xml");
    const lines: string[] = [];
    const warnings: string[] = [];
    try {
      await run({
        server,
        folder,
        lines,
        warnings,
        fetch: (options = {}, connection = {}) =>
          fetchLaws(
            new EgovConnection({
              environment: server.environment,
              onWarning: (message) => warnings.push(message),
              retryMs: 5,
              retries: 2,
              intervalMs: 0,
              ...connection,
            }),
            {
              folder,
              print: (line) => lines.push(line),
              now: () => new Date("2026-01-02T03:04:05Z"),
              ...options,
            },
          ),
        manifest: async () =>
          JSON.parse(await Deno.readTextFile(join(folder, "manifest.json"))).files,
      });
    } finally {
      await server.close();
    }
  });
}

const names = async (folder: string) =>
  (await Array.fromAsync(Deno.readDir(folder))).map(({ name }) => name).sort()
    .filter((name) => name !== ".lock");

Deno.test("laws are fetched by id, number, title, 略称 and common abbreviation", () =>
  withServer(async ({ server, folder, fetch, manifest, lines }) => {
    const result = await fetch({
      names: [KINSHO, "平成三年法律第九十号", "金融商品取引法施行令", "薬機法"],
    });
    assert.deepEqual(result, { fetched: 4, present: 0, missing: [] });
    assert.equal(lines.length, 4);
    const entries = await manifest();
    const file = `${KINSHO}_20240401_504AC0000000068.xml`;
    const bytes = await Deno.readFile(join(folder, file));
    const sha256 = await sha256Hex(bytes);
    assert.deepEqual(entries.find((entry) => entry.law_id === KINSHO), {
      file,
      url: `${server.environment.apiUrl}/law_data/${KINSHO}` +
        "?response_format=xml&law_full_text_format=xml",
      sha256,
      size_bytes: bytes.length,
      fetched_at: "2026-01-02T03:04:05.000Z",
      law_id: KINSHO,
      law_num: "昭和二十三年法律第二十五号",
      law_title: "金融商品取引法",
      revision_id: `${KINSHO}_20240401_504AC0000000068`,
      asked_as: [KINSHO],
    });
    const corpus = await openCorpus(folder, { today: "20260101" });
    assert.equal((await Array.fromAsync(corpus.laws())).length, 4);
    for (const { headers } of server.requests) {
      assert.match(headers.get("user-agent") ?? "", /^houqa\/\d+\.\d+\.\d+/);
    }
  }));

Deno.test("what is there and right is not fetched again; what was changed is", () =>
  withServer(async ({ server, folder, fetch }) => {
    await fetch({ names: ["金商法", SHAKUCHI] });
    const before = server.requests.length;
    assert.deepEqual(await fetch({ names: ["金商法", KINSHO, "借地借家法"] }), {
      fetched: 0,
      present: 3,
      missing: [],
    });
    assert.equal(server.requests.length, before);
    const path = join(folder, `${SHAKUCHI}_20240401_504AC0000000068.xml`);
    await Deno.writeTextFile(path, "x");
    assert.equal((await fetch({ names: [SHAKUCHI] })).fetched, 1);
    assert.match(await Deno.readTextFile(path), /借地借家法/);
    assert.equal((await fetch({ names: [SHAKUCHI], refresh: true })).fetched, 1);
  }));

Deno.test("a name without a law, and one of several laws, are said; the others are fetched", () =>
  withServer(async ({ fetch }) => {
    const result = await fetch({ names: ["無い法", "999AC0000000000", SHAKUCHI] });
    assert.equal(result.fetched, 1);
    assert.deepEqual(result.missing, [
      "無い法: e-Gov has no law in force of that name, id or number",
      "999AC0000000000: e-Gov has no law in force of that name, id or number",
    ]);
    await assert.rejects(
      fetch({ names: ["同名法"] }),
      (error) =>
        error instanceof UsageError &&
        /2 laws are named 同名法: 101AC0000000001, 102AC0000000002/.test(error.message),
    );
  }));

Deno.test("a repealed law of the same name does not count", () =>
  withServer(async ({ fetch }) => {
    assert.deepEqual((await fetch({ names: ["同名法"] })).fetched, 1);
  }, LAWS.map((law) => law.id.startsWith("101") ? { ...law, repealStatus: "Repeal" } : law)));

Deno.test("a busy server is asked again, when it says so", () =>
  withServer(async ({ server, fetch, warnings }) => {
    server.faults.push(
      () => new Response("", { status: 503 }),
      () => new Response("", { status: 429, headers: { "retry-after": "1" } }),
    );
    const started = performance.now();
    assert.equal((await fetch({ names: [KINSHO] })).fetched, 1);
    assert.ok(performance.now() - started >= 1000);
    assert.equal(server.requests.length, 3);
    assert.match(warnings.join(), /answered 429; trying again in 1 s\./);
  }));

Deno.test("a server that stays away ends it, and what was fetched stays", () =>
  withServer(async ({ server, folder, fetch }) => {
    await fetch({ names: [KINSHO] });
    server.faults.push(...Array(3).fill(() => new Response("", { status: 500 })));
    await assert.rejects(
      fetch({ names: [SHAKUCHI] }),
      (error) =>
        error instanceof CannotContinueError &&
        /answered 500\. Run the command again/.test(error.message),
    );
    server.faults.push(() =>
      new Response("", { status: 503, headers: { "retry-after": "86400" } })
    );
    await assert.rejects(fetch({ names: [SHAKUCHI] }), /answered 503/);
    assert.deepEqual(await names(folder), [
      `${KINSHO}_20240401_504AC0000000068.xml`,
      "manifest.json",
    ]);
    assert.equal((await fetch({ names: [KINSHO, SHAKUCHI] })).fetched, 1);
  }));

Deno.test("answers that are no law, another law, cut off or silent never become files", () =>
  withServer(async ({ server, folder, fetch }) => {
    server.faults.push(() => new Response("<html>sorry</html>"));
    const noLaw = await fetch({ names: [KINSHO] });
    assert.match(noLaw.missing.join(), /no Law element/);
    server.faults.push((_, answer) => {
      return new Response(
        answer.body!.pipeThrough(new TextDecoderStream()).pipeThrough(
          new TransformStream({
            transform: (text, controller) => controller.enqueue(text.replaceAll(KINSHO, SHAKUCHI)),
          }),
        ).pipeThrough(new TextEncoderStream()),
      );
    });
    assert.match((await fetch({ names: [KINSHO] })).missing.join(), /the server sent 403AC/);
    assert.deepEqual(await names(folder), []);

    const silent = () => new Response(new ReadableStream({ start() {} }));
    server.faults.push(silent, silent, silent);
    await assert.rejects(fetch({ names: [KINSHO] }, { silenceMs: 50 }), /sent nothing for 0.05 s/);
    assert.deepEqual(await names(folder), []);
  }));

Deno.test("two processes at once fetch into a folder one after the other", () =>
  withServer(async ({ server, fetch, warnings, manifest }) => {
    await Promise.all([fetch({ names: [KINSHO] }), fetch({ names: [KINSHO, SHAKUCHI] })]);
    assert.match(warnings.join(), /Another process is fetching into .*; waiting for it\./);
    assert.equal(server.requests.length, 2);
    assert.equal((await manifest()).length, 2);
  }));

Deno.test("requests keep their distance", () =>
  withServer(async ({ server, fetch }) => {
    await fetch({ names: [KINSHO, SHAKUCHI, "340CO0000000321"] }, { intervalMs: 80 });
    const times = server.requests.map(({ atMs }) => atMs);
    for (let i = 1; i < times.length; i++) assert.ok(times[i]! - times[i - 1]! >= 70);
  }));

async function bulkZip(laws = 3): Promise<Uint8Array<ArrayBuffer>> {
  const files: Record<string, string> = { "all_law_list.csv": "x" };
  for (let i = 0; i < laws; i++) {
    const id = `40${i}AC000000000${i}_20200101_000000000000000`;
    files[`${id}/${id}.xml`] = plainLawXml(20, `法${i}`, `第${i}号`);
  }
  return await zipOf(files);
}

Deno.test("the archive of all laws is fetched once, with its digest", () =>
  withServer(async ({ server, folder, fetch, manifest, lines }) => {
    const bytes = server.bulk.bytes = await bulkZip();
    const progress: number[] = [];
    await fetch({ onProgress: ({ doneBytes }) => progress.push(doneBytes) });
    assert.deepEqual(await names(folder), ["all_xml.zip", "manifest.json"]);
    assert.deepEqual(await manifest(), [{
      file: "all_xml.zip",
      url: server.environment.bulkUrl,
      sha256: await sha256Hex(bytes),
      size_bytes: bytes.length,
      fetched_at: "2026-01-02T03:04:05.000Z",
    }]);
    assert.equal(progress.at(-1), bytes.length);
    assert.match(lines[0]!, /3 law files/);
    assert.deepEqual(await fetch(), { fetched: 0, present: 1, missing: [] });
    assert.equal(server.requests.length, 1);
    assert.match(lines[1]!, /there already \(of 2026-01-02/);
  }));

Deno.test("a cut connection is taken up where it ended, if the archive is still the same", () =>
  withServer(async ({ server, folder, fetch }) => {
    const bytes = await bulkZip();
    server.bulk = { bytes, etag: '"v1"' };
    for (const size of [300, 500]) server.faults.push((_, answer) => cutShort(answer, size));
    await fetch();
    assert.deepEqual(await Deno.readFile(join(folder, "all_xml.zip")), bytes);
    const asked = server.requests.map((
      { headers },
    ) => [headers.get("range"), headers.get("if-range")]);
    assert.deepEqual(asked, [[null, null], ["bytes=300-", '"v1"'], ["bytes=800-", '"v1"']]);
    assert.deepEqual(await names(folder), ["all_xml.zip", "manifest.json"]);
  }));

Deno.test("an archive that is another one by then, or has no ETag, is fetched anew", () =>
  withServer(async ({ server, folder, fetch, warnings }) => {
    const bytes = await bulkZip();
    server.bulk = { bytes: await bulkZip(2), etag: '"v1"' };
    server.faults.push((_, answer) => {
      server.bulk = { bytes, etag: '"v2"' };
      return cutShort(answer, 300);
    });
    await fetch();
    assert.deepEqual(await Deno.readFile(join(folder, "all_xml.zip")), bytes);
    assert.match(warnings.join(), /starting anew/);
    assert.equal(server.requests.at(-1)!.headers.get("if-range"), '"v1"');

    for (const bulk of [{ bytes }, { bytes, etag: 'W/"weak"' }]) {
      server.bulk = bulk;
      server.faults.push((_, answer) => cutShort(answer, 300));
      await fetch({ refresh: true });
      assert.equal(server.requests.at(-1)!.headers.get("range"), null);
      assert.deepEqual(await Deno.readFile(join(folder, "all_xml.zip")), bytes);
    }
    server.bulk = { bytes, etag: '"v3"', knowsRanges: false };
    server.faults.push((_, answer) => cutShort(answer, 300));
    await fetch({ refresh: true });
    assert.deepEqual(await Deno.readFile(join(folder, "all_xml.zip")), bytes);
  }));

Deno.test("the next run goes on where a killed one stopped", () =>
  withServer(async ({ server, folder, fetch }) => {
    const bytes = await bulkZip();
    server.bulk = { bytes, etag: '"v1"' };
    const refuse = () => new Response("", { status: 500 });
    server.faults.push((_, answer) => cutShort(answer, 400), ...Array(5).fill(refuse));
    await assert.rejects(fetch(), CannotContinueError);
    assert.deepEqual(await names(folder), ["all_xml.zip.part", "all_xml.zip.part.json"]);
    server.faults.length = 0;
    await fetch();
    assert.equal(server.requests.at(-1)!.headers.get("range"), "bytes=400-");
    assert.deepEqual(await Deno.readFile(join(folder, "all_xml.zip")), bytes);

    // A part that is longer than the file, and a server that sends another part than was asked for.
    await Deno.writeFile(join(folder, "all_xml.zip.part"), new Uint8Array(bytes.length + 5));
    const state = { url: server.environment.bulkUrl, validator: '"v1"' };
    await Deno.writeTextFile(join(folder, "all_xml.zip.part.json"), JSON.stringify(state));
    await fetch({ refresh: true });
    assert.deepEqual(await Deno.readFile(join(folder, "all_xml.zip")), bytes);
    await Deno.writeFile(join(folder, "all_xml.zip.part"), bytes.subarray(0, 50));
    await Deno.writeTextFile(join(folder, "all_xml.zip.part.json"), JSON.stringify(state));
    server.faults.push((_, answer) => {
      answer.headers.set("content-range", `bytes 10-${bytes.length - 1}/${bytes.length}`);
      return answer;
    });
    await fetch({ refresh: true });
    assert.deepEqual(await Deno.readFile(join(folder, "all_xml.zip")), bytes);
  }));

Deno.test("what is no archive, not there, or too large for the disk is said", () =>
  withServer(async ({ server, folder, fetch }) => {
    server.bulk = { bytes: new TextEncoder().encode("<html>maintenance</html>") };
    await assert.rejects(
      fetch(),
      (error) =>
        error instanceof CannotContinueError &&
        /127\.0\.0\.1:\d+ sent no archive of laws\. It was thrown away\./.test(error.message),
    );
    server.bulk = { bytes: await zipOf({ "readme.txt": "x" }) };
    await assert.rejects(fetch(), /sent no archive of laws/);
    assert.deepEqual(await names(folder), []);
    server.faults.push(() => new Response("", { status: 404 }));
    await assert.rejects(fetch(), /can't be had: .* answered 404\. Set HOUQA_EGOV_BULK_URL/);
    server.bulk = { bytes: await bulkZip() };
    await assert.rejects(
      fetch({ freeBytes: () => Promise.resolve(100) }),
      /still needs 1 MB, but the disk of .* has 1 MB left/,
    );
    // A length that is not the body's.
    server.faults.push(
      ...Array(6).fill((_: Request, answer: Response) => cutShort(answer, 200)),
    );
    await assert.rejects(fetch(), CannotContinueError);
  }));
