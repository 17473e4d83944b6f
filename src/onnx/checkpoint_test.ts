import assert from "node:assert/strict";
import { join } from "node:path";
import { UsageError } from "../settings/usage_error.ts";
import { openCheckpoint } from "./checkpoint.ts";
import {
  type DoubleTensors,
  filled,
  inTempFolder,
  safetensorsBytes,
  TINY_QWEN2,
  TINY_QWEN3,
  tinyTensors,
  writeCheckpoint,
} from "./checkpoint_double.ts";
import { expectedTensors, linearModules } from "./expected_tensors.ts";

const TIED = { ...TINY_QWEN3, tie_word_embeddings: true };
const INDEX = "model.safetensors.index.json";

async function refuses(folder: string, ...messages: RegExp[]): Promise<void> {
  await assert.rejects(openCheckpoint(folder), (error: Error) => {
    assert.ok(error instanceof UsageError, `${error.stack}`);
    for (const message of messages) assert.match(error.message, message);
    return true;
  });
}

/** Writes a checkpoint with some tensors changed, and expects it to be refused. */
async function refusesWith(
  config: Readonly<Record<string, unknown>>,
  change: (tensors: DoubleTensors) => void,
  ...messages: RegExp[]
): Promise<void> {
  await inTempFolder(async (folder) => {
    const tensors = tinyTensors(config);
    change(tensors);
    await refuses(await writeCheckpoint(folder, config, tensors), ...messages);
  });
}

/** Writes the tensors into two files, even ones and odd ones, with an index. */
async function writeSharded(folder: string, config = TINY_QWEN3): Promise<Map<string, string>> {
  await writeCheckpoint(folder, config);
  await Deno.remove(join(folder, "model.safetensors"));
  const names = ["model-00001-of-00002.safetensors", "model-00002-of-00002.safetensors"];
  const all = [...tinyTensors(config)];
  const map = new Map<string, string>();
  for (const [shard, name] of names.entries()) {
    const some = all.filter((_, index) => index % 2 === shard);
    for (const [tensor] of some) map.set(tensor, name);
    await Deno.writeFile(join(folder, name), safetensorsBytes(new Map(some)));
  }
  await writeIndex(folder, map);
  return map;
}

function writeIndex(folder: string, map: ReadonlyMap<string, string>): Promise<void> {
  const index = { metadata: { total_size: 1 }, weight_map: Object.fromEntries(map) };
  return Deno.writeTextFile(join(folder, INDEX), JSON.stringify(index));
}

Deno.test("one file: exactly the architecture's tensors, for both architectures, tied or not", async () => {
  for (const base of [TINY_QWEN3, TINY_QWEN2]) {
    for (const tied of [false, true]) {
      await inTempFolder(async (folder) => {
        await writeCheckpoint(folder, { ...base, tie_word_embeddings: tied });
        const { config, tensors, weightFiles } = await openCheckpoint(folder);
        assert.deepEqual([...tensors.keys()], [...expectedTensors(config).keys()]);
        assert.equal(tensors.has("lm_head.weight"), !tied);
        assert.equal(tensors.has("model.layers.1.self_attn.q_proj.bias"), base === TINY_QWEN2);
        assert.equal(tensors.has("model.layers.1.self_attn.q_norm.weight"), base === TINY_QWEN3);
        assert.equal(tensors.has("model.layers.1.self_attn.o_proj.bias"), false);
        assert.equal(tensors.size, (base === TINY_QWEN2 ? 26 : 24) + (tied ? 0 : 1));
        assert.deepEqual(weightFiles, [join(folder, "model.safetensors")]);
      });
    }
  }
});

Deno.test("shapes and linear modules follow the config", async () => {
  await inTempFolder(async (folder) => {
    const { config } = await openCheckpoint(
      await writeCheckpoint(folder, { ...TINY_QWEN2, head_dim: 48 }),
    );
    const shapes = expectedTensors(config);
    assert.deepEqual(shapes.get("model.layers.0.self_attn.q_proj.weight"), [96, 32]);
    assert.deepEqual(shapes.get("model.layers.0.self_attn.k_proj.bias"), [48]);
    assert.deepEqual(shapes.get("model.layers.0.self_attn.o_proj.weight"), [32, 96]);
    assert.deepEqual(shapes.get("model.layers.0.mlp.down_proj.weight"), [32, 24]);
    const linears = linearModules({ ...config, tied: true });
    assert.equal(linears.size, 15);
    assert.deepEqual(linears.get("lm_head"), [12, 32]);
  });
});

Deno.test("shards with an index are read; symbolic links as in the Hugging Face cache too", async () => {
  await inTempFolder(async (folder) => {
    const blobs = join(folder, "blobs"), snapshot = join(folder, "snapshot");
    await writeSharded(blobs);
    await Deno.mkdir(snapshot);
    for await (const { name } of Deno.readDir(blobs)) {
      await Deno.symlink(join(blobs, name), join(snapshot, name));
    }
    for (const place of [blobs, snapshot]) {
      const { tensors, weightFiles } = await openCheckpoint(place);
      assert.equal(tensors.size, 25);
      assert.deepEqual(weightFiles, [
        join(place, "model-00001-of-00002.safetensors"),
        join(place, "model-00002-of-00002.safetensors"),
      ]);
    }
  });
});

Deno.test("an index that does not fit its files is refused", async () => {
  await inTempFolder(async (folder) => {
    const map = await writeSharded(folder);
    const shard = "model-00002-of-00002.safetensors";
    const withEntry = (tensor: string, file: string) =>
      writeIndex(folder, new Map([...map, [tensor, file]]));

    const [inFirst] = map.keys();
    await withEntry(inFirst!, shard);
    await refuses(folder, new RegExp(`tensor ${inFirst} should be in ${shard}, and is not`));
    await withEntry("model.layers.7.x", shard);
    await refuses(folder, /tensor model\.layers\.7\.x should be in model-00002-of-00002/);
    await withEntry("model.norm.weight", "model-00003-of-00003.safetensors");
    await refuses(folder, /1 of 3 weight files are missing: model-00003.*download is incomplete/);
    for (
      const path of [
        "../x.safetensors",
        "/etc/x.safetensors",
        "a/b.safetensors",
        "a\\b.safetensors",
        "x\u0000.safetensors",
        "pytorch_model.bin",
        "",
        "..",
      ]
    ) {
      await withEntry("model.norm.weight", path);
      await refuses(folder, /weight_map\["model\.norm\.weight"\] is .*plain name/);
    }
    await Deno.writeTextFile(join(folder, INDEX), '{"weight_map": {}}');
    await refuses(folder, /weight_map is empty/);
    await Deno.writeTextFile(join(folder, INDEX), '{"weight_map": {"a": 3}}');
    await refuses(folder, /weight_map\.a is 3; it must be a file name/);
    await Deno.writeTextFile(join(folder, INDEX), "{}");
    await refuses(folder, /weight_map is missing/);

    await writeIndex(folder, map);
    await Deno.copyFile(join(folder, shard), join(folder, "model-00003-of-00003.safetensors"));
    await withEntry("model.layers.9.x", "model-00003-of-00003.safetensors");
    await refuses(folder, /is in model-00002-of-00002\.safetensors and in model-00003-of-00003/);

    await Deno.remove(join(folder, INDEX));
    await refuses(folder, /has model-00001-of.* and no model\.safetensors\.index\.json/);
  });
});

Deno.test("tensors must be complete and have the config's shapes", async () => {
  await refusesWith(
    TINY_QWEN3,
    (tensors) => {
      tensors.delete("model.norm.weight");
      tensors.delete("model.layers.1.mlp.up_proj.weight");
    },
    /2 tensors are missing: model\.layers\.1\.mlp\.up_proj\.weight, model\.norm\.weight/,
  );
  await refusesWith(
    TINY_QWEN3,
    (tensors) => tensors.set("model.norm.weight", filled([15])),
    /model\.safetensors: tensor model\.norm\.weight is \[15\], and config\.json asks for \[16\]/,
  );
  await refusesWith(
    TINY_QWEN3,
    (tensors) => tensors.set("model.norm.weight", filled([16, 1])),
    /is \[16, 1\], and config\.json asks for \[16\]/,
  );
  await refusesWith(
    TINY_QWEN2,
    (tensors) => tensors.delete("model.layers.0.self_attn.v_proj.bias"),
    /1 tensors are missing: model\.layers\.0\.self_attn\.v_proj\.bias/,
  );
  await inTempFolder(async (folder) => {
    const unprefixed = new Map(
      [...tinyTensors(TIED)].map(([name, tensor]) => [name.replace("model.", ""), tensor]),
    );
    await refuses(
      await writeCheckpoint(folder, TIED, unprefixed),
      /24 tensors are missing: .* and 20 more.*lack "model\."/,
    );
  });
});

Deno.test("what belongs to no such model is refused, harmless leftovers are not", async () => {
  await refusesWith(
    TINY_QWEN3,
    (tensors) => tensors.set("model.layers.0.mlp.experts.0.up_proj.weight", filled([2])),
    /1 tensors belong to no qwen3 model: model\.layers\.0\.mlp\.experts/,
  );
  await refusesWith(
    TINY_QWEN3,
    (tensors) => tensors.set("model.layers.0.self_attn.q_proj.bias", filled([16])),
    /belong to no qwen3 model.*Another architecture/,
  );
  await refusesWith(
    TIED,
    (tensors) => tensors.set("lm_head.bias", filled([12])),
    /1 tensors belong to no qwen3 model: lm_head\.bias/,
  );
  await refusesWith(
    TINY_QWEN3,
    (tensors) => tensors.set("extra", { dtype: "I64", shape: [1], bytes: new Uint8Array(8) }),
    /1 tensors belong to no qwen3 model: extra/,
  );
  await inTempFolder(async (folder) => {
    const tensors = tinyTensors();
    tensors.set("model.layers.0.self_attn.rotary_emb.inv_freq", filled([4]));
    const checkpoint = await openCheckpoint(await writeCheckpoint(folder, TINY_QWEN3, tensors));
    assert.equal(checkpoint.tensors.size, 25);
  });
});

Deno.test("weights that are quantised already are refused by name", async () => {
  const name = "model.layers.0.mlp.up_proj.weight";
  await refusesWith(
    TINY_QWEN3,
    (tensors) => tensors.set(name, { dtype: "U8", shape: [192, 1], bytes: new Uint8Array(192) }),
    new RegExp(`${name} is stored as U8: the weights are quantised already.*unquantised`),
  );
  await refusesWith(
    TINY_QWEN3,
    (tensors) => tensors.set(name, { dtype: "F64", shape: [1], bytes: new Uint8Array(8) }),
    new RegExp(`${name} is stored as F64: save the model as BF16`),
  );
  await refusesWith(
    TINY_QWEN3,
    (tensors) => {
      tensors.set("other", filled([2]));
      tensors.set(`${name}.absmax`, filled([2]));
    },
    /belong to no qwen3 model.*quantised checkpoint/,
  );
});

Deno.test("a tied model may have its output layer in the file too, if it is the same", async () => {
  await inTempFolder(async (folder) => {
    const tensors = tinyTensors(TIED);
    tensors.set("lm_head.weight", filled([12, 16], 0.5, "F32"));
    const { tensors: opened } = await openCheckpoint(await writeCheckpoint(folder, TIED, tensors));
    assert.equal(opened.has("lm_head.weight"), false);
  });
  await refusesWith(
    TIED,
    (tensors) => {
      const head = filled([12, 16], 0.5, "BF16");
      head.bytes[head.bytes.length - 1] = 0;
      tensors.set("lm_head.weight", head);
    },
    /lm_head\.weight differs from model\.embed_tokens\.weight.*"tie_word_embeddings": true/,
  );
  await refusesWith(
    TIED,
    (tensors) => tensors.set("lm_head.weight", filled([13, 16], 0.5, "BF16")),
    /lm_head\.weight differs/,
  );
});

Deno.test("a folder that is no checkpoint says what it lacks", async () => {
  await inTempFolder(async (folder) => {
    const file = (name: string, text = "") => Deno.writeTextFile(join(folder, name), text);
    await refuses(join(folder, "nowhere"), /model folder .*nowhere does not exist/);
    await refuses(folder, /has no config\.json/);
    await file("adapter_config.json", "{}");
    await refuses(folder, /holds a LoRA adapter, not a model/);
    await file("config.json", JSON.stringify(TINY_QWEN3));
    await refuses(folder, /has no weights: neither model\.safetensors nor/);
    await file("pytorch_model-00001-of-00002.bin");
    await refuses(folder, /pytorch_model\*\.bin only: a pickle.*python -c .*save_pretrained/);
    await file("config.json", '{"rope_theta": NaN}');
    await refuses(folder, /config\.json holds NaN at line 1/);
    await file("config.json", " ".repeat((1 << 20) + 1));
    await refuses(folder, /config\.json has 1048577 bytes; at most 1048576/);
    await Deno.writeFile(join(folder, "config.json"), new Uint8Array([0x7b, 0xff]));
    await refuses(folder, /config\.json is not UTF-8 text/);
    await Deno.remove(join(folder, "config.json"));
    await Deno.symlink("config.json", join(folder, "config.json"));
    await refuses(folder, /Can't read .*config\.json: /);
    await Deno.remove(join(folder, "config.json"));
    await Deno.mkdir(join(folder, "config.json"));
    await refuses(folder, /^\/.*config\.json is not a file/);
    await refuses(join(folder, "adapter_config.json"), /Can't read the model folder/);
  });
});
