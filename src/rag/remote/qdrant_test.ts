import assert from "node:assert/strict";
import { inTempFolder } from "../../onnx/checkpoint_double.ts";
import { corpusStoreDouble } from "../index/corpus_store_double.ts";
import { createVectorSearch } from "../search/vector_search.ts";
import { buildVectorIndex } from "../vector/build_vector_index.ts";
import { embedderDouble } from "../vector/embedder_double.ts";
import { VectorIndex } from "../vector/vector_index.ts";
import { buildQdrantIndex, type BuildQdrantOptions } from "./build_qdrant.ts";
import { once } from "./http_double.ts";
import { qdrantDouble } from "./qdrant_double.ts";
import { ABOUT_POINT } from "./qdrant_schema.ts";
import { openQdrant } from "./qdrant_search.ts";
import { connectionDouble, manyArticles } from "./remote_setup_double.ts";

const ADDRESS = "qdrant://localhost/laws";
const store = manyArticles(300);

function build(
  server: ReturnType<typeof qdrantDouble>,
  options: Partial<BuildQdrantOptions> = {},
  connect: Parameters<typeof connectionDouble>[1] = {},
) {
  const { connection, notes } = connectionDouble(ADDRESS, { fetch: server.fetch, ...connect });
  const embedder = embedderDouble({ dimensions: 256 });
  const report = buildQdrantIndex({
    connection,
    store,
    corpusSha256: "abc",
    embedder,
    passagesAtOnce: 16,
    pollMs: 1,
    ...options,
  });
  return { report, notes, embedder };
}

const open = (
  server: ReturnType<typeof qdrantDouble>,
  embedder = embedderDouble({ dimensions: 256 }),
  corpusSha256 = "abc",
) =>
  openQdrant({
    connection: connectionDouble(ADDRESS, { fetch: server.fetch }).connection,
    store,
    corpusSha256,
    embedder,
    rebuildCommand: "houqa rebuild",
  });

for (const grain of ["unit", "row"] as const) {
  Deno.test(`the server finds what the local vectors find (${grain})`, () =>
    inTempFolder(async (folder) => {
      const server = qdrantDouble();
      await build(server, { grain }).report;
      const remote = await open(server);
      const embedder = embedderDouble({ dimensions: 256 });
      await buildVectorIndex({ store, corpusDigest: "abc", embedder, folder, grain });
      const index = await VectorIndex.open({
        folder,
        corpus: { digest: "abc", units: store.unitCount, rows: store.rowCount },
        embedder: embedder.identity,
        rebuildCommand: "",
      });
      const local = createVectorSearch({ index, embedder, store });
      assert.equal(remote.type, "vector");
      for (const query of ["保険の届出は何日以内か", "帳簿を備え置く", "罰金及び公告"]) {
        const expected = await local.search(query, 20);
        const found = await remote.search(query, 20);
        assert.equal(found.length, 20);
        assert.equal(new Set(found.map(({ unit }) => unit)).size, 20);
        // One byte a number locally, whole numbers there: ties may change places.
        found.forEach(({ unit, bestRow, score }, at) => {
          assert.ok(Math.abs(score - expected[at]!.score) < 0.01);
          assert.equal(store.row(bestRow).unit, unit);
        });
        const best = expected[0]!.score;
        assert.ok(
          expected.filter(({ score }) => score > best - 0.01)
            .some(({ unit }) => unit === found[0]!.unit),
        );
      }
      assert.equal((await remote.search("保険", 5000)).length, 300);
      await remote.close();
      await local.close();
    }));
}

Deno.test("a collection says what it is; the alias moves at the end, and the old one goes", async () => {
  const server = qdrantDouble();
  const deleted = corpusStoreDouble([{
    title: "旧法",
    articles: { "1": "旧条文。", "2": "新条文。" },
  }]);
  const old = await build(server, { store: deleted, corpusSha256: "old" }).report;
  assert.equal(server.aliases.get("laws"), old.name);
  const { report, notes } = build(server);
  const [, yellow] = await Promise.all([
    report,
    (async () => {
      while (server.collections.size < 2) await new Promise((resolve) => setTimeout(resolve, 1));
      const name = [...server.collections.keys()].find((one) => one !== old.name)!;
      server.collections.get(name)!.states.push("yellow", "grey");
      assert.equal(server.aliases.get("laws"), old.name);
      return name;
    })(),
  ]);
  const { name, sent, total } = await report;
  assert.equal(name, yellow);
  assert.deepEqual([sent, total], [300, 300]);
  assert.deepEqual([...server.collections.keys()], [name]);
  assert.equal(server.aliases.get("laws"), name);
  assert.ok(notes.some((note) => /connecting the vectors/.test(note)));
  assert.ok(server.log.includes(`PATCH /collections/${name}`));
  const { points, config } = server.collections.get(name)!;
  assert.equal(points.size, 301);
  assert.deepEqual(points.get(7)!.payload, { unit: 7 });
  assert.deepEqual(config.quantization_config.scalar.type, "int8");
  const about = points.get(ABOUT_POINT)!.payload;
  assert.deepEqual([about.corpus.sha256, about.embedder.model, about.is_complete], [
    "abc",
    "double",
    true,
  ]);
  const again = build(server);
  assert.equal((await again.report).sent, 0);
  assert.equal(again.embedder.asked.length, 0);
});

Deno.test("cut off, a build goes on where the server is, and embeds a batch twice at most", async () => {
  const server = qdrantDouble();
  let upserts = 0;
  const embedder = embedderDouble({ dimensions: 256 });
  for (const pattern of [/PUT .*points/, /PUT \/collections\/laws-\w+$/, /POST .*count/]) {
    server.faults.push(once(pattern, "cut after"));
  }
  const controller = new AbortController();
  server.faults.push(({ method, path }) => {
    if (method === "PUT" && path.endsWith("/points") && ++upserts === 16) controller.abort();
    return undefined;
  });
  await assert.rejects(build(server, { embedder, signal: controller.signal }).report, {
    name: "AbortError",
  });
  assert.equal(server.aliases.size, 0);
  const { report, notes } = build(server, { embedder });
  const { sent } = await report;
  assert.match(notes[0]!, /Going on .* of 300 are embedded/);
  assert.ok(sent > 100 && sent < 300);
  assert.ok(embedder.asked.length >= 300 && embedder.asked.length <= 316);
  assert.equal(server.collections.get((await report).name)!.points.size, 301);
});

Deno.test("what is foreign, incomplete or lost is refused", async () => {
  const server = qdrantDouble({ apiKey: "k" });
  const keyed = { credentials: () => ({ "api-key": "k" }) };
  await assert.rejects(build(server).report, {
    name: "UsageError",
    message: /HOUQA_QDRANT_API_KEY/,
  });
  await assert.rejects(build(qdrantDouble({ version: "1.9.2" })).report, {
    name: "UsageError",
    message: /1\.10 or newer/,
  });
  assert.equal((await build(server, {}, keyed).report).sent, 300);
  const plain = qdrantDouble();
  await assert.rejects(open(plain), {
    name: "UsageError",
    message: /no alias "laws".*houqa rebuild/,
  });
  const { name } = await build(plain).report;
  await assert.rejects(open(plain, embedderDouble({ dimensions: 256, digest: "sha256:x" })), {
    name: "UsageError",
    message: /embedding model double.*digest.*houqa rebuild/,
  });
  await assert.rejects(open(plain, undefined, "d"), { message: /another corpus \(300 articles/ });
  const { points } = plain.collections.get(name)!;
  const about = points.get(ABOUT_POINT)!;
  points.set(ABOUT_POINT, { ...about, payload: { ...about.payload, is_complete: false } });
  await assert.rejects(open(plain), { message: /not complete. Go on with/ });
  points.delete(9);
  await assert.rejects(build(plain).report, {
    name: "CannotContinueError",
    message: /has 299 of 300 vectors/,
  });
  points.delete(ABOUT_POINT);
  await assert.rejects(build(plain).report, { message: /299 points that houqa did not make/ });
  plain.aliases.clear();
  plain.collections.set("laws", plain.collections.get(name)!);
  await assert.rejects(build(plain).report, { message: /"laws" .* is a collection that houqa/ });
});
