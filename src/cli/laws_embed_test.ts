import assert from "node:assert/strict";
import { join } from "node:path";
import { writeTinyModel } from "../onnx/tiny_model_double.ts";
import { searchConfigDouble } from "../rag/search/law_search_double.ts";
import { openLawSearch } from "../rag/search/open_law_search.ts";
import { writeEmbeddingDouble } from "../rag/vector/embedding_model_double.ts";
import { readVectorManifest } from "../rag/vector/vector_manifest.ts";
import { type Place, withPlace, withServer } from "./laws_embed_double.ts";

/** Units that a search finds over what was built. */
async function search(
  { folder }: Place,
  retriever: "vector" | "hybrid",
  query: string,
  changes: Parameters<typeof searchConfigDouble>[1] = {},
) {
  const index = join(folder, "demo");
  const laws = await openLawSearch(
    searchConfigDouble(index, { retriever, citations: false, ...changes }),
  );
  try {
    const hits = await laws.search.search(query, 5);
    return hits.map(({ unit }) => `${laws.store.unit(unit).lawTitle}${laws.store.unit(unit).num}`);
  } finally {
    await laws.close();
  }
}

Deno.test("a folder's model makes vectors that searches find with, and makes them once", () =>
  withPlace(async (place) => {
    const { folder, run } = place;
    await writeEmbeddingDouble(join(folder, "model"));
    const first = await run("embed", "--index", "demo", "--embedding-model", "model");
    assert.equal(first.code, 0, first.stderr);
    assert.match(first.stderr, /^Device: cpu\./);
    assert.match(first.stderr, /Embedding model: model, 24 numbers a vector, at most 64 tokens/);
    assert.match(first.stderr, /Embedding 64 of 70 first.*\n6 of 70 articles are left: about .* s/);
    assert.match(first.stderr, /All vectors together take 3 kB\.\n100 % {2}70\/70 articles\n$/);
    assert.match(
      first.stdout,
      /^vectors {2}demo_vectors: 70 of 24 numbers, one for each of the articles, 3 kB\n/,
    );
    assert.match(first.stdout, /cut {6}\d+ of the articles, longer than 64 tokens: only their/);
    assert.match(first.stdout, /time {5}70 embedded in \d\.\d s\n$/);

    const again = await run("embed", "--index", "demo");
    assert.equal(again.code, 0, again.stderr);
    assert.match(again.stderr, /demo_vectors is up to date\.\n$/);
    assert.ok(!again.stdout.includes("time"), again.stdout);

    const model = join(folder, "model");
    for (const retriever of ["vector", "hybrid"] as const) {
      const found = await search(place, retriever, "雲塊配達業の免許", { embeddingModel: model });
      assert.equal(new Set(found).size, 5, `${found}`);
    }
    const rows = await run("embed", "--index", "demo", "--grain", "row", "--graph");
    assert.equal(rows.code, 0, rows.stderr);
    assert.match(rows.stderr, /vectors that are in demo_vectors, of the model model, are replaced/);
    assert.match(rows.stdout, /298 of 24 numbers, one for each of the paragraphs and items/);
    assert.match(rows.stdout, /graph {4}of neighbours/);
    // What is left out is as it was made.
    const kept = await run("embed", "--index", "demo");
    assert.match(kept.stderr, /up to date/);
    assert.equal((await search(place, "vector", "罰金", { embeddingModel: model })).length, 5);
  }));

Deno.test("a Qwen embedding model's safetensors, named in .env, with a shorter reading", () =>
  withPlace(async ({ folder, run }) => {
    const model = await writeTinyModel(join(folder, "Qwen3-Embedding"));
    await Deno.mkdir(join(model, "1_Pooling"));
    await Deno.writeTextFile(
      join(model, "1_Pooling", "config.json"),
      JSON.stringify({ pooling_mode_lasttoken: true }),
    );
    await Deno.writeTextFile(
      join(folder, ".env"),
      "LAW_INDEX=demo\nEMBEDDING_MODEL=Qwen3-Embedding\nVECTOR_STORE_PATH=store/here\n" +
        "EMBEDDING_DEVICE=cpu\n",
    );
    const { code, stdout, stderr } = await run("embed", "--max-tokens", "300");
    assert.equal(code, 0, stderr);
    assert.match(stderr, /Turning .* into ONNX \(q8\)/);
    assert.match(stdout, /vectors {2}store\/here: 70 of 64 numbers/);
    assert.match(stdout, /model {4}Qwen3-Embedding, at most 300 tokens of a text/);
    const manifest = await readVectorManifest(join(folder, "store/here"));
    assert.deepEqual([manifest!.embedder.pooling, manifest!.embedder.max_tokens], ["graph", 300]);
    // Without the option it stays what it was.
    assert.match((await run("embed")).stderr, /store\/here is up to date/);
  }));

Deno.test(
  "another model afterwards is refused by searches, and makes the vectors anew",
  withServer(async (place) => {
    const { folder, run } = place;
    await writeEmbeddingDouble(join(folder, "model"));
    const index = join(folder, "demo");
    const model = join(folder, "model");
    assert.equal((await run("embed", "--index", index, "--embedding-model", model)).code, 0);
    await writeEmbeddingDouble(join(folder, "other"), { seed: 9 });
    await assert.rejects(
      search(place, "vector", "免許", { embeddingModel: join(folder, "other") }),
      {
        name: "UsageError",
        message: /was made with the embedding model .*digest .*houqa laws embed --index .*other/,
      },
    );
    assert.equal((await search(place, "vector", "免許")).length, 5);
    const server = await run("embed", "--index", index, "--embedding-model", "ollama:bge-m3");
    assert.equal(server.code, 0, server.stderr);
    assert.match(server.stderr, /of the model .*model, are replaced when the new ones/);
    assert.match(server.stderr, /Embedding model: ollama:bge-m3 at http:\/\/127.*, 12 numbers/);
    assert.match(server.stdout, /cut {6}\d+ of the articles, longer than 40 tokens/);
    assert.equal((await readVectorManifest(`${index}_vectors`))!.embedder.backend, "ollama");
  }, { contextLength: 40 }),
);

Deno.test("what can't be done is refused before a model is loaded", () =>
  withPlace(async ({ folder, run }) => {
    await writeEmbeddingDouble(join(folder, "model"));
    await Deno.writeTextFile(join(folder, "file"), "x");
    const model = ["--embedding-model", "model"];
    for (
      const [words, code, message] of [
        [["--index", "none", ...model], 2, /none holds no index of laws.*houqa laws build --out/],
        [["--index", "demo"], 2, /Which embedding model\? Set --embedding-model or EMBEDDING/],
        [
          ["--index", "demo", ...model, "--vector-store", "qdrant://localhost/laws"],
          2,
          /houqa laws push --index demo --server qdrant\+http:\/\/localhost:6333\/laws --emb/,
        ],
        [
          ["--index", "demo", ...model, "--vector-store", "opensearch://localhost/laws"],
          2,
          /keeps texts, not vectors/,
        ],
        [
          ["--index", "demo", ...model, "--vector-store", "demo"],
          2,
          /demo holds files that are not of a vector index \(index-/,
        ],
        [
          ["--index", "demo", ...model, "--vector-store", "file"],
          3,
          /Can't write file: /,
        ],
        [
          ["--index", "demo", ...model, "--vector-store", "/proc/none"],
          3,
          /Can't write \/proc\/none: /,
        ],
        [["--index", "demo", "--embedding-model", "nothing"], 2, /nothing/],
        [["--index", "demo", ...model, "--grain", "law"], 2, /unit, row/],
        [["--index", "demo", ...model, "--max-tokens", "3"], 2, /Use a whole number from 16/],
      ] as const
    ) {
      const ended = await run("embed", ...words);
      assert.equal(ended.code, code, ended.stderr);
      assert.match(ended.stderr, message);
    }
    // The index itself is as it was.
    assert.equal((await run("show", "雲塊配達業法", "--index", "demo")).code, 0);
  }));

const REAL = Deno.env.get("HOUQA_TEST_EMBEDDING");

Deno.test({
  name: "a real model finds the article by its meaning (HOUQA_TEST_EMBEDDING: a folder)",
  ignore: REAL === undefined,
  fn: () =>
    withPlace(async (place) => {
      const ended = await place.run("embed", "--index", "demo", "--embedding-model", REAL!);
      assert.equal(ended.code, 0, ended.stderr);
      for (const retriever of ["vector", "hybrid"] as const) {
        const found = await search(place, retriever, "雲塊配達業を営むには免許が必要か");
        assert.ok(found.some((name) => name.startsWith("雲塊配達業法")), `${found}`);
      }
    }),
});
