import assert from "node:assert/strict";
import { join } from "node:path";
import { type Letter, LETTERS } from "../dataset/question.ts";
import { ChatTokenizer } from "../llm/chat_tokenizer.ts";
import { inTempFolder } from "./checkpoint_double.ts";
import type { ExportDtype } from "./export_dtype.ts";
import { exportTo, withModel } from "./exported_double.ts";
import { openCpuSession } from "../runtime/native_session.ts";

/*
 * Qwen2.5-Coder-0.5B-Instruct and what transformers computed with it in float32. Two minutes and
 * 2.5 GB of disk, so only where both folders are named.
 */
const MODEL = Deno.env.get("HOUQA_TEST_MODEL");
const REFERENCE = Deno.env.get("HOUQA_TEST_REFERENCE");
const ignore = MODEL === undefined || REFERENCE === undefined;

interface Item {
  readonly index: number;
  readonly prompt: string;
  readonly token_ids: readonly number[];
  readonly letter_logprobs: Readonly<Record<Letter, number>>;
}
interface Letters {
  readonly letter_ids: Readonly<Record<Letter, number>>;
  readonly items: readonly Item[];
}

const FOLDER = join(REFERENCE ?? "", "qwen05");

async function readLetters(name: "base" | "lora"): Promise<Letters> {
  return JSON.parse(await Deno.readTextFile(join(FOLDER, `${name}_letters.json`)));
}

/** The questions with the shortest prompts. */
function shortest({ items }: Letters, count: number): Item[] {
  return items.toSorted((a, b) => a.token_ids.length - b.token_ids.length).slice(0, count);
}

/** Log-probabilities over the whole vocabulary. */
function atLetters(logits: Float32Array, ids: Letters["letter_ids"]): number[] {
  const most = logits.reduce((a, b) => Math.max(a, b));
  const total = most + Math.log(logits.reduce((sum, one) => sum + Math.exp(one - most), 0));
  return LETTERS.map((letter) => logits[ids[letter]]! - total);
}

/** KL(p ‖ q) over the four letters alone, in nats. */
function divergence(p: readonly number[], q: readonly number[]): number {
  const normalised = (values: readonly number[]) => {
    const total = Math.log(values.reduce((sum, value) => sum + Math.exp(value), 0));
    return values.map((value) => value - total);
  };
  const [logP, logQ] = [normalised(p), normalised(q)];
  return logP.reduce((sum, value, i) => sum + Math.exp(value) * (value - logQ[i]!), 0);
}

/** The letters of each item, as PyTorch has them and as the export does. */
async function compare(
  which: "base" | "lora",
  dtype: ExportDtype,
  count: number,
): Promise<{ exact: number[]; found: number[] }[]> {
  const letters = await readLetters(which);
  const pairs: { exact: number[]; found: number[] }[] = [];
  await inTempFolder(async (folder) => {
    await exportTo(folder, MODEL!, dtype, {
      ...(which === "lora" ? { adapterFolder: join(FOLDER, "lora") } : {}),
    });
    await withModel(folder, dtype, async (model) => {
      for (const { token_ids, letter_logprobs } of shortest(letters, count)) {
        const { logits } = await model.forward(token_ids);
        pairs.push({
          exact: LETTERS.map((letter) => letter_logprobs[letter]),
          found: atLetters(logits, letters.letter_ids),
        });
      }
    }, (model) => openCpuSession(model));
  });
  assert.equal(pairs.length, count);
  return pairs;
}

Deno.test({
  name: "real model: the tokenizer gives the tokens that Python gave",
  ignore,
  fn: async () => {
    const tokenizer = await ChatTokenizer.load(MODEL!);
    const { items, letter_ids } = await readLetters("base");
    assert.equal(items.length, 60);
    for (const { prompt, token_ids } of items) {
      assert.deepEqual(tokenizer.encode(prompt), token_ids);
      assert.equal(tokenizer.decode(tokenizer.encode(prompt)), withoutSpecial(prompt));
    }
    for (const letter of LETTERS) {
      assert.equal(tokenizer.letterTokens[letter][0], letter_ids[letter]);
    }
  },
});

function withoutSpecial(prompt: string): string {
  return prompt.replaceAll(/<\|im_(start|end)\|>/g, "");
}

for (const which of ["base", "lora"] as const) {
  Deno.test({
    name: `real model, ${which}: float32 gives PyTorch's log-probabilities`,
    ignore,
    fn: async () => {
      const [pair] = await compare(which, "fp32", 1);
      const worst = Math.max(...pair!.found.map((value, i) => Math.abs(value - pair!.exact[i]!)));
      assert.ok(worst <= 1e-3, `off by ${worst}`);
    },
  });
  for (const [dtype, most] of [["q8", 0.003], ["q4", 0.04]] as const) {
    Deno.test({
      name: `real model, ${which}: ${dtype} keeps the four letters' probabilities`,
      ignore,
      fn: async () => {
        const pairs = await compare(which, dtype, 4);
        const all = pairs.map(({ exact, found }) => divergence(exact, found));
        const mean = all.reduce((sum, one) => sum + one, 0) / all.length;
        assert.ok(mean <= most, `mean divergence ${mean}: ${all.join(", ")}`);
        // Exactly float32 would mean that nothing was rounded.
        assert.ok(mean > 1e-7, `mean divergence ${mean}`);
        console.log(`${which} ${dtype}: mean divergence ${mean.toPrecision(3)}`);
      },
    });
  }
}
