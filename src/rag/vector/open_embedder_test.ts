import assert from "node:assert/strict";
import { join } from "node:path";
import { inTempFolder } from "../../onnx/checkpoint_double.ts";
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
