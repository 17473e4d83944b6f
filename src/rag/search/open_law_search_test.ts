import assert from "node:assert/strict";
import { join } from "node:path";
import { UsageError } from "../../settings/usage_error.ts";
import { buildIndex } from "../index/build_index.ts";
import { lawDouble } from "../index/index_double.ts";
import { writeCrossEncoderDouble } from "../rerank/cross_encoder_double.ts";
import { writeEmbeddingDouble } from "../vector/embedding_model_double.ts";
import {
  LAWS,
  type SearchConfigChanges,
  searchConfigDouble,
  writeSearchDouble,
} from "./law_search_double.ts";
import { openLawSearch } from "./open_law_search.ts";

type Place = Awaited<ReturnType<typeof writeSearchDouble>> & { readonly folder: string };

async function withPlace(action: (place: Place) => Promise<void>): Promise<void> {
  const folder = await Deno.makeTempDir();
  try {
    await action({ folder, ...await writeSearchDouble(folder) });
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

const QUERY = "配達の記録の帳簿は何年間保存するか";
const LEDGER = 2;

/** Units found, the search's name and what is told about it. */
async function found(index: string, changes: SearchConfigChanges, query = QUERY, limit = 6) {
  const notes: string[] = [];
  const config = searchConfigDouble(index, changes);
  const laws = await openLawSearch(config, { onNote: (note) => notes.push(note) });
  try {
    const hits = await laws.search.search(query, limit);
    return { hits, units: hits.map(({ unit }) => unit), laws, notes };
  } finally {
    await laws.close();
    await laws.close();
  }
}

Deno.test("every retriever finds, says what it is made of, and closes twice", () =>
  withPlace(async ({ index, vectorStore, model }) => {
    const bm25 = await found(index, {});
    assert.equal(bm25.units[0], LEDGER);
    assert.equal(bm25.laws.search.type, "cite+bm25");
    const { description } = bm25.laws;
    assert.deepEqual(Object.keys(description), ["index", "citations"]);
    assert.deepEqual(
      { ...description.index, corpus_sha256: description.index.corpus_sha256.length },
      { folder: index, corpus_sha256: 64, laws: 2, articles: 6, rows: 6 },
    );
    assert.equal(description.citations, true);

    const plain = await found(index, { citations: false });
    assert.equal(plain.laws.search.type, "bm25");
    assert.equal(plain.laws.description.citations, false);

    const cite = await found(index, { retriever: "cite" }, "霧笛取締法第二条");
    assert.equal(cite.laws.search.type, "cite");
    assert.deepEqual(cite.units, [5]);
    assert.equal(cite.laws.description.citations, true);

    const vector = await found(index, { retriever: "vector", citations: false });
    assert.equal(vector.laws.search.type, "vector");
    assert.equal(vector.units.length, 6);
    assert.deepEqual(vector.laws.description.vectors, {
      source: vectorStore,
      model,
      model_digest: vector.laws.description.vectors!.model_digest,
      grain: "unit",
      approximate: false,
    });
    assert.match(vector.laws.description.vectors!.model_digest, /^sha256:[0-9a-f]{64}$/);

    const hybrid = await found(index, { retriever: "hybrid" });
    assert.equal(hybrid.laws.search.type, "cite+hybrid");
    assert.deepEqual(new Set(hybrid.units), new Set([0, 1, 2, 3, 4, 5]));
    assert.deepEqual(hybrid.laws.description.fusion, {
      method: "rrf",
      rrf_k: 60,
      vector_weight: 0.5,
      bm25_weight: 0.5,
      fetch_k_multiplier: 2,
    });
  }));

Deno.test("what comes first does not depend on how many are wanted", () =>
  withPlace(async ({ index, folder }) => {
    const model = await writeCrossEncoderDouble(join(folder, "reranker"));
    for (
      const changes of [
        { retriever: "bm25" },
        { retriever: "vector", mmr: { lambda: 0.3, fetchKMax: 50 } },
        { retriever: "hybrid", mmr: { lambda: 0.3, fetchKMax: 50 } },
        { retriever: "hybrid", reranker: { model, candidates: 2 } },
      ] satisfies SearchConfigChanges[]
    ) {
      const all = await found(index, changes);
      for (let limit = 1; limit < 6; limit++) {
        const some = await found(index, changes, QUERY, limit);
        assert.deepEqual(some.hits, all.hits.slice(0, limit), `${changes.retriever} ${limit}`);
      }
    }
  }));

Deno.test("weights decide a weighted fusion", () =>
  withPlace(async ({ index }) => {
    const fusionOf = (vectorWeight: number, bm25Weight: number) => ({
      method: "weighted" as const,
      rrfK: 60,
      vectorWeight,
      bm25Weight,
      fetchKMultiplier: 2,
    });
    const shared = { retriever: "hybrid", citations: false } as const;
    const words = await found(index, { ...shared, fusion: fusionOf(0, 1) });
    const bm25 = await found(index, { citations: false });
    assert.deepEqual(words.units.slice(0, bm25.units.length), bm25.units);
    const meaning = await found(index, { ...shared, fusion: fusionOf(1, 0) });
    const vector = await found(index, { retriever: "vector", citations: false });
    assert.deepEqual(meaning.units.slice(0, 5), vector.units.slice(0, 5));
    assert.notDeepEqual(words.units, meaning.units);
  }));

Deno.test("diversity changes the order of vectors and is described", () =>
  withPlace(async ({ index }) => {
    const shared = { retriever: "vector", citations: false } as const;
    const close = await found(index, { ...shared, mmr: { lambda: 1, fetchKMax: 50 } });
    const plain = await found(index, shared);
    assert.deepEqual(close.units, plain.units);
    assert.equal(plain.laws.description.mmr, undefined);
    const diverse = await found(index, { ...shared, mmr: { lambda: 0.1, fetchKMax: 50 } });
    assert.equal(diverse.units[0], plain.units[0]);
    assert.notDeepEqual(diverse.units, plain.units);
    assert.deepEqual(diverse.laws.description.mmr, { lambda: 0.1, fetch_k_max: 50 });
  }));

Deno.test("a reranker reads its candidates only, behind the citations", () =>
  withPlace(async ({ index, folder }) => {
    const model = await writeCrossEncoderDouble(join(folder, "reranker"));
    const changes = { reranker: { model, candidates: 2 } };
    const { units, laws, hits } = await found(index, { ...changes, citations: false });
    assert.equal(laws.search.type, "bm25+rerank");
    const plain = await found(index, { citations: false });
    assert.deepEqual(new Set(units.slice(0, 2)), new Set(plain.units.slice(0, 2)));
    assert.deepEqual(units.slice(2), plain.units.slice(2));
    assert.ok(hits.every(({ score }, at) => at === 0 || score <= hits[at - 1]!.score));
    const { reranker } = laws.description;
    assert.deepEqual([reranker!.model, reranker!.candidates], [model, 2]);
    const cited = await found(index, changes, "霧笛取締法第二条の帳簿");
    assert.equal(cited.laws.search.type, "cite+bm25+rerank");
    assert.equal(cited.units[0], 5);
  }));

Deno.test("vectors that are missing, or of another corpus or model, name the command", () =>
  withPlace(async ({ index, folder, model }) => {
    const refused = (changes: SearchConfigChanges, message: RegExp) =>
      assert.rejects(openLawSearch(searchConfigDouble(index, changes)), (error) => {
        assert.ok(error instanceof UsageError, String(error));
        assert.match(error.message, message);
        return true;
      });
    const nowhere = join(folder, "nowhere");
    await refused(
      { retriever: "vector", vectorStore: nowhere },
      /no vector index in .*nowhere\. Make it: houqa laws embed --index \S+ --vector-store \S+nowhere --embedding-model <model>$/,
    );
    await refused(
      { retriever: "hybrid", vectorStore: nowhere, embeddingModel: model },
      /Make it: houqa laws embed .*--embedding-model \S+\/model$/,
    );
    const other = await writeEmbeddingDouble(join(folder, "other"), { seed: 9 });
    await refused(
      { retriever: "vector", embeddingModel: other },
      /made with the embedding model .*model, and .*other is asked for/,
    );
    await refused(
      { retriever: "vector", vectorStore: "qdrant://127.0.0.1:1/laws" },
      /does not tell which model .* --embedding-model or EMBEDDING_MODEL/,
    );
    await refused(
      { textServer: "qdrant://127.0.0.1:1/laws" },
      /no address of OpenSearch.*opensearch\+https/,
    );
    await buildIndex([...LAWS, lawDouble("朝凪法", [["凪を定める。"]])], index);
    await refused(
      { retriever: "vector" },
      /another corpus \(6 articles.*Make it again: houqa laws/,
    );
    await refused({ index: nowhere }, /nowhere/);
  }));
