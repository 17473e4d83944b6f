import assert from "node:assert/strict";
import { join } from "node:path";
import type { CausalModel } from "../llm/causal_model.ts";
import { likeliest } from "../llm/sample_token.ts";
import { openCheckpoint } from "./checkpoint.ts";
import { inTempFolder } from "./checkpoint_double.ts";
import type { ExportDtype } from "./export_dtype.ts";
import { exportTo, withModel } from "./exported_double.ts";
import { openLoraAdapter } from "./open_lora_adapter.ts";
import { referenceLogits } from "./reference_forward.ts";

/** Folder with tiny models, adapters and what PyTorch and PEFT computed with them. */
const REFERENCE = Deno.env.get("HOUQA_TEST_REFERENCE");
const FIXTURES = [
  "qwen3-tied-bf16",
  "qwen3-untied-f32-sharded",
  "qwen2-tied-f16",
  "qwen2-oldconfig-bf16",
];
const LOGIT_TOLERANCE = 2e-4;

interface Run {
  readonly first64: readonly number[];
  readonly last8: readonly number[];
  readonly logsumexp: number;
  readonly greedy24: readonly number[];
}
interface Reference {
  readonly prompts: readonly { readonly ids: readonly number[] }[];
  readonly base: { readonly runs: readonly Run[] };
  readonly adapters: Readonly<Record<string, { readonly dir: string; readonly merged: Run[] }>>;
}

/** Exports a fixture, with an adapter or without, and opens it. */
function exported(
  fixture: string,
  adapterDir: string | undefined,
  dtype: ExportDtype,
  use: (model: CausalModel) => Promise<void>,
): Promise<void> {
  return inTempFolder(async (folder) => {
    const place = join(REFERENCE!, "tiny", fixture);
    const adapter = adapterDir === undefined ? {} : { adapterFolder: join(place, adapterDir) };
    await exportTo(folder, join(place, "base"), dtype, adapter);
    await withModel(folder, dtype, use);
  });
}

function assertLogits(logits: Float32Array, run: Run, what: string): void {
  const wanted = [...run.first64, ...run.last8];
  const given = [...logits.subarray(0, 64), ...logits.subarray(-8)];
  const worst = Math.max(...given.map((value, index) => Math.abs(value - wanted[index]!)));
  assert.ok(worst <= LOGIT_TOLERANCE, `${what}: logits differ by ${worst}`);
}

for (const fixture of FIXTURES) {
  const path = `${REFERENCE}/tiny/${fixture}/reference.json`;
  const reference: Reference | undefined = REFERENCE === undefined
    ? undefined
    : JSON.parse(Deno.readTextFileSync(path));
  const cases: [string, string | undefined, readonly Run[]][] = [
    ["base", undefined, reference?.base.runs ?? []],
    ...Object.entries(reference?.adapters ?? {}).map(
      ([name, { dir, merged }]): [string, string, readonly Run[]] => [name, dir, merged],
    ),
  ];
  for (const [name, dir, runs] of cases) {
    Deno.test({
      name: `${fixture}, ${name}: the float32 export gives PyTorch's logits and greedy tokens`,
      ignore: reference === undefined,
      fn: () =>
        exported(fixture, dir, "fp32", async (model) => {
          for (const [index, { ids }] of reference!.prompts.entries()) {
            const run = runs[index]!;
            let { logits, cache } = await model.forward(ids);
            assertLogits(logits, run, `prompt ${index}`);
            const tokens = [likeliest(logits)];
            while (tokens.length < 24) {
              ({ logits, cache } = await model.forward([tokens.at(-1)!], cache));
              tokens.push(likeliest(logits));
            }
            assert.deepEqual(tokens, run.greedy24);
          }
        }),
    });
    Deno.test({
      name: `${fixture}, ${name}: the float32 forward pass gives PyTorch's logits`,
      ignore: reference === undefined,
      fn: async () => {
        const checkpoint = await openCheckpoint(join(REFERENCE!, "tiny", fixture, "base"));
        const adapter = dir === undefined
          ? undefined
          : await openLoraAdapter(join(REFERENCE!, "tiny", fixture, dir), checkpoint);
        const prompts = reference!.prompts.map(({ ids }) => ids);
        const all = await referenceLogits(checkpoint, adapter, prompts);
        all.forEach((logits, index) => assertLogits(logits, runs[index]!, `prompt ${index}`));
      },
    });
  }
}

Deno.test({
  name: "tokens read after a cached prefix give the logits of one pass, for each split",
  ignore: REFERENCE === undefined,
  fn: () =>
    exported("qwen3-tied-bf16", undefined, "fp32", async (model) => {
      const reference: Reference = JSON.parse(
        Deno.readTextFileSync(`${REFERENCE}/tiny/qwen3-tied-bf16/reference.json`),
      );
      const { ids } = reference.prompts.reduce((a, b) => a.ids.length > b.ids.length ? a : b);
      const whole = await model.forward(ids);
      for (const split of [1, 17, ids.length - 1]) {
        const cut = model.truncate(whole.cache, split);
        const { logits } = await model.forward(ids.slice(split), cut);
        const worst = Math.max(...logits.map((value, i) => Math.abs(value - whole.logits[i]!)));
        assert.ok(worst <= LOGIT_TOLERANCE, `split ${split}: logits differ by ${worst}`);
      }
    }),
});
