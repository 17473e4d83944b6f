import assert from "node:assert/strict";
import { inTempFolder } from "../../onnx/checkpoint_double.ts";
import { UsageError } from "../../settings/usage_error.ts";
import { writeEmbeddingDouble } from "./embedding_model_double.ts";
import { modelFamily } from "./model_prompts.ts";
import { type EmbeddingFolder, readEmbeddingFolder } from "./read_embedding_folder.ts";
import { splitBatches } from "./split_batches.ts";

/** What is read of a double's folder with these files. */
async function readWith(
  files: Readonly<Record<string, unknown>>,
  name = "some-model",
): Promise<EmbeddingFolder> {
  let found: EmbeddingFolder;
  await inTempFolder(async (folder) => {
    await writeEmbeddingDouble(folder, { files });
    found = await readEmbeddingFolder(folder, name);
  });
  return found!;
}

/** As in folders that were made for transformers.js alone. */
const BARE = {
  "modules.json": undefined,
  "1_Pooling/config.json": undefined,
  "config_sentence_transformers.json": undefined,
  "sentence_bert_config.json": undefined,
};

Deno.test("the model's own files count", async () => {
  const found = await readWith({});
  assert.deepEqual(
    { ...found, folder: "" },
    {
      folder: "",
      modelType: "bert",
      pooling: "mean",
      needsOwnPooling: false,
      queryPrefix: "q: ",
      passagePrefix: "d: ",
      maxTokens: 64,
      padToken: 256,
      cache: { kvHeads: 2, headDim: 12 },
      notes: [],
    },
  );
  // A name never overrules a file.
  const named = await readWith({}, "intfloat/multilingual-e5-small");
  assert.deepEqual([named.queryPrefix, named.notes], ["q: ", []]);
  const corpus = await readWith({
    "config_sentence_transformers.json": { prompts: { query: "", corpus: "c: " } },
  });
  assert.deepEqual([corpus.queryPrefix, corpus.passagePrefix], ["", "c: "]);
});

Deno.test("where files say nothing, the name does, with a note", async () => {
  const e5 = await readWith(BARE, "Xenova/multilingual-e5-small");
  assert.deepEqual([e5.queryPrefix, e5.passagePrefix, e5.pooling], [
    "query: ",
    "passage: ",
    "mean",
  ]);
  assert.equal(e5.maxTokens, 512);
  assert.match(e5.notes[0]!, /no file says .* as for e5 models, "query: " before queries/);
  assert.match(e5.notes[1]!, /no 1_Pooling\/config\.json: its pooling is taken to be mean, by its/);
  // Empty prompts are what newer versions write when nobody set them.
  const prompts = { prompts: { query: "", document: "" } };
  const ruri = await readWith(
    {
      "config_sentence_transformers.json": prompts,
      "config.json": { model_type: "modernbert", _name_or_path: "cl-nagoya/ruri-v3-30m" },
    },
    "/models/mine",
  );
  assert.deepEqual([ruri.queryPrefix, ruri.passagePrefix], ["検索クエリ: ", "検索文書: "]);
  assert.equal(ruri.notes.length, 1);
  const plain = await readWith({ "config_sentence_transformers.json": prompts });
  assert.deepEqual([plain.queryPrefix, plain.passagePrefix, plain.notes], ["", "", []]);
});

Deno.test("without any file the architecture decides the pooling", async () => {
  const bert = await readWith(BARE);
  assert.equal(bert.pooling, "mean");
  assert.match(bert.notes[0]!, /mean, as bert models mostly/);
  const decoder = await readWith({ ...BARE, "config.json": { model_type: "qwen3" } });
  assert.equal(decoder.pooling, "last_token");
  assert.equal(decoder.cache, undefined);
  assert.equal(decoder.maxTokens, 512);
});

Deno.test("positions that start after the padding are not all there for texts", async () => {
  const config = { model_type: "xlm-roberta", max_position_embeddings: 514, pad_token_id: 1 };
  const found = await readWith({ ...BARE, "config.json": config });
  assert.deepEqual([found.maxTokens, found.padToken], [512, 1]);
});

Deno.test("what is not done here is refused by name, and what is lost is said", async () => {
  const refused = (files: Readonly<Record<string, unknown>>, pattern: RegExp) =>
    assert.rejects(
      readWith(files),
      (error) =>
        error instanceof UsageError && pattern.test(error.message) || assert.fail(error as Error),
    );
  const pooling = (config: unknown) => ({ "1_Pooling/config.json": config });
  await refused(pooling({ pooling_mode_max_tokens: true }), /pooling_mode_max_tokens is not supp/);
  await refused(
    pooling({ pooling_mode_cls_token: true, pooling_mode_mean_tokens: true }),
    /pooling_mode_cls_token and pooling_mode_mean_tokens is not/,
  );
  await refused(pooling({ pooling_mode: "attention" }), /the pooling attention is not supported/);
  await refused(pooling({}), /the pooling \(none\) is not supported/);
  await refused(pooling({ pooling_mode_lasttoken: true, include_prompt: false }), /leaves out the/);
  await refused(pooling([]), /1_Pooling\/config\.json: .*expected object/i);
  await refused({ "config.json": undefined }, /has no config\.json/);
  await refused({ "config.json": { model_type: 3 } }, /config\.json: model_type: /);
  const { notes } = await readWith({
    "config_sentence_transformers.json": { prompts: {}, similarity_fn_name: "dot" },
  });
  assert.match(notes[0]!, /trained for dot products/);
});

Deno.test("families are told apart by their names", () => {
  const names = {
    "cl-nagoya/ruri-v3-310m": "ruri-v3",
    "cl-nagoya/ruri-large-v2": "ruri",
    "intfloat/e5-mistral-7b-instruct": "e5-mistral",
    "intfloat/multilingual-e5-large-instruct": "e5-instruct",
    "intfloat/multilingual-e5-large": "e5",
    "Qwen/Qwen3-Embedding-0.6B": "qwen3-embedding",
    "qwen3-embedding:0.6b": "qwen3-embedding",
    "BAAI/bge-m3": "bge",
    "BAAI/bge-base-en-v1.5": "bge-en",
    "mxbai-embed-large": "mxbai",
    "snowflake-arctic-embed:22m": "snowflake-arctic-embed",
    "snowflake-arctic-embed2": "snowflake-arctic-embed 2",
    "nomic-embed-text:v1.5": "nomic-embed-text",
    "embeddinggemma": "embeddinggemma",
    "all-MiniLM-L6-v2": undefined,
    "Qwen/Qwen3-8B": undefined,
    "apple5": undefined,
  };
  for (const [name, family] of Object.entries(names)) {
    assert.equal(modelFamily([name])?.name, family, name);
  }
});

Deno.test("batches hold texts of about the same length and stay within their limits", () => {
  const lengths = [5, 40, 1, 6, 100, 5, 5];
  assert.deepEqual(splitBatches(lengths, { tokens: 20, pairs: 1000 }), [[4], [1], [3, 0, 5], [
    6,
    2,
  ]]);
  assert.deepEqual(splitBatches(lengths, { tokens: 1000, pairs: 50 }), [[4], [1], [3], [0, 5], [
    6,
    2,
  ]]);
  assert.deepEqual(splitBatches([], { tokens: 1, pairs: 1 }), []);
});
