import assert from "node:assert/strict";
import { TINY_LORA, TINY_QWEN3 } from "./checkpoint_double.ts";
import { linearModules } from "./expected_tensors.ts";
import { patternLookup, resolveLoraTargets } from "./lora_targets.ts";
import { parseLoraConfig } from "./parse_lora_config.ts";
import { parseQwenConfig } from "./parse_qwen_config.ts";

type Fields = Readonly<Record<string, unknown>>;

const PROJECTIONS = [...linearModules(parseQwenConfig(TINY_QWEN3, "")).keys()].filter((name) =>
  name !== "lm_head"
);

function resolve(fields: Fields, model: Fields = {}) {
  const settings = parseLoraConfig({ ...TINY_LORA, ...fields }, "a.json");
  const config = parseQwenConfig({ ...TINY_QWEN3, ...model }, "c.json");
  return resolveLoraTargets(settings, config, "a.json", { stepsLeft: 1_000_000 });
}

/** Targeted modules without the common "model.layers.". */
function targets(fields: Fields): string[] {
  return [...resolve(fields).modules].map((name) => name.replace("model.layers.", ""));
}

const Q0 = "0.self_attn.q_proj", Q1 = "1.self_attn.q_proj";

Deno.test("names of a list match whole names or their ends at a dot", () => {
  assert.deepEqual(targets({ target_modules: ["q_proj"] }), [Q0, Q1]);
  assert.deepEqual(targets({ target_modules: ["self_attn.q_proj", "proj"] }), [Q0, Q1]);
  assert.deepEqual(targets({ target_modules: [`model.layers.${Q1}`] }), [Q1]);
  assert.deepEqual(targets({ target_modules: ["_proj", "self_attn"] }), []);
  assert.deepEqual(targets({ target_modules: ["lm_head"] }), ["lm_head"]);
  assert.deepEqual(targets({ target_modules: ["embed_tokens"] }), ["model.embed_tokens"]);
  assert.deepEqual(targets({ target_modules: [] }), []);
  assert.deepEqual(targets({ target_modules: null }).length, 4);
});

Deno.test("a text is a regular expression for whole names, except all-linear", () => {
  assert.deepEqual(targets({ target_modules: ".*\\.q_proj" }), [Q0, Q1]);
  assert.deepEqual(targets({ target_modules: "q_proj" }), []);
  assert.deepEqual(
    targets({ target_modules: "^(?!.*mlp).*\\.1\\..*(q|down)_proj" }),
    [Q1],
  );
  for (const all of ["all-linear", "ALL-Linear"]) {
    assert.deepEqual([...resolve({ target_modules: all }).modules], PROJECTIONS);
    const tied = resolve({ target_modules: all }, { tie_word_embeddings: true });
    assert.deepEqual([...tied.modules], PROJECTIONS);
  }
  assert.deepEqual([...resolve({ target_modules: ["all-linear"] }).modules], []);
  assert.throws(() => resolve({ target_modules: "(" }), /a\.json: target_modules: .*missing \)/);
});

Deno.test("exclude_modules takes names or a pattern away", () => {
  const target_modules = ["q_proj", "v_proj"];
  const V0 = "0.self_attn.v_proj", V1 = "1.self_attn.v_proj";
  assert.deepEqual(targets({ target_modules, exclude_modules: ["v_proj"] }), [Q0, Q1]);
  assert.deepEqual(targets({ target_modules, exclude_modules: [`model.layers.${Q0}`] }), [
    V0,
    Q1,
    V1,
  ]);
  assert.deepEqual(targets({ target_modules, exclude_modules: ".*\\.0\\..*" }), [Q1, V1]);
  assert.deepEqual(targets({ target_modules, exclude_modules: "" }), [Q0, V0, Q1, V1]);
  assert.throws(() => resolve({ exclude_modules: "[" }), /a\.json: exclude_modules/);
});

Deno.test("layers_to_transform chooses layers, except for modules named in full", () => {
  const target_modules = ["q_proj"];
  assert.deepEqual(targets({ target_modules, layers_to_transform: [1] }), [Q1]);
  assert.deepEqual(targets({ target_modules, layers_to_transform: 0 }), [Q0]);
  assert.deepEqual(targets({ target_modules, layers_to_transform: [] }), [Q0, Q1]);
  assert.deepEqual(targets({ target_modules, layers_to_transform: [7] }), []);
  assert.deepEqual(
    targets({ target_modules: ["q_proj", "lm_head"], layers_to_transform: [1] }),
    [Q1, "lm_head"],
    "lm_head is named in full",
  );
  assert.deepEqual(
    targets({ target_modules: [`model.layers.${Q0}`], layers_to_transform: [1] }),
    [Q0],
  );
  for (const [pattern, found] of [["layers", [Q1]], ["model.layers", [Q1]], ["h", []]] as const) {
    assert.deepEqual(
      targets({ target_modules, layers_to_transform: [1], layers_pattern: pattern }),
      found,
    );
  }
  const both = { target_modules, layers_to_transform: [1], layers_pattern: ["h", "layers"] };
  assert.deepEqual(targets(both), [Q1]);
  assert.throws(
    () => resolve({ layers_to_transform: [1], layers_pattern: "(layers)+" }),
    /layers_pattern is "\(layers\)\+"; only plain names/,
  );
  assert.throws(
    () => resolve({ layers_to_transform: [1], layers_pattern: ["layers", "layers|h"] }),
    /layers_pattern is "layers\|h"/,
  );
  assert.throws(
    () => resolve({ target_modules: "all-linear", layers_to_transform: [1] }),
    /target_modules is one text, "all-linear"/,
  );
});

Deno.test("modules_to_save names tensors by the end of any module's name", () => {
  const saved = (fields: Fields, model: Fields = {}) => [...resolve(fields, model).saved];
  assert.deepEqual(saved({ modules_to_save: ["lm_head"] }), ["lm_head.weight"]);
  assert.deepEqual(saved({ modules_to_save: ["embed_tokens"] }), ["model.embed_tokens.weight"]);
  assert.deepEqual(saved({ modules_to_save: ["model.norm"] }), ["model.norm.weight"]);
  // PEFT compares ends without a dot: "norm" is the end of five kinds of names.
  assert.equal(saved({ modules_to_save: ["norm"] }).length, 2 * 4 + 1);
  assert.deepEqual(saved({ modules_to_save: ["0.mlp"] }), [
    "model.layers.0.mlp.gate_proj.weight",
    "model.layers.0.mlp.up_proj.weight",
    "model.layers.0.mlp.down_proj.weight",
  ]);
  const tied = { tie_word_embeddings: true };
  assert.deepEqual(saved({ modules_to_save: ["lm_head"] }, tied), ["lm_head.weight"]);
  assert.deepEqual(saved({ modules_to_save: ["embed_tokens"] }, tied), [
    "model.embed_tokens.weight",
  ]);
  const both = ["model.embed_tokens.weight", "lm_head.weight"];
  for (const name of ["embed_tokens", "lm_head"]) {
    const fields = { modules_to_save: [name], ensure_weight_tying: true };
    assert.deepEqual(saved(fields, tied).sort(), [...both].sort());
    assert.equal(saved(fields).length, 1, "an untied model is not tied by it");
  }
  assert.deepEqual(
    saved({ modules_to_save: ["model.norm"], ensure_weight_tying: true }, tied),
    ["model.norm.weight"],
  );
  const { unmatchedSaves } = resolve({ modules_to_save: ["score", "lm_head"] });
  assert.deepEqual(unmatchedSaves, ["score"]);
  assert.throws(() => resolve({ modules_to_save: ["a|b"] }), /modules_to_save names "a\|b"/);
});

Deno.test("LoRA stays away from saved modules and what is below them", () => {
  const target_modules = ["q_proj", "up_proj"];
  assert.deepEqual(targets({ target_modules, modules_to_save: ["mlp"] }), [Q0, Q1]);
  assert.deepEqual(targets({ target_modules, modules_to_save: ["layers.1", "mlp"] }), [Q0]);
  assert.deepEqual(targets({ target_modules: ["lm_head"], modules_to_save: ["lm_head"] }), []);
});

Deno.test("the first pattern in file order that fits a name's end decides", () => {
  const name = "model.layers.10.self_attn.q_proj";
  const rank = (entries: Record<string, number>) =>
    patternLookup(Object.entries(entries), "a.json", "rank_pattern", { stepsLeft: 1_000_000 })(
      name,
    );
  assert.equal(rank({}), undefined);
  assert.equal(rank({ q_proj: 1 }), 1);
  assert.equal(rank({ proj: 1 }), undefined, "ends at a dot only");
  assert.equal(rank({ "self_attn.q_proj": 1 }), 1);
  assert.equal(rank({ "self_attn\\.q_proj": 1 }), 1);
  assert.equal(rank({ "self.attn.q.proj": 1 }), 1, "an unescaped dot is any character");
  assert.equal(rank({ "self\\.attn.q_proj": 1 }), undefined);
  assert.equal(rank({ "^q_proj": 1 }), undefined);
  assert.equal(rank({ "^model.layers.10.self_attn.q_proj$": 1 }), 1);
  assert.equal(rank({ "^layers.10.self_attn.q_proj": 1 }), undefined);
  assert.equal(rank({ "q_proj$": 1 }), 1);
  assert.equal(rank({ "layers.1.self_attn.q_proj": 1 }), undefined);
  assert.equal(rank({ "layers\\.\\d+\\.self_attn\\.[qk]_proj": 1 }), 1);
  assert.equal(rank({ "k_proj": 1, "(q|v)_proj": 2, "q_proj": 3 }), 2);
  assert.equal(rank({ "q_proj": 3, "(q|v)_proj": 2 }), 3);
  assert.equal(rank({ "x|q_proj": 4 }), 4, "alternatives stay together");
  assert.equal(rank({ "attn.q_proj": 1 }), undefined);
  assert.equal(rank({ ".*attn.q_proj": 1 }), 1);
  assert.throws(() => rank({ "a)|(b": 1 }), /a\.json: rank_pattern: .*a \) too many/);
  assert.throws(() => rank({ "*": 1 }), /rank_pattern: .*nothing to repeat/);
});

Deno.test("too many patterns are an error instead of a long wait", () => {
  const entries = Object.entries(
    Object.fromEntries(Array.from({ length: 1000 }, (_, index) => [`x${index}`, 1])),
  );
  const rankOf = patternLookup(entries, "a.json", "rank_pattern", { stepsLeft: 1500 });
  assert.equal(rankOf("model.norm"), undefined);
  assert.throws(() => rankOf("model.norm"), /a\.json: rank_pattern: .*too long/);
});
