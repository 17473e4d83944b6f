import assert from "node:assert/strict";
import { UsageError } from "../settings/usage_error.ts";
import { TINY_LORA } from "./checkpoint_double.ts";
import { parseLoraConfig } from "./parse_lora_config.ts";

type Fields = Readonly<Record<string, unknown>>;

function parse(fields: Fields = {}) {
  return parseLoraConfig({ ...TINY_LORA, ...fields }, "a/adapter_config.json");
}

function refuses(cases: [Fields, RegExp][]): void {
  for (const [fields, message] of cases) {
    assert.throws(() => parse(fields), (error: Error) => {
      assert.ok(error instanceof UsageError, `${JSON.stringify(fields)}: ${error.stack}`);
      assert.match(error.message, /^a\/adapter_config\.json: /);
      assert.match(error.message, message);
      return true;
    }, JSON.stringify(fields));
  }
}

Deno.test("PEFT's own file is read, and what it leaves out has PEFT's default", () => {
  const { warnings, ...settings } = parse();
  assert.deepEqual(settings, {
    rank: 4,
    alpha: 8,
    rslora: false,
    dora: false,
    rankPattern: [],
    alphaPattern: [],
    targetModules: ["v_proj", "q_proj"],
    excludeModules: [],
    layersToTransform: [],
    layersPattern: [],
    modulesToSave: [],
    ensureWeightTying: false,
    baseName: "Org/tiny-qwen",
  });
  assert.deepEqual(warnings, []);
  const bare = parseLoraConfig({ peft_type: "LORA" }, "");
  const { baseName: _, ...others } = settings;
  assert.deepEqual(bare, {
    ...others,
    rank: 8,
    targetModules: ["q_proj", "v_proj"],
    warnings: [],
  });
});

Deno.test("a single name, index or text stands for a list of one; patterns keep their order", () => {
  const settings = parse({
    layers_to_transform: 0,
    layers_pattern: "layers",
    exclude_modules: ".*mlp.*",
    rank_pattern: { "b.*": 2, "a": 3 },
    alpha_pattern: { "z": 0.5, "y": -1 },
  });
  assert.deepEqual(settings.layersToTransform, [0]);
  assert.deepEqual(settings.layersPattern, ["layers"]);
  assert.equal(settings.excludeModules, ".*mlp.*");
  assert.deepEqual(settings.rankPattern, [["b.*", 2], ["a", 3]]);
  assert.deepEqual(settings.alphaPattern, [["z", 0.5], ["y", -1]]);
});

Deno.test("what is more than LoRA, rsLoRA and DoRA is refused by name", () => {
  refuses([
    [{ peft_type: "LOHA" }, /peft_type is "LOHA", only "LORA"/],
    [{ peft_type: undefined }, /peft_type is missing/],
    [{ bias: "lora_only" }, /bias is "lora_only"/],
    [{ bias: "all" }, /bias is "all"/],
    [{ lora_bias: true }, /lora_bias is true/],
    [{ fan_in_fan_out: true }, /fan_in_fan_out is true/],
    [{ layer_replication: [[0, 1], [0, 2]] }, /layer_replication is a list of 2/],
    [{ trainable_token_indices: [3] }, /trainable_token_indices is a list of 1/],
    [{ trainable_token_indices: { embed_tokens: [1] } }, /trainable_token_indices is an object/],
    [{ target_parameters: ["mlp.experts"] }, /target_parameters is a list of 1/],
    [{ use_qalora: true }, /use_qalora is true/],
    [{ use_bdlora: {} }, /use_bdlora is an object/],
    [{ alora_invocation_tokens: [1, 2] }, /alora_invocation_tokens is a list of 2/],
    [{ arrow_config: {} }, /arrow_config is an object/],
    [{ kasa_config: {} }, /kasa_config is an object/],
    [{ monteclora_config: { num_samples: 8 } }, /monteclora_config is an object/],
    [{ velora_config: {} }, /velora_config is an object/],
    [{ megatron_config: { tp: 2 } }, /megatron_config is an object/],
  ]);
  const unset = parse({
    layer_replication: [],
    trainable_token_indices: {},
    target_parameters: [],
    use_bdlora: false,
    bias: null,
  });
  assert.equal(unset.rank, 4);
});

Deno.test("initialisations that change the base are refused, the others are not", () => {
  for (
    const init of ["pissa", "pissa_niter_16", "olora", "OLoRA", "corda", "loftq", "lora_ga"]
  ) {
    refuses([[{ init_lora_weights: init }, new RegExp(`is "${init}", which changes the base`)]]);
  }
  for (const init of [true, false, null, "gaussian", "eva", "orthogonal", "mica"]) {
    assert.equal(parse({ init_lora_weights: init }).rank, 4);
  }
  refuses([
    [{ init_lora_weights: "svd" }, /is "svd", which is not known/],
    [{ init_lora_weights: 3 }, /is 3, which is not known/],
  ]);
});

Deno.test("fields of a later PEFT: switches and structures are refused, the rest is named", () => {
  refuses([
    [{ use_megalora: true }, /"use_megalora" is true\. This setting is not known here/],
    [{ mega_config: { a: 1 } }, /"mega_config" is an object/],
    [{ mega_layers: [1] }, /"mega_layers" is a list of 1/],
  ]);
  const { warnings } = parse({
    mega_dropout: 0.5,
    mega_name: "x",
    mega_off: false,
    mega_null: null,
    mega_zero: 0,
    mega_text: "",
    mega_list: [],
    mega_object: {},
  });
  assert.deepEqual(warnings, [
    'a/adapter_config.json: "mega_dropout" is 0.5: not known here, ignored.',
    'a/adapter_config.json: "mega_name" is "x": not known here, ignored.',
  ]);
});

Deno.test("values of the wrong kind are named with their path", () => {
  refuses([
    [{ r: 0 }, /r is 0; it must be a whole number from 1 to 65536/],
    [{ r: 1.5 }, /r is 1.5/],
    [{ r: "8" }, /r is "8"/],
    [{ r: 1e9 }, /r is 1000000000/],
    [{ lora_alpha: NaN }, /lora_alpha is NaN; it must be a number/],
    [{ lora_alpha: Infinity }, /lora_alpha is Infinity/],
    [{ lora_alpha: "16" }, /lora_alpha is "16"/],
    [{ use_rslora: 1 }, /use_rslora is 1; it must be true or false/],
    [{ use_dora: "yes" }, /use_dora is "yes"/],
    [{ rank_pattern: { "q_proj": 0 } }, /rank_pattern\.q_proj is 0/],
    [{ rank_pattern: [] }, /rank_pattern is a list of 0; it must be an object of ranks/],
    [{ alpha_pattern: { "q_proj": "x" } }, /alpha_pattern\.q_proj is "x"/],
    [{ target_modules: 3 }, /target_modules is 3; it must be a list of names or a regular/],
    [{ target_modules: ["a", 3] }, /target_modules/],
    [{ target_modules: [""] }, /target_modules/],
    [{ layers_to_transform: [-1] }, /layers_to_transform/],
    [{ layers_to_transform: 0.5 }, /layers_to_transform is 0.5/],
    [{ modules_to_save: "lm_head" }, /modules_to_save is "lm_head"; it must be a list of names/],
    [{ modules_to_save: Array(101).fill("a") }, /at most 100 names/],
    [{ base_model_name_or_path: 3 }, /base_model_name_or_path is 3/],
  ]);
  for (const json of [null, [], "LORA"]) {
    assert.throws(() => parseLoraConfig(json, "x"), /x: it must be a JSON object/);
  }
});
