import assert from "node:assert/strict";
import { join } from "node:path";
import { UsageError } from "../settings/usage_error.ts";
import { openCheckpoint } from "./checkpoint.ts";
import { openLoraAdapter } from "./open_lora_adapter.ts";

/** Models and adapters written by transformers and PEFT, where they are at hand. */
const REFERENCE = Deno.env.get("HOUQA_TEST_REFERENCE");
const TINY = join(REFERENCE ?? "", "tiny");
const ignore = !REFERENCE;

const FIXTURES = [
  "qwen2-oldconfig-bf16",
  "qwen2-tied-f16",
  "qwen3-tied-bf16",
  "qwen3-untied-f32-sharded",
];

/** Words of the message that each case must be refused with. */
const REFUSALS: Readonly<Record<string, RegExp>> = {
  "bias-lora-only": /bias is "lora_only"/,
  "embed-tokens-lora": /LoRA on an embedding/,
  "layer-replication": /layer_replication/,
  "lora-bias": /lora_bias is true/,
  "missing-lora-b": /layers\.1\.self_attn\.v_proj has no lora_B/,
  "peft-type": /peft_type is "LOHA", only "LORA"/,
  "shape-mismatch": /q_proj\.lora_A is \[4, 48\], and this base needs \[4, 64\]/,
  "truncated": /cut short: it should have 12272 bytes, and has 7363/,
};

async function readJson(path: string) {
  return JSON.parse(await Deno.readTextFile(path));
}

for (const fixture of FIXTURES) {
  Deno.test({
    name: `reference ${fixture}: base and adapters open as PEFT has them`,
    ignore,
    fn: async () => {
      const reference = await readJson(join(TINY, fixture, "reference.json"));
      const base = await openCheckpoint(join(TINY, fixture, "base"));
      assert.ok(base.tensors.size > 0);
      for (const [name, expected] of Object.entries<Record<string, unknown>>(reference.adapters)) {
        const adapter = await openLoraAdapter(join(TINY, fixture, expected.dir as string), base);
        const modules = Object.entries(
          expected.modules as Record<string, { r: number; scaling: number }>,
        );
        assert.deepEqual([...adapter.modules.keys()].sort(), modules.map(([key]) => key).sort());
        for (const [key, { r, scaling }] of modules) {
          const module = adapter.modules.get(key)!;
          assert.equal(module.rank, r, `${name} ${key}`);
          assert.ok(Math.abs(module.scaling - scaling) < 1e-6, `${name} ${key}`);
          assert.equal(module.magnitude !== undefined, name === "dora");
        }
        assert.equal(adapter.saved.has("lm_head.weight"), expected.lm_head_changed);
        assert.equal(adapter.saved.has("model.embed_tokens.weight"), expected.embed_changed);
        assert.deepEqual(adapter.warnings, []);
      }
    },
  });
}

Deno.test({
  name: "reference refusals: each is refused with its reason",
  ignore,
  fn: async () => {
    const cases = [...Deno.readDirSync(join(TINY, "refusals"))].map(({ name }) => name).sort();
    assert.deepEqual(cases, Object.keys(REFUSALS).sort());
    for (const name of cases) {
      const folder = join(TINY, "refusals", name);
      const { base } = await readJson(join(folder, "expected.json"));
      const checkpoint = await openCheckpoint(join(folder, base));
      await assert.rejects(openLoraAdapter(folder, checkpoint), (error: Error) => {
        assert.ok(error instanceof UsageError, `${name}: ${error.stack}`);
        assert.match(error.message, REFUSALS[name]!);
        return true;
      });
    }
  },
});
