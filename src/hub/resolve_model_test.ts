import assert from "node:assert/strict";
import { basename, dirname, join } from "node:path";
import { UsageError } from "../settings/usage_error.ts";
import { parseRepoName } from "./model_name.ts";
import { resolveAdapter } from "./resolve_adapter.ts";
import { resolveModel, type ResolveModelOptions } from "./resolve_model.ts";

/** No network and no cache may be needed for a folder. */
const LOCAL: Pick<ResolveModelOptions, "fetch"> = {
  fetch: () => Promise.reject(new Error("asked the network")),
};

async function withFolder(
  files: readonly string[],
  action: (folder: string) => Promise<void>,
): Promise<void> {
  const folder = await Deno.makeTempDir();
  try {
    for (const file of files) {
      await Deno.mkdir(dirname(join(folder, file)), { recursive: true });
      await Deno.writeTextFile(join(folder, file), "{}");
    }
    await action(folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

const ONNX = ["config.json", "onnx/model_q4.onnx", "onnx/model_q4.onnx_data"];
const SAFETENSORS = ["config.json", "model.safetensors"];
const ADAPTER = ["adapter_config.json", "adapter_model.safetensors"];

Deno.test("a folder is used as it is: onnx first, safetensors where onnx does not fit", async () => {
  const q4 = "onnx/model_q4.onnx";
  const q8 = "onnx/model_quantized.onnx";
  const cases = [
    [ONNX, { hasAdapter: false }, "onnx"],
    [ONNX, { hasAdapter: false, onnxFile: q4 }, "onnx"],
    [SAFETENSORS, { hasAdapter: false, onnxFile: q4 }, "safetensors"],
    [SAFETENSORS, { hasAdapter: true }, "safetensors"],
    [[...ONNX, "model.safetensors"], { hasAdapter: true }, "safetensors"],
    [[...ONNX, "model.safetensors"], { hasAdapter: false, onnxFile: q8 }, "safetensors"],
    [[...SAFETENSORS, ...ADAPTER], { hasAdapter: false }, "safetensors"],
  ] as const;
  for (const [files, wish, kind] of cases) {
    await withFolder(files, async (folder) => {
      const model = await resolveModel(folder, { ...wish, ...LOCAL });
      assert.deepEqual(model, { kind, folder, name: folder, source: "folder" });
    });
  }
});

Deno.test("a folder that does not fit says what it holds and what to do", async () => {
  const q8 = "onnx/model_quantized.onnx";
  const cases = [
    [ONNX, { hasAdapter: true }, /can't take an adapter.*safetensors it was made from/],
    [ONNX, { hasAdapter: false, onnxFile: q8 }, /no onnx\/model_quantized.*has onnx\/model_q4/],
    [ADAPTER, { hasAdapter: false }, /is a LoRA adapter, not a model. Give it as the adapter/],
    [["model.safetensors"], { hasAdapter: false }, /no config\.json/],
    [["config.json", "pytorch_model.bin"], { hasAdapter: false }, /a pickle.*save_pretrained/],
    [["config.json", "model-q4.gguf"], { hasAdapter: false }, /GGUF.*Ollama/],
    [["readme.txt"], { hasAdapter: false }, /holds no model/],
  ] as const;
  for (const [files, wish, expected] of cases) {
    await withFolder(files, async (folder) => {
      await assert.rejects(resolveModel(folder, { ...wish, ...LOCAL }), (error: Error) => {
        assert.ok(error instanceof UsageError);
        assert.ok(error.message.startsWith(folder), error.message);
        assert.match(error.message, expected);
        return true;
      });
    });
  }
});

Deno.test("an adapter's folder is checked; what else it is, is said", async () => {
  await withFolder(ADAPTER, async (folder) => {
    const expected = { folder, name: folder, source: "folder" };
    assert.deepEqual(await resolveAdapter(folder, LOCAL), expected);
    const file = join(folder, ADAPTER[0]!);
    await assert.rejects(resolveAdapter(file, LOCAL), /is a file; give the folder/);
  });
  const cases = [
    [["adapter_config.json", "adapter_model.bin"], /a pickle/],
    [["adapter_config.json"], /adapter_model\.safetensors missing/],
    [SAFETENSORS, /is a model, not a LoRA adapter/],
    [["checkpoint-33/adapter_config.json"], /holds checkpoint-33/],
  ] as const;
  for (const [files, expected] of cases) {
    await withFolder(files, async (folder) => {
      await assert.rejects(resolveAdapter(folder, LOCAL), expected);
    });
  }
});

Deno.test("a folder wins over a name of the hub", async () => {
  // The working folder is every test's, so the name is of a folder in it.
  await Deno.mkdir("results", { recursive: true });
  const folder = await Deno.makeTempDir({ dir: "results", prefix: "model-" });
  const name = `results/${basename(folder)}`;
  try {
    for (const file of SAFETENSORS) await Deno.writeTextFile(join(folder, file), "{}");
    assert.notEqual(parseRepoName(name, "model"), undefined);
    const model = await resolveModel(name, { hasAdapter: false, ...LOCAL });
    assert.equal(model.source, "folder");
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("a name that is no folder is a name of the hub, or refused with its reason", () => {
  assert.deepEqual(parseRepoName("Qwen/Qwen3-8B", "model"), {
    repo: "Qwen/Qwen3-8B",
    revision: undefined,
  });
  assert.deepEqual(parseRepoName("Qwen/Qwen2.5-0.5B@refs/pr/1", "model"), {
    repo: "Qwen/Qwen2.5-0.5B",
    revision: "refs/pr/1",
  });
  const cases = [
    ["./runs/a", /model folder \.\/runs\/a does not exist/],
    ["/models/a", /does not exist/],
    ["~/models/a", /does not exist.*~ is only known to the shell/],
    ["a/b/c", /does not exist/],
    ["C:\\models", /does not exist/],
    ["qwen3:8b", /belong to Ollama/],
    ["qwen", /neither a folder that exists nor a name/],
    ["a/b--c", /neither/],
    ["a/..", /neither/],
    ["/", /does not exist/],
    ["a/b@", /revision ""/],
    ["a/b@../../x", /revision "\.\.\/\.\.\/x"/],
  ] as const;
  for (const [text, expected] of cases) {
    assert.throws(() => parseRepoName(text, "model"), expected, text);
  }
});
