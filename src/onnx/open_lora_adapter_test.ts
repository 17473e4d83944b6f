import assert from "node:assert/strict";
import { join } from "node:path";
import { UsageError } from "../settings/usage_error.ts";
import { type Checkpoint, openCheckpoint } from "./checkpoint.ts";
import {
  type DoubleTensors,
  filled,
  inTempFolder,
  loraTensors,
  TINY_LORA,
  TINY_QWEN3,
  tinyTensors,
  writeAdapter,
  writeCheckpoint,
} from "./checkpoint_double.ts";
import type { LoraAdapter } from "./lora_adapter.ts";
import { openLoraAdapter } from "./open_lora_adapter.ts";
import type { StoredType } from "./tensor_source.ts";

type Fields = Readonly<Record<string, unknown>>;

const PREFIX = "base_model.model.";
const Q0 = "model.layers.0.self_attn.q_proj";
const TIED = { tie_word_embeddings: true };

interface Given {
  /** Fields of adapter_config.json that differ from plain LoRA on q_proj and v_proj. */
  readonly fields?: Fields;
  readonly change?: (tensors: DoubleTensors) => unknown;
  /** Fields of the base's config.json. */
  readonly model?: Fields;
  readonly tensors?: DoubleTensors;
  readonly baseTensors?: DoubleTensors;
}

/** Writes a base and an adapter, and opens both. */
async function open(given: Given): Promise<{ adapter: LoraAdapter; base: Checkpoint }> {
  let opened: { adapter: LoraAdapter; base: Checkpoint } | undefined;
  await inTempFolder(async (folder) => {
    const model = { ...TINY_QWEN3, ...given.model };
    const base = await openCheckpoint(
      await writeCheckpoint(
        join(folder, "tiny-qwen"),
        model,
        given.baseTensors ?? tinyTensors(model),
      ),
    );
    const tensors = given.tensors ?? loraTensors(model);
    given.change?.(tensors);
    const path = await writeAdapter(
      join(folder, "adapter"),
      { ...TINY_LORA, ...given.fields },
      tensors,
    );
    opened = { adapter: await openLoraAdapter(path, base), base };
  });
  return opened!;
}

async function refuses(given: Given, ...messages: RegExp[]): Promise<void> {
  await assert.rejects(open(given), (error: Error) => {
    assert.ok(error instanceof UsageError, `${error.stack}`);
    assert.match(error.message, /adapter\/adapter_(config\.json|model\.safetensors)/);
    for (const message of messages) assert.match(error.message, message);
    return true;
  });
}

/** What is said of an adapter that names its base so. */
async function baseWarnings(name: string | null): Promise<readonly string[]> {
  return (await open({ fields: { base_model_name_or_path: name } })).adapter.warnings;
}

/** Puts a tensor into the adapter under PEFT's name. */
function put(name: string, ...tensor: Parameters<typeof filled>) {
  return (tensors: DoubleTensors) => tensors.set(PREFIX + name, filled(...tensor));
}

Deno.test("plain LoRA: modules, rank, scaling and where the tensors lie, in every type", async () => {
  for (const dtype of ["F32", "F16", "BF16"] satisfies StoredType[]) {
    const tensors = loraTensors(TINY_QWEN3, ["q_proj", "v_proj"], 4, dtype);
    const { adapter } = await open({ tensors });
    assert.deepEqual([...adapter.modules.keys()], [
      "model.layers.0.self_attn.q_proj",
      "model.layers.0.self_attn.v_proj",
      "model.layers.1.self_attn.q_proj",
      "model.layers.1.self_attn.v_proj",
    ]);
    const { rank, scaling, a, b, magnitude } = adapter.modules.get(Q0)!;
    assert.deepEqual([rank, scaling, a.shape, b.shape], [4, 2, [4, 16], [32, 4]]);
    assert.deepEqual([a.dtype, b.dtype, magnitude], [dtype, dtype, undefined]);
    assert.deepEqual([adapter.saved.size, adapter.warnings], [0, []]);
    assert.equal(adapter.config.peft_version, "0.21.2");
    assert.deepEqual(adapter.files.map((path) => path.split("/").at(-1)), [
      "adapter_config.json",
      "adapter_model.safetensors",
    ]);
  }
});

Deno.test("rsLoRA and patterns give each module its rank and scaling", async () => {
  const tensors = loraTensors(TINY_QWEN3, ["v_proj"], 4);
  for (const [name, tensor] of loraTensors(TINY_QWEN3, ["q_proj"], 2)) tensors.set(name, tensor);
  const fields = {
    rank_pattern: { "q_proj": 2 },
    alpha_pattern: { "layers\\.1\\..*": 6, "v_proj": 1 },
  };
  const scalings = async (more: Fields) => {
    const { adapter } = await open({ fields: { ...fields, ...more }, tensors });
    return [...adapter.modules.values()].map(({ scaling }) => scaling);
  };
  // q0, v0, q1, v1: r 2, 4, 2, 4 and alpha 8, 1, 6, 6.
  assert.deepEqual((await scalings({})).sort(), [8 / 2, 1 / 4, 6 / 2, 6 / 4].sort());
  assert.deepEqual(
    (await scalings({ use_rslora: true })).sort(),
    [8 / Math.SQRT2, 1 / 2, 6 / Math.SQRT2, 6 / 2].sort(),
  );
});

Deno.test("DoRA's magnitudes are found under both of their names", async () => {
  for (const suffix of ["", ".weight"]) {
    const change = (tensors: DoubleTensors) => {
      for (const key of [...tensors.keys()]) {
        const module = /^(.*)\.lora_B\.weight$/.exec(key)?.[1];
        if (module === undefined) continue;
        const out = tensors.get(key)!.shape[0]!;
        // A zero B: a magnitude alone counts as an effect.
        tensors.set(key, filled([out, 4], 0));
        tensors.set(`${module}.lora_magnitude_vector${suffix}`, filled([out], 1));
      }
    };
    const { adapter } = await open({ fields: { use_dora: true }, change });
    assert.deepEqual(adapter.modules.get(Q0)!.magnitude!.shape, [32]);
  }
  const one = `${Q0}.lora_magnitude_vector`;
  await refuses({ fields: { use_dora: true } }, /q_proj has no lora_magnitude_vector/);
  await refuses({ change: put(one, [32]) }, /has a lora_magnitude_vector, and use_dora is false/);
  await refuses(
    {
      fields: { use_dora: true, target_modules: [Q0] },
      tensors: new Map([...loraTensors(TINY_QWEN3, [Q0])]),
      change: put(one, [32, 1]),
    },
    /lora_magnitude_vector is \[32, 1\], and this base needs \[32\]/,
  );
  await refuses(
    {
      fields: { use_dora: true, target_modules: [Q0] },
      tensors: loraTensors(TINY_QWEN3, [Q0]),
      change: (tensors) => {
        put(one, [32])(tensors);
        put(`${one}.weight`, [32])(tensors);
      },
    },
    /has two magnitude vectors/,
  );
});

Deno.test("what is configured must be in the file, and the other way round", async () => {
  await refuses(
    { fields: { target_modules: ["q_proj", "v_proj", "o_proj"] } },
    /2 modules are configured for LoRA and have no tensors: model\.layers\.0\.self_attn\.o_proj/,
  );
  await refuses(
    { fields: { target_modules: ["q_proj"] } },
    /2 modules have LoRA tensors and are not configured: model\.layers\.0\.self_attn\.v_proj/,
  );
  await refuses({ fields: { exclude_modules: ["v_proj"] } }, /not configured: .*v_proj/);
  await refuses({ fields: { layers_to_transform: [1] } }, /not configured: model\.layers\.0/);
  await refuses({ fields: { modules_to_save: ["self_attn"] } }, /not configured/);
  await refuses(
    { fields: { target_modules: ["embed_tokens"] }, tensors: new Map() },
    /target_modules covers model\.embed_tokens: LoRA on an embedding is not supported/,
  );
  await refuses({ fields: { target_modules: [] }, tensors: new Map() }, /changes no module/);
});

Deno.test("lora_A and lora_B must both be there, with the configured rank", async () => {
  const drop = (part: string) => (tensors: DoubleTensors) =>
    tensors.delete(`${PREFIX}${Q0}.${part}.weight`);
  await refuses({ change: drop("lora_A") }, /layers\.0\.self_attn\.q_proj has no lora_A/);
  await refuses({ change: drop("lora_B") }, /layers\.0\.self_attn\.q_proj has no lora_B/);
  await refuses({ fields: { r: 8 } }, /q_proj has rank 4, and .*adapter_config\.json says 8/);
  await refuses(
    { fields: { rank_pattern: { "v_proj": 2 } } },
    /v_proj has rank 4, and .* says 2 \(r and rank_pattern\)/,
  );
  await refuses(
    { change: put(`${Q0}.lora_B.weight`, [32, 3]) },
    /q_proj\.lora_B is \[32, 3\], and this base needs \[32, 4\]/,
  );
  await refuses(
    { change: put(`${Q0}.lora_A.weight`, [4, 16, 1]) },
    /lora_A is \[4, 16, 1\], and this base needs \[4, 16\]/,
  );
});

Deno.test("an adapter for another base is refused with both shapes", async () => {
  await refuses(
    { tensors: loraTensors({ ...TINY_QWEN3, hidden_size: 32 }) },
    /q_proj\.lora_A is \[4, 32\], and this base needs \[4, 16\]: the adapter was made for another/,
  );
  await refuses(
    { tensors: loraTensors({ ...TINY_QWEN3, num_hidden_layers: 3, layer_types: null }) },
    /not configured: model\.layers\.2\.self_attn\.q_proj/,
  );
});

Deno.test("keys that belong to nothing are refused by name", async () => {
  const key = (name: string) => (tensors: DoubleTensors) => tensors.set(name, filled([1]));
  await refuses({ change: put("model.score.weight", [1]) }, /1 keys match nothing.*model\.score/);
  await refuses(
    { change: key("model.norm.weight") },
    /match nothing.*begin with "base_model\.model/,
  );
  await refuses({ change: key(`${PREFIX}${Q0}.lora_A.default.weight`) }, /match nothing/);
  await refuses({ change: key(`${PREFIX}${Q0}.lora_diag`) }, /match nothing/);
  await refuses({ change: key(`${PREFIX}${Q0}.lora_magnitude_vector.x`) }, /match nothing/);
  await refuses({ change: key(`${PREFIX}${Q0}.lora_A.weight.x`) }, /match nothing/);
  await refuses({ change: key(`${PREFIX}${Q0}.lora_B.bias`) }, /is a bias on lora_A or lora_B/);
  await refuses({ change: key(`${PREFIX}${Q0}.base_layer.bias`) }, /a bias of the base/);
  await refuses(
    { change: key(`${PREFIX}model.embed_tokens.lora_embedding_A`) },
    /lora_embedding_A is LoRA on an embedding/,
  );
  await refuses(
    { change: key(`${PREFIX}model.embed_tokens.token_adapter.trainable_tokens_delta`) },
    /is single trained tokens/,
  );
  await refuses(
    { change: key(`${PREFIX}model.x.base_layer.weight`) },
    /model\.x\.weight matches no/,
  );
  await refuses(
    {
      change: (tensors) => tensors.set("x", { dtype: "U8", shape: [1], bytes: new Uint8Array(1) }),
    },
    /tensor x is stored as U8; supported are BF16, F16 and F32/,
  );
});

Deno.test("modules_to_save: embedding, output layer, norms and whole layers", async () => {
  const { adapter } = await open({
    fields: { modules_to_save: ["embed_tokens", "lm_head", "model.norm", "0.mlp", "nothing"] },
    change: (tensors) => {
      put("model.embed_tokens.weight", [12, 16])(tensors);
      put("lm_head.weight", [12, 16], 1, "F16")(tensors);
      put("model.norm.weight", [16])(tensors);
      put("model.layers.0.mlp.gate_proj.weight", [24, 16])(tensors);
      put("model.layers.0.mlp.up_proj.weight", [24, 16])(tensors);
      put("model.layers.0.mlp.down_proj.weight", [16, 24])(tensors);
    },
  });
  assert.equal(adapter.saved.size, 6);
  assert.equal(adapter.saved.get("lm_head.weight")!.dtype, "F16");
  assert.equal(adapter.warnings.length, 1);
  assert.match(
    adapter.warnings[0]!,
    /modules_to_save names nothing, which the model does not have/,
  );

  await refuses(
    { fields: { modules_to_save: ["lm_head"] } },
    /1 tensors of modules_to_save are missing: lm_head\.weight/,
  );
  await refuses(
    { fields: { modules_to_save: ["lm_head"] }, change: put("lm_head.weight", [13, 16]) },
    /lm_head\.weight is \[13, 16\], and this base needs \[12, 16\]/,
  );
  await refuses(
    {
      // The end of q_proj's name, but no part of it between dots: PEFT does both.
      fields: { modules_to_save: ["q_proj", "v_proj"], target_modules: ["up_proj"] },
      tensors: loraTensors(TINY_QWEN3, ["up_proj"]),
    },
    /tensors of modules_to_save are missing/,
  );
  await refuses(
    {
      fields: { modules_to_save: ["_proj"], target_modules: ["up_proj"] },
      tensors: loraTensors(TINY_QWEN3, ["up_proj"]),
      change: (tensors) => {
        for (const [name, { shape }] of tinyTensors()) {
          if (name.endsWith("_proj.weight")) put(name, shape)(tensors);
        }
      },
    },
    /up_proj.* have LoRA and are in modules_to_save/,
  );
});

Deno.test("a tied base: saving one of the two leaves the other, as PEFT does", async () => {
  for (const name of ["lm_head", "model.embed_tokens"]) {
    const { adapter } = await open({
      model: TIED,
      fields: { modules_to_save: [name] },
      change: put(`${name}.weight`, [12, 16], 1),
    });
    assert.deepEqual([...adapter.saved.keys()], [`${name}.weight`]);
  }
});

Deno.test("a tied base with ensure_weight_tying: both names, one source", async () => {
  const fields = { modules_to_save: ["embed_tokens"], ensure_weight_tying: true };
  const embedding = put("model.embed_tokens.weight", [12, 16], 1);
  const both = (value: number) => (tensors: DoubleTensors) => {
    embedding(tensors);
    put("lm_head.weight", [12, 16], value)(tensors);
  };
  for (const change of [both(1), embedding]) {
    const { adapter } = await open({ model: TIED, fields, change });
    assert.equal(adapter.saved.size, 2);
    assert.equal(
      adapter.saved.get("lm_head.weight"),
      adapter.saved.get("model.embed_tokens.weight"),
    );
  }
  await refuses(
    { model: TIED, fields, change: both(2) },
    /lm_head\.weight and model\.embed_tokens\.weight differ, and ensure_weight_tying is true/,
  );
  await refuses(
    { model: TIED, fields, change: put("lm_head.weight", [12, 16], 1) },
    /are missing: model\.embed_tokens\.weight/,
  );
});

Deno.test("LoRA on the output layer, with the copies of the base that PEFT adds", async () => {
  for (const model of [{}, TIED]) {
    const fields = { target_modules: ["q_proj", "v_proj", "lm_head"] };
    const tensors = () => loraTensors({ ...TINY_QWEN3, ...model }, ["q_proj", "v_proj", "lm_head"]);
    const copy = (value: number) => (into: DoubleTensors) => {
      put("lm_head.base_layer.weight", [12, 16], value)(into);
      put("model.embed_tokens.weight", [12, 16], 0.5, "F16")(into);
    };
    const { adapter } = await open({ model, fields, tensors: tensors(), change: copy(0.5) });
    assert.deepEqual(adapter.modules.get("lm_head")!.b.shape, [12, 4]);
    assert.equal(adapter.saved.size, 0, "a copy that equals the base is no change");
    await refuses(
      { model, fields, tensors: tensors(), change: copy(0.25) },
      /lm_head\.weight is not in modules_to_save, and differs from the base's/,
    );
  }
  await refuses(
    { change: put("model.embed_tokens.weight", [13, 16]) },
    /model\.embed_tokens\.weight is \[13, 16\], and this base needs \[12, 16\]/,
  );
});

Deno.test("an adapter without effect is refused, one module with an effect is enough", async () => {
  const fill = (part: string, value: number, only = "") => (tensors: DoubleTensors) => {
    for (const [key, { shape }] of tensors) {
      if (key.includes(part) && key.includes(only)) tensors.set(key, filled(shape, value));
    }
  };
  await refuses({ change: fill("lora_B", 0) }, /has no effect/);
  await refuses({ change: fill("lora_A", 0) }, /has no effect/);
  await refuses({ change: fill("lora_B", -0) }, /has no effect/);
  await refuses({ fields: { lora_alpha: 0 } }, /has no effect/);
  await refuses(
    {
      change: (tensors) => {
        fill("lora_A", 0, "q_proj")(tensors);
        fill("lora_B", 0, "v_proj")(tensors);
      },
    },
    /has no effect/,
  );
  const { adapter } = await open({
    change: (tensors) => {
      fill("lora_B", 0)(tensors);
      const last = tensors.get(`${PREFIX}model.layers.1.self_attn.v_proj.lora_B.weight`)!;
      last.bytes[last.bytes.length - 1] = 1;
    },
  });
  assert.equal(adapter.modules.size, 4);
  const saved = await open({
    fields: { modules_to_save: ["model.norm"] },
    change: (tensors) => {
      fill("lora_B", 0)(tensors);
      put("model.norm.weight", [16])(tensors);
    },
  });
  assert.equal(saved.adapter.saved.size, 1);
});

Deno.test("NaN and infinities in any of the tensors are refused by name", async () => {
  const nan = (name: string, value = NaN) => (tensors: DoubleTensors) =>
    tensors.set(name, filled(tensors.get(name)!.shape, value));
  const last = "model.layers.1.self_attn.v_proj";
  await refuses(
    { change: nan(`${PREFIX}${last}.lora_A.weight`) },
    /layers\.1\.self_attn\.v_proj\.lora_A holds NaN or an infinity \(element 0\)/,
  );
  await refuses(
    { change: nan(`${PREFIX}${last}.lora_B.weight`, Infinity) },
    /v_proj\.lora_B holds/,
  );
  await refuses(
    { fields: { modules_to_save: ["model.norm"] }, change: put("model.norm.weight", [16], NaN) },
    /model\.norm\.weight holds NaN/,
  );
  await refuses(
    {
      fields: { use_dora: true, target_modules: [Q0] },
      tensors: loraTensors(TINY_QWEN3, [Q0]),
      change: put(`${Q0}.lora_magnitude_vector`, [32], -Infinity),
    },
    /lora_magnitude_vector holds/,
  );
});

Deno.test("another base's name is a warning, the same one written otherwise is not", async () => {
  for (
    const name of ["tiny-qwen", "Org/tiny-qwen", "Org/Tiny-QWEN", "/data/tiny-qwen/", null, ""]
  ) {
    assert.deepEqual(await baseWarnings(name), [], `${name}`);
  }
  assert.deepEqual(await baseWarnings("C:\\models\\Tiny-Qwen"), []);
  assert.deepEqual(await baseWarnings("/data/tiny-qwen/model"), []);
  const cached = "/home/me/.cache/huggingface/hub/models--Org--Tiny-Qwen/snapshots/0123abc";
  assert.deepEqual(await baseWarnings(cached), []);
  assert.deepEqual(await baseWarnings("/data/snapshots/tiny-qwen"), []);
  for (
    const name of [
      "Qwen/Qwen3-8B",
      "tiny-qwen/other",
      "tiny-qwen-4bit",
      cached.replace("Tiny-Qwen", "Else"),
      cached.replace("snapshots", "blobs"),
    ]
  ) {
    const [warning, ...more] = await baseWarnings(name);
    assert.deepEqual(more, []);
    assert.match(
      warning!,
      /adapter_config\.json: the adapter was trained on .*, and the base here/,
    );
    assert.ok(warning!.includes(name));
  }
  await inTempFolder(async (folder) => {
    const snapshot = join(folder, "models--Qwen--Qwen3-8B", "snapshots", "0123");
    const base = await openCheckpoint(await writeCheckpoint(snapshot));
    const link = join(folder, "my-model");
    await Deno.symlink(snapshot, link);
    const path = await writeAdapter(join(folder, "adapter"), {
      ...TINY_LORA,
      base_model_name_or_path: "Qwen/Qwen3-8B",
    });
    assert.deepEqual((await openLoraAdapter(path, base)).warnings, []);
    assert.deepEqual((await openLoraAdapter(path, { ...base, folder: link })).warnings, []);
  });
});

Deno.test("a name that any model could have says that it says nothing, unless it is the very folder", async () => {
  const useless = [
    "base",
    ".",
    "./",
    "../model",
    "model",
    "/tmp/x",
    "C:\\tmp\\models",
    "checkpoint-500",
  ];
  for (const name of [...useless, "/tmp/tmpab12_x9z", "/home/someone/model", "a".repeat(40)]) {
    const [warning, ...more] = await baseWarnings(name);
    assert.deepEqual(more, []);
    assert.ok(warning!.includes(`only named ${JSON.stringify(name)} (base_model_name_or_path)`));
    assert.match(warning!, /does not say which model that is.*the base here, .*tiny-qwen\.$/);
  }
  await inTempFolder(async (folder) => {
    const warnings = async (model: string, name: string, fields: Fields = {}) => {
      const config = { ...TINY_QWEN3, ...fields };
      const base = await openCheckpoint(await writeCheckpoint(join(folder, model), config));
      const path = await writeAdapter(join(folder, "adapter"), {
        ...TINY_LORA,
        base_model_name_or_path: name,
      });
      return (await openLoraAdapter(path, base)).warnings;
    };
    // The same useless name on both sides is no proof, the same path is.
    assert.match((await warnings("one/base", "other/base"))[0]!, /does not say/);
    assert.match((await warnings("one/base", "base"))[0]!, /does not say/);
    assert.deepEqual(await warnings("one/base", join(folder, "one", "base")), []);
    // From the folder that the adapter lies in.
    assert.deepEqual(await warnings("one/base", "one/base"), []);
    assert.deepEqual(await warnings("base", "./base"), []);
    assert.deepEqual(await warnings("qwen3-law/model", "/data/qwen3-law/model"), []);
    assert.match((await warnings("qwen3-law/model", "/data/qwen3-law/base"))[0]!, /does not say/);
    // config.json may know the model's name where the folder does not.
    assert.match((await warnings("model", "Qwen/Qwen3-8B"))[0]!, /was trained on Qwen\/Qwen3-8B/);
    const origin = { _name_or_path: "Qwen/Qwen3-8B" };
    assert.deepEqual(await warnings("base", "Qwen/Qwen3-8B", origin), []);
    assert.match((await warnings("base", "Qwen/Qwen3-4B", origin))[0]!, /was trained on/);
  });
});

Deno.test("a folder that is no adapter says what it lacks", async () => {
  await inTempFolder(async (folder) => {
    const base = await openCheckpoint(await writeCheckpoint(join(folder, "base")));
    const adapter = join(folder, "a");
    const refusesFolder = (message: RegExp) =>
      assert.rejects(openLoraAdapter(adapter, base), (error: Error) => {
        assert.ok(error instanceof UsageError, `${error.stack}`);
        assert.match(error.message, message);
        return true;
      });
    await refusesFolder(/a has no adapter_config\.json/);
    await Deno.mkdir(adapter);
    await refusesFolder(/a has no adapter_config\.json/);
    await Deno.writeTextFile(join(adapter, "adapter_config.json"), '{"r": NaN}');
    await refusesFolder(/adapter_config\.json holds NaN/);
    await Deno.writeTextFile(join(adapter, "adapter_config.json"), JSON.stringify(TINY_LORA));
    await refusesFolder(/a has no adapter_model\.safetensors/);
    await Deno.writeTextFile(join(adapter, "adapter_model.bin"), "");
    await refusesFolder(/adapter_model\.bin only: a pickle.*python -c .*save_file/);
    await Deno.writeFile(join(adapter, "adapter_model.safetensors"), new Uint8Array(3));
    await refusesFolder(/adapter_model\.safetensors is cut short/);
  });
});
