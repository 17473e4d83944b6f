import assert from "node:assert/strict";
import { loadDataset } from "../../dataset/load_dataset.ts";
import type { Law } from "../corpus/law.ts";
import { openCorpus } from "../corpus/open_corpus.ts";
import { buildIndex } from "../index/build_index.ts";
import { withIndexFolder } from "../index/index_double.ts";
import { openIndex } from "../index/open_index.ts";
import { createBm25Search } from "../search/bm25_search.ts";
import { buildOpenSearchIndex } from "./build_opensearch.ts";
import { once } from "./http_double.ts";
import { openSearchDouble, type OpenSearchDoubleOptions } from "./opensearch_double.ts";
import { openOpenSearch } from "./opensearch_search.ts";
import { openTextStore } from "./open_text_store.ts";
import { connectionDouble, manyArticles } from "./remote_setup_double.ts";
import type { CorpusStore } from "../index/corpus_store.ts";

const ADDRESS = "opensearch://localhost/laws";

/** A double with an index of a store, and a search over it. */
async function searchOver(
  store: CorpusStore,
  sha256: string,
  options: OpenSearchDoubleOptions = {},
) {
  const server = openSearchDouble(options);
  const connect = () => connectionDouble(ADDRESS, { fetch: server.fetch, retries: 1 });
  await buildOpenSearchIndex({ connection: connect().connection, store, corpusSha256: sha256 });
  const corpus = { sha256, units: store.unitCount, rows: store.rowCount };
  const { connection, notes } = connect();
  const search = await openOpenSearch({ connection, corpus, rebuildCommand: "again" });
  return { server, search, notes };
}

async function demoLaws(): Promise<Law[]> {
  const folder = new URL("../../../datasets/demo/laws", import.meta.url).pathname;
  return await Array.fromAsync((await openCorpus(folder, { today: "20240401" })).laws());
}

async function demoQueries(): Promise<string[]> {
  const file = new URL("../../../datasets/demo/questions.json", import.meta.url).pathname;
  const { questions } = await loadDataset(file);
  return questions.slice(0, 60).map(({ question, choices }) =>
    [question, ...Object.values(choices)].join("\n")
  );
}

Deno.test("the server finds what the local index finds, with the same scores but for a factor", () =>
  withIndexFolder(async (folder) => {
    await buildIndex(await demoLaws(), folder);
    const index = await openIndex(folder);
    const local = createBm25Search(index);
    const texts = await openTextStore(folder);
    assert.deepEqual(texts.store.unit(3), index.corpus.unit(3));
    const sha256 = texts.manifest.corpus.sha256;
    const exact = await searchOver(texts.store, sha256, { exactLengths: true });
    const rounded = await searchOver(texts.store, sha256);
    const { rows, parameters } = { rows: index.corpus.rowCount, parameters: { k1: 1.2 } };
    assert.ok(rows > 100 && rows < 1000, "below 1,000 rows the local index leaves no term out");
    let sameFirst = 0;
    let sameTen = 0;
    const queries = await demoQueries();
    for (const query of queries) {
      const expected = await local.search(query, 10);
      assert.equal(expected.length, 10);
      const found = await exact.search.search(query, 10);
      assert.deepEqual(found.map(({ unit }) => unit), expected.map(({ unit }) => unit), query);
      found.forEach(({ score, bestRow }, at) => {
        const { score: localScore, bestRow: localRow } = expected[at]!;
        // Lucene leaves the constant k1 + 1 out of the formula, and rounds to floats.
        const ratio = score * (parameters.k1 + 1) / localScore;
        assert.ok(Math.abs(ratio - 1) < 1e-6, `${score} and ${localScore}`);
        assert.equal(bestRow, localRow);
      });
      // As it is in Lucene, with lengths of four significant bits.
      const real = await rounded.search.search(query, 10);
      if (real[0]!.unit === expected[0]!.unit) sameFirst++;
      const units = new Set(expected.map(({ unit }) => unit));
      sameTen += real.filter(({ unit }) => units.has(unit)).length;
    }
    assert.ok(sameFirst >= 0.95 * queries.length, `${sameFirst} of ${queries.length} first`);
    assert.ok(sameTen >= 0.95 * 10 * queries.length, `${sameTen} of ${10 * queries.length} in ten`);
    texts.close();
    texts.close();
    await Promise.all([local.close(), exact.search.close(), rounded.search.close()]);
  }));

Deno.test("articles come once each, also where one article has all of the best rows", async () => {
  const store = manyArticles(200);
  const { search, server } = await searchOver(store, "many");
  assert.equal(search.type, "bm25");
  assert.match(search.source, /^OpenSearch 2\.19\.1, opensearch\+http:\/\/localhost:9200\/laws/);
  const query = "保険の届出は何日以内にしなければならないか";
  for (const limit of [1, 3, 50, 200]) {
    const hits = await search.search(query, limit);
    assert.equal(hits.length, limit);
    assert.equal(new Set(hits.map(({ unit }) => unit)).size, limit);
    hits.forEach(({ unit, score, bestRow }, at) => {
      assert.equal(store.row(bestRow).unit, unit);
      assert.ok(at === 0 || score <= hits[at - 1]!.score);
    });
  }
  // A page of rows that belong to one article: the server gathers.
  server.faults.push(({ path, text }) => {
    const body = path.endsWith("_search") ? JSON.parse(text) : {};
    if (body.collapse !== undefined || body.size === undefined) return undefined;
    const hit = { sort: [1, 0], fields: { unit: [0] } };
    return { body: { hits: { hits: Array(body.size).fill(hit) } } };
  });
  const gathered = await search.search(query, 3);
  assert.deepEqual(gathered, (await search.search(query, 200)).slice(0, 3));
  assert.equal(server.faults.length, 0);
});

Deno.test("nothing is asked for an empty query; too long a one says what is left out", async () => {
  const { search, server, notes } = await searchOver(manyArticles(10), "few");
  server.log.length = 0;
  assert.deepEqual(await search.search("、 。", 5), []);
  assert.deepEqual(await search.search("保険", 0), []);
  assert.equal(server.log.length, 0);
  const long = Array.from({ length: 1500 }, (_, at) => String.fromCharCode(0x4e00 + at)).join("");
  assert.deepEqual(await search.search(long, 5), []);
  assert.match(notes[0]!, /1499 different bigrams: the first 1000/);
  await assert.rejects(search.search("保険", 5, AbortSignal.abort()), { name: "AbortError" });
});

Deno.test("a search that fails says so; a busy server is asked again", async () => {
  const { search, server } = await searchOver(manyArticles(10), "few");
  server.faults.push(once(/_search/, { status: 503, body: { error: "no shard" } }));
  assert.equal((await search.search("保険", 5)).length, 4);
  server.faults.push(once(/_search/, { body: { hits: {} } }));
  await assert.rejects(search.search("保険", 5), {
    name: "CannotContinueError",
    message: /unknown form \(hits\.hits: /,
  });
  server.faults.push(once(/_search/, { body: "<html>proxy</html>" }));
  await assert.rejects(search.search("保険", 5), { name: "UsageError", message: /else than JSON/ });
  server.faults.push(once(/_search/, { status: 400, body: { error: { type: "t", reason: "r" } } }));
  await assert.rejects(search.search("保険", 5), /refused POST .* \(400\): t: r/);
  await search.close();
  await search.close();
});
