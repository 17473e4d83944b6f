import assert from "node:assert/strict";
import { join } from "node:path";
import { inTempFolder } from "../../onnx/checkpoint_double.ts";
import { CannotContinueError } from "../../settings/cannot_continue_error.ts";
import { hubEnvironment } from "../../settings/hub_environment.ts";
import { UsageError } from "../../settings/usage_error.ts";
import { writeCrossEncoderDouble } from "./cross_encoder_double.ts";
import { openReranker, type OpenRerankerOptions } from "./open_reranker.ts";
import { writeTinyReranker } from "./tiny_reranker_double.ts";

/** Options for a folder; exports and digests are kept in it. */
function optionsFor(
  folder: string,
  changes: Partial<OpenRerankerOptions> = {},
): OpenRerankerOptions {
  return {
    model: join(folder, "model"),
    device: "cpu",
    environment: { ...hubEnvironment(), houqaCache: join(folder, "cache") },
    ...changes,
  };
}

Deno.test("config.json tells a cross-encoder", () =>
  inTempFolder(async (folder) => {
    const model = await writeCrossEncoderDouble(join(folder, "model"));
    const reranker = await openReranker(optionsFor(folder, { maxTokens: 99 }));
    const { digest, ...identity } = reranker.identity;
    assert.deepEqual(identity, { kind: "cross_encoder", model, maxTokens: 99 });
    assert.match(digest, /^sha256:[0-9a-f]{64}$/);
    assert.equal((await reranker.rerank("q", ["a", "b"])).length, 2);
    await reranker.close();
  }));

Deno.test("safetensors of a Qwen reranker are exported once", () =>
  inTempFolder(async (folder) => {
    const model = await writeTinyReranker(join(folder, "model"));
    const notes: string[] = [];
    const options = optionsFor(folder, { dtype: "fp32", onNote: (note) => notes.push(note) });
    const scores: number[][] = [];
    for (let run = 0; run < 2; run++) {
      const reranker = await openReranker(options);
      assert.equal(reranker.identity.kind, "causal");
      assert.equal(reranker.identity.model, model);
      scores.push(await reranker.rerank("免許とは", ["a", "免許"]));
      await reranker.close();
    }
    assert.deepEqual(scores[1], scores[0]);
    assert.equal(notes.filter((note) => /into ONNX/.test(note)).length, 1);
    assert.equal(notes.filter((note) => /does not call itself a reranker/.test(note)).length, 2);
  }));

Deno.test("what can't be run is refused by name", async () => {
  await inTempFolder(async (folder) => {
    await writeCrossEncoderDouble(join(folder, "model"));
    await assert.rejects(
      openReranker(optionsFor(folder, { readMemory: () => ({ availableBytes: 1e8 }) })),
      (error) => error instanceof CannotContinueError && /needs about 400 MB/.test(error.message),
    );
    const resolve: OpenRerankerOptions["resolve"] = (name) =>
      Promise.resolve({
        kind: "safetensors",
        folder: join(folder, "model"),
        name,
        source: "hub-cache",
      });
    await assert.rejects(
      openReranker(optionsFor(folder, { model: "Org/Cross", resolve })),
      (error) => error instanceof UsageError && /Org\/Cross has safetensors/.test(error.message),
    );
    await Deno.remove(join(folder, "model", "config.json"));
    await assert.rejects(openReranker(optionsFor(folder)), UsageError);
  });
});
