import assert from "node:assert/strict";
import { join } from "node:path";
import {
  AutoModelForCausalLM,
  AutoTokenizer,
  env,
  type PreTrainedModel,
  Tensor,
} from "@huggingface/transformers";
import { likeliest } from "../llm/sample_token.ts";
import { inTempFolder } from "./checkpoint_double.ts";
import type { ExportDtype } from "./export_dtype.ts";
import { exportTo, withModel } from "./exported_double.ts";
import { writeTinyModel } from "./tiny_model_double.ts";

/** Folder with tiny models and what PyTorch computed with them. */
const REFERENCE = Deno.env.get("HOUQA_TEST_REFERENCE");

env.allowRemoteModels = false;
env.useBrowserCache = false;
env.useFSCache = false;

/** Loads an export as anybody would, and writes greedily. */
async function generate(
  folder: string,
  dtype: ExportDtype,
  ids: readonly number[],
  count: number,
): Promise<number[]> {
  const model: PreTrainedModel = await AutoModelForCausalLM.from_pretrained(folder, {
    dtype,
    device: "cpu",
    local_files_only: true,
  });
  try {
    const shape = [1, ids.length];
    const output = await model.generate({
      inputs: new Tensor("int64", BigInt64Array.from(ids, BigInt), shape),
      attention_mask: new Tensor("int64", new BigInt64Array(ids.length).fill(1n), shape),
      max_new_tokens: count,
      do_sample: false,
      // Generation must not stop at any token here.
      eos_token_id: -1,
      // deno-lint-ignore no-explicit-any -- its types want a whole configuration
    } as any);
    return [...(output as Tensor).data as BigInt64Array].slice(ids.length).map(Number);
  } finally {
    await model.dispose();
  }
}

/** The same by houqa's own loop. */
function ownGreedy(
  folder: string,
  dtype: ExportDtype,
  ids: readonly number[],
  count: number,
): Promise<number[]> {
  return withModel(folder, dtype, async (model) => {
    const tokens: number[] = [];
    let { logits, cache } = await model.forward(ids);
    for (;;) {
      tokens.push(likeliest(logits));
      if (tokens.length === count) return tokens;
      ({ logits, cache } = await model.forward([tokens.at(-1)!], cache));
    }
  });
}

for (const dtype of ["fp32", "q8", "q4"] as const) {
  Deno.test({
    name: `plain transformers.js loads an export (${dtype}) and writes what houqa writes`,
    sanitizeOps: false,
    sanitizeResources: false,
    fn: () =>
      inTempFolder(async (folder) => {
        await writeTinyModel(join(folder, "m"));
        const out = join(folder, "o");
        await exportTo(out, join(folder, "m"), dtype);
        const ids = [257, 117, 10, 230, 179, 149, 258, 10];
        assert.deepEqual(
          await generate(out, dtype, ids, 16),
          await ownGreedy(out, dtype, ids, 16),
        );
      }),
  });
}

Deno.test({
  name: "plain transformers.js finds the chat template in an export",
  sanitizeResources: false,
  fn: () =>
    inTempFolder(async (folder) => {
      await writeTinyModel(join(folder, "m"));
      const out = join(folder, "o");
      await exportTo(out, join(folder, "m"), "q4");
      const tokenizer = await AutoTokenizer.from_pretrained(out, { local_files_only: true });
      const text = tokenizer.apply_chat_template([{ role: "user", content: "法" }], {
        tokenize: false,
        add_generation_prompt: true,
      });
      assert.equal(text, "<|im_start|>user\n法<|im_end|>\n<|im_start|>assistant\n");
    }),
});

for (const fixture of ["qwen3-untied-f32-sharded", "qwen2-oldconfig-bf16"]) {
  Deno.test({
    name: `plain transformers.js writes PyTorch's greedy tokens from an export of ${fixture}`,
    ignore: REFERENCE === undefined,
    sanitizeOps: false,
    sanitizeResources: false,
    fn: () =>
      inTempFolder(async (folder) => {
        const at = join(REFERENCE!, "tiny", fixture);
        const { prompts, base } = JSON.parse(await Deno.readTextFile(join(at, "reference.json")));
        const out = join(folder, "o");
        await exportTo(out, join(at, "base"), "fp32");
        for (const index of [0, 3]) {
          const found = await generate(out, "fp32", prompts[index].ids, 24);
          assert.deepEqual(found, base.runs[index].greedy24);
        }
      }),
  });
}
