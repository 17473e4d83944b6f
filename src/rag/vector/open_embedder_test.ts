import assert from "node:assert/strict";
import { join } from "node:path";
import { inTempFolder } from "../../onnx/checkpoint_double.ts";
import { SMALL_QWEN3, writeTinyModel } from "../../onnx/tiny_model_double.ts";
import { CannotContinueError } from "../../settings/cannot_continue_error.ts";
import { hubEnvironment } from "../../settings/hub_environment.ts";
import { UsageError } from "../../settings/usage_error.ts";
import { chooseGraph } from "./choose_graph.ts";
import { writeEmbeddingDouble } from "./embedding_model_double.ts";
import { startEmbedDouble } from "./ollama_embed_double.ts";
import { type EmbedderOptions, openEmbedder } from "./open_embedder.ts";
import { digestEmbeddingModel } from "./prepare_embedding_model.ts";

/** Options for a folder; digests are kept in it. */
function optionsFor(folder: string, changes: Partial<EmbedderOptions> = {}): EmbedderOptions {
  return {
    model: join(folder, "model"),
    ollamaHost: "127.0.0.1:1",
    device: "cpu",
    environment: { ...hubEnvironment(), houqaCache: join(folder, "cache") },
    ...changes,
  };
}

Deno.test("a folder is opened, and its digest is that of every file it depends on", () =>
  inTempFolder(async (folder) => {
    const model = await writeEmbeddingDouble(join(folder, "model"));
    const notes: string[] = [];
    const options = optionsFor(folder, { onNote: (note) => notes.push(note), maxTokens: 33 });
    const embedder = await openEmbedder(options);
    const { identity } = embedder;
    assert.match(identity.digest, /^sha256:[0-9a-f]{64}$/);
    assert.deepEqual([identity.model, identity.maxTokens], [model, 33]);
    assert.equal((await embedder.embed(["a"], "query")).length, 1);
    assert.deepEqual(notes, ["Device: cpu."]);
    await embedder.close();

    const digest = async () => {
      const { environment } = options;
      return await digestEmbeddingModel(model, await chooseGraph(model, "cpu"), { environment });
    };
    let before = await digest();
    assert.equal(before, identity.digest);
    for (
      const name of ["config.json", "1_Pooling/config.json", "tokenizer.json", "onnx/model.onnx"]
    ) {
      await Deno.writeTextFile(join(model, name), " ", { append: true });
      const after = await digest();
      assert.notEqual(after, before, name);
      before = after;
    }
    await Deno.writeTextFile(join(model, "README.md"), "no matter");
    assert.equal(await digest(), before);
    await Deno.remove(join(model, "modules.json"));
    assert.notEqual(await digest(), before);
  }));

Deno.test("a Qwen model's safetensors are exported once, for embeddings", () =>
  inTempFolder(async (folder) => {
    const model = await writeTinyModel(join(folder, "model"));
    await Deno.mkdir(join(model, "1_Pooling"));
    await Deno.writeTextFile(
      join(model, "1_Pooling", "config.json"),
      JSON.stringify({ pooling_mode_lasttoken: true }),
    );
    const notes: string[] = [];
    const open = () => openEmbedder(optionsFor(folder, { onNote: (note) => notes.push(note) }));
    const first = await open();
    assert.equal(notes.filter((note) => /Turning .* into ONNX \(q8\)/.test(note)).length, 1);
    const { pooling, dimensions } = first.identity;
    assert.deepEqual([pooling, dimensions], ["graph", SMALL_QWEN3.hidden_size]);
    const vectors = await first.embed(["免許", "第一条"], "passage");
    await first.close();
    notes.length = 0;
    const second = await open();
    assert.ok(!notes.some((note) => note.startsWith("Turning")));
    assert.deepEqual(second.identity, first.identity);
    assert.deepEqual(await second.embed(["免許", "第一条"], "passage"), vectors);
    await second.close();
    // Another pooling in the files is another export.
    await Deno.remove(join(model, "1_Pooling"), { recursive: true });
    const third = await open();
    assert.notEqual(third.identity.digest, first.identity.digest);
    await third.close();
  }));

Deno.test("ollama: names a model of the server", () =>
  inTempFolder(async (folder) => {
    await using server = startEmbedDouble();
    const embedder = await openEmbedder(
      optionsFor(folder, { model: "ollama:bge-m3", ollamaHost: server.url }),
    );
    assert.deepEqual([embedder.identity.backend, embedder.identity.model], ["ollama", "bge-m3"]);
    await embedder.close();
  }));

Deno.test("what can't be opened is refused before it is loaded", () =>
  inTempFolder(async (folder) => {
    const model = await writeEmbeddingDouble(join(folder, "model"));
    await assert.rejects(
      openEmbedder(optionsFor(folder, {
        readMemory: () =>
          ({ availableBytes: 300e6 }) as ReturnType<
            NonNullable<EmbedderOptions["readMemory"]>
          >,
      })),
      (error) =>
        error instanceof CannotContinueError &&
        /needs about 400 MB of memory \(fp32\), and 300 MB are free/.test(error.message),
    );
    await assert.rejects(
      openEmbedder(optionsFor(folder, { dtype: "q4" })),
      (error) => error instanceof UsageError && /no onnx\/model_q4\.onnx/.test(error.message),
    );
    await Deno.remove(join(model, "onnx"), { recursive: true });
    await Deno.writeTextFile(join(model, "model.safetensors"), "");
    await assert.rejects(
      openEmbedder(optionsFor(folder)),
      (error) => error instanceof UsageError && /has safetensors and no onnx\//.test(error.message),
    );
  }));
