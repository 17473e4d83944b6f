import assert from "node:assert/strict";
import { corpusStoreDouble } from "../index/corpus_store_double.ts";
import { buildOpenSearchIndex, type BuildOpenSearchOptions } from "./build_opensearch.ts";
import { once } from "./http_double.ts";
import { indexNameFor, wantedAbout } from "./opensearch_schema.ts";
import { openSearchDouble } from "./opensearch_double.ts";
import { openOpenSearch } from "./opensearch_search.ts";
import { connectionDouble, manyArticles } from "./remote_setup_double.ts";

const ADDRESS = "opensearch+https://search.example/laws";
const store = manyArticles(700);
const corpus = { sha256: "ab".repeat(32), units: store.unitCount, rows: store.rowCount };

/** Builds into a double in batches of about 60 rows. */
function build(
  server: ReturnType<typeof openSearchDouble>,
  options: Partial<BuildOpenSearchOptions> = {},
  connect: Parameters<typeof connectionDouble>[1] = {},
) {
  const { connection, notes } = connectionDouble(ADDRESS, { fetch: server.fetch, ...connect });
  const report = buildOpenSearchIndex({
    connection,
    store,
    corpusSha256: corpus.sha256,
    batchBytes: 20_000,
    ...options,
  });
  return { report, notes };
}

const open = (server: ReturnType<typeof openSearchDouble>, wanted = corpus) =>
  openOpenSearch({
    connection: connectionDouble(ADDRESS, { fetch: server.fetch }).connection,
    corpus: wanted,
    rebuildCommand: "houqa rebuild",
  });

Deno.test("every row gets there once, the alias moves at the end, the old index goes then", async () => {
  const server = openSearchDouble();
  const small = corpusStoreDouble([{ title: "旧法", articles: { "1": "旧条文。" } }]);
  const old = await build(server, { store: small, corpusSha256: "old" }).report;
  assert.deepEqual([...server.aliases.get("laws")!], [old.name]);
  const whatAliasHas = new Set<string>();
  server.faults.push(({ path }) => {
    if (path.endsWith("_bulk")) whatAliasHas.add([...server.aliases.get("laws")!].join());
    return undefined;
  });
  const progress: number[] = [];
  const report = await build(server, { onProgress: ({ done }) => progress.push(done) }).report;
  assert.deepEqual([...whatAliasHas], [old.name]);
  assert.deepEqual([...server.indexes.keys()], [report.name]);
  assert.deepEqual([...server.aliases.get("laws")!], [report.name]);
  assert.deepEqual([report.sent, report.total, report.serverVersion], [2100, 2100, "2.19.1"]);
  assert.equal(report.name, indexNameFor("laws", wantedAbout(corpus)));
  const { visible, mappings, settings } = server.indexes.get(report.name)!;
  assert.deepEqual([...visible.keys()].map(Number).sort((a, b) => a - b), [...Array(2100).keys()]);
  assert.deepEqual(visible.get("4"), {
    row: 4,
    unit: 1,
    terms: visible.get("4").terms,
  });
  assert.equal(mappings._meta.is_complete, true);
  assert.equal(settings.index.refresh_interval, null);
  assert.deepEqual([progress[0], progress.at(-1)], [0, 2100]);
  const bulks = server.log.filter((line) => line.includes("_bulk")).length;
  assert.ok(bulks > 20 && bulks < 2100, `${bulks} requests`);
  assert.ok(server.mostAtOnce <= 4 && server.mostAtOnce > 1);
  // Once more: nothing is sent.
  server.log.length = 0;
  assert.equal((await build(server).report).sent, 0);
  assert.ok(!server.log.some((line) => /_bulk|DELETE|_aliases/.test(line)));
});

Deno.test("only rows that the server had no time for are sent again; Retry-After is kept", async () => {
  const server = openSearchDouble();
  const sizes: number[] = [];
  let refused = 0;
  // Every third row of the first request is refused, and its second request whole.
  server.faults.push(
    ({ path, text }) => {
      if (!path.endsWith("_bulk")) return undefined;
      const lines = text.split("\n").slice(0, -1);
      const items = [];
      const taken: string[] = [];
      for (let at = 0; at < lines.length; at += 2) {
        const { _id } = JSON.parse(lines[at]!).index;
        const busy = at % 3 === 0;
        if (busy) refused++;
        else taken.push(lines[at]!, lines[at + 1]!);
        items.push({
          index: busy
            ? { _id, status: 429, error: { type: "rejected_execution_exception", reason: "full" } }
            : { _id, status: 201 },
        });
      }
      const request = new Request("https://x/", { method: "POST" });
      server.answer({
        method: "POST",
        path,
        query: new URLSearchParams(),
        headers: request.headers,
        text: taken.join("\n") + "\n",
      });
      return { body: { errors: true, items } };
    },
    once(/_bulk/, { status: 429, headers: { "retry-after": "0.05" } }),
    ({ path, text }) => {
      if (path.endsWith("_bulk")) sizes.push(text.split("\n").length >> 1);
      return undefined;
    },
  );
  const started = performance.now();
  const { report, notes } = build(server, {}, { maxInFlight: 1 });
  assert.equal((await report).sent, 2100);
  assert.ok(performance.now() - started >= 50);
  assert.ok(notes.some((note) => /answered 429 .*trying again in 1 s/.test(note)));
  assert.ok(refused > 5);
  // The refused rows came alone, after the whole request was refused once.
  assert.equal(sizes[0], refused);
  assert.equal(server.indexes.get((await report).name)!.visible.size, 2100);
});

Deno.test("a cut connection is tried again, before or after the server did its part", async () => {
  for (const when of ["cut before", "cut after"] as const) {
    const server = openSearchDouble();
    for (const call of [/PUT \/laws-\w+$/, /_bulk/, /_bulk/, /_mapping/, /_aliases/, /_settings/]) {
      server.faults.push(once(call, when));
    }
    const { report } = build(server);
    assert.equal(server.indexes.get((await report).name)!.visible.size, 2100, when);
    assert.equal(server.faults.length, 0);
  }
});

Deno.test("a request that is too large is halved, down to one row", async () => {
  const server = openSearchDouble({ maxContentLength: 3000 });
  assert.equal((await build(server).report).sent, 2100);
  const tiny = openSearchDouble();
  for (let i = 0; i < 20; i++) tiny.faults.push(once(/_bulk/, { status: 413 }));
  await assert.rejects(build(tiny, {}, { maxInFlight: 1 }).report, {
    name: "CannotContinueError",
    message: /as large as row 0 .*http\.max_content_length/,
  });
});

Deno.test("cut off and started again, a build sends what is missing and nothing else", async () => {
  const server = openSearchDouble();
  const controller = new AbortController();
  await assert.rejects(
    build(server, {
      signal: controller.signal,
      onProgress: ({ done }) => done > 1500 && controller.abort(),
    }).report,
    { name: "AbortError" },
  );
  assert.equal(server.aliases.size, 0);
  const { report, notes } = build(server);
  const { sent, name } = await report;
  // Rows are looked for in ranges of 1,000: the first was whole.
  assert.equal(sent, 1100);
  assert.match(notes[0]!, /Going on .*: 1000 of 2100 rows/);
  assert.equal(server.indexes.get(name)!.visible.size, 2100);
});

Deno.test("trouble that stays ends the build with what to do", async () => {
  const dead = openSearchDouble();
  for (let i = 0; i < 50; i++) dead.faults.push(once(/./, "cut before"));
  await assert.rejects(build(dead, {}, { retries: 2 }).report, {
    name: "CannotContinueError",
    message:
      /OpenSearch at https:\/\/search.example:9200 can't be reached: .*run the command again/,
  });
  await assert.rejects(build(openSearchDouble({ authorization: "Basic x" })).report, {
    name: "UsageError",
    message: /\(401\). Set HOUQA_OPENSEARCH_USER/,
  });
  await assert.rejects(build(openSearchDouble({ version: "1.3.2" })).report, {
    name: "UsageError",
    message: /version 1\.3\.2; 2\.0 or newer/,
  });
  await assert.rejects(build(openSearchDouble({ distribution: "x" })).report, {
    name: "UsageError",
    message: /Elasticsearch 2\.19\.1/,
  });
  const forbidding = openSearchDouble();
  forbidding.faults.push(
    once(/PUT/, { status: 403, body: { error: { type: "security", reason: "no" } } }),
  );
  await assert.rejects(build(forbidding).report, {
    name: "UsageError",
    message: /does not allow this user PUT \/laws-.* \(403: security: no\)/,
  });
});

Deno.test("a name that is not houqa's, and an index that somebody changed, are left alone", async () => {
  const server = openSearchDouble();
  const foreign = await build(server).report;
  const index = server.indexes.get(foreign.name)!;
  server.indexes.set("laws", index);
  server.aliases.clear();
  await assert.rejects(build(server).report, {
    name: "UsageError",
    message: /"laws" .* is an index that houqa did not make/,
  });
  server.indexes.delete("laws");
  server.indexes.set("logs", index);
  server.aliases.set("laws", new Set(["logs"]));
  await assert.rejects(build(server).report, { message: /stands for the index logs/ });
  server.aliases.clear();
  index.mappings._meta = { owner: "somebody" };
  await assert.rejects(build(server).report, {
    name: "UsageError",
    message: /was not made by houqa. Delete it/,
  });
  const other = openSearchDouble();
  other.faults.push(({ path }) => {
    // Between creation and the first rows, somebody gives the field another type.
    if (path.endsWith("_bulk")) {
      for (const { mappings } of other.indexes.values()) mappings.properties.unit.type = "text";
    }
    return undefined;
  });
  await assert.rejects(build(other).report, {
    name: "CannotContinueError",
    message: /does not take row 0 .*mapper_parsing_exception: failed to parse field \[unit\]/,
  });
});

Deno.test("an index that is missing, foreign, stale or not complete is not searched", async () => {
  const server = openSearchDouble();
  const refuse = (message: RegExp, wanted = corpus) =>
    assert.rejects(open(server, wanted), { name: "UsageError", message });
  await refuse(/has no index "laws". Make it: houqa rebuild/);
  const { name } = await build(server).report;
  await refuse(/another corpus \(700 articles, 2100 rows, abab.*houqa rebuild/, {
    ...corpus,
    sha256: "c",
  });
  const { mappings } = server.indexes.get(name)!;
  const meta = mappings._meta;
  const changes = [
    [{ analyser: "law-bigrams-0" }, /terms are of law-bigrams-0/],
    [{ format_version: 9 }, /format is 9/],
    [{ bm25: { k1: 2, b: 0.5, heading_weight: 1 } }, /weighs by \{"k1":2/],
    [{ format: "x" }, /not made by houqa/],
    [{ is_complete: false }, /not complete. Go on with: houqa rebuild/],
  ] as const;
  for (const [change, message] of changes) {
    mappings._meta = { ...meta, ...change };
    await refuse(message);
  }
  mappings._meta = meta;
  server.indexes.set("laws-2", server.indexes.get(name)!);
  server.aliases.get("laws")!.add("laws-2");
  await refuse(/stands for laws-.* and laws-2/);
});
