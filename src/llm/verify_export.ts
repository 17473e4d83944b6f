import type { Checkpoint } from "../onnx/checkpoint.ts";
import type { ExportDtype } from "../onnx/export_dtype.ts";
import type { LoraAdapter } from "../onnx/lora_adapter.ts";
import { referenceLogits } from "../onnx/reference_forward.ts";
import type { DeviceName } from "../runtime/device.ts";
import { openSession } from "../runtime/open_session.ts";
import { type Letter, LETTERS } from "../dataset/question.ts";
import { renderPrompt } from "../prompt/render_prompt.ts";
import { FEW_SHOT_EXAMPLES } from "../prompt/few_shot_examples.ts";
import { CausalModel } from "./causal_model.ts";
import { ChatTokenizer } from "./chat_tokenizer.ts";
import { readModelFolder } from "./model_folder.ts";
import { sessionModel } from "./session_model.ts";

/** One prompt, answered by the export and by the float32 weights. */
export interface VerifiedPrompt {
  readonly tokens: number;
  /** Natural-log probabilities over the whole vocabulary, at the letters. */
  readonly exported: Readonly<Record<Letter, number>>;
  readonly reference: Readonly<Record<Letter, number>>;
  /** Of the base without the adapter, where there is one. */
  readonly base?: Readonly<Record<Letter, number>>;
}

/** What a comparison came to. */
export interface Verification {
  readonly prompts: readonly VerifiedPrompt[];
  /** Largest difference of the log-probability of a letter that has any chance, in nats. */
  readonly largestDifference: number;
  /** Prompts on which both prefer the same letter. */
  readonly agreeing: number;
  /** Mean Kullback-Leibler divergence of the export from float32 over the four letters, in nats. */
  readonly meanDivergence: number;
  /** The same, of the base from float32 with the adapter: how much the adapter does. */
  readonly adapterDivergence?: number;
  /** What is not as it should be; empty: all is well. */
  readonly findings: readonly string[];
}

/** Letters with less than a thousandth of the probability tell nothing, in nats. */
const LEAST_LOGPROB = Math.log(1e-3);
/** The share of what the adapter does that rounding may undo. */
const LARGEST_SHARE = 0.1;
/** The most that rounding may change: largest difference for floats, mean divergence for integers. */
const LARGEST_DIFFERENCE: Readonly<Partial<Record<ExportDtype, number>>> = {
  fp32: 1e-3,
  fp16: 0.05,
};
const MEAN_DIVERGENCE: Readonly<Partial<Record<ExportDtype, number>>> = {
  q8: 0.01,
  q4: 0.1,
  q4f16: 0.1,
};

/**
 * Compares an export with a float32 pass through the same merged weights, on prompts of houqa's own
 * fictional examples.
 * @throws {Error} when the export can't be loaded or run.
 */
export async function verifyExport(options: {
  readonly folder: string;
  readonly dtype: ExportDtype;
  readonly device: DeviceName;
  readonly checkpoint: Checkpoint;
  readonly adapter?: LoraAdapter;
  readonly signal?: AbortSignal;
}): Promise<Verification> {
  const { folder, dtype, device, checkpoint, adapter, signal } = options;
  const tokenizer = await ChatTokenizer.load(folder);
  const ids = FEW_SHOT_EXAMPLES.map((example) =>
    tokenizer.encodeChat(
      renderPrompt({ instruction: "", ...example }, [example.context], {
        mode: "direct",
        fewShot: false,
      }).messages,
      false,
    )
  );
  const modelFolder = await readModelFolder(folder, dtype);
  const session = await openSession(device, sessionModel(modelFolder));
  const exported: Float32Array[] = [];
  try {
    const model = new CausalModel(session, modelFolder.shape, { extendsInPlace: true });
    for (const prompt of ids) {
      signal?.throwIfAborted();
      const { logits, cache } = await model.forward(prompt);
      model.dispose(cache);
      exported.push(logits);
    }
  } finally {
    await session.close();
  }
  const reference = await referenceLogits(checkpoint, adapter, ids, signal);
  const base = adapter && await referenceLogits(checkpoint, undefined, ids, signal);
  const letters = (logits: Float32Array) => lettersOf(logits, tokenizer);
  return judge(
    ids.map((prompt, index) => ({
      tokens: prompt.length,
      exported: letters(exported[index]!),
      reference: letters(reference[index]!),
      ...(base === undefined ? {} : { base: letters(base[index]!) }),
    })),
    dtype,
  );
}

/** Figures and findings of a comparison. */
export function judge(prompts: readonly VerifiedPrompt[], dtype: ExportDtype): Verification {
  const largestDifference = Math.max(
    0,
    ...prompts.flatMap(({ exported, reference }) =>
      LETTERS.filter((letter) =>
        reference[letter] > LEAST_LOGPROB || exported[letter] > LEAST_LOGPROB
      )
        .map((letter) => Math.abs(exported[letter] - reference[letter]))
    ),
  );
  const agreeing =
    prompts.filter(({ exported, reference }) => best(exported) === best(reference)).length;
  const mean = (values: readonly number[]) => values.reduce((a, b) => a + b, 0) / values.length;
  const meanDivergence = mean(prompts.map((one) => divergence(one.reference, one.exported)));
  const withBase = prompts.filter((one) => one.base !== undefined);
  const adapterDivergence = withBase.length === 0
    ? undefined
    : mean(withBase.map((one) => divergence(one.reference, one.base!)));
  const findings: string[] = [];
  const mostDifference = LARGEST_DIFFERENCE[dtype];
  if (mostDifference !== undefined && !(largestDifference <= mostDifference)) {
    findings.push(
      `A letter's log-probability is off by ${largestDifference.toPrecision(2)}; at most ` +
        `${mostDifference} is expected of ${dtype}.`,
    );
  }
  const mostDivergence = MEAN_DIVERGENCE[dtype];
  // An adapter that moves the letters far makes far-off probabilities, and larger differences.
  const allowed = mostDivergence &&
    Math.max(mostDivergence, LARGEST_SHARE * (adapterDivergence ?? 0));
  if (allowed !== undefined && !(meanDivergence <= allowed)) {
    findings.push(
      `The letters' mean divergence is ${meanDivergence.toPrecision(2)}; at most ` +
        `${allowed.toPrecision(2)} is expected of ${dtype}.`,
    );
  }
  if (adapterDivergence !== undefined && meanDivergence >= adapterDivergence) {
    findings.push(
      `Rounding to ${dtype} changes the letters (mean divergence ${
        meanDivergence.toPrecision(2)
      }) ` +
        `as much as the adapter does (${
          adapterDivergence.toPrecision(2)
        }): use q8 or fp32 to see ` +
        "what the adapter learnt.",
    );
  }
  return {
    prompts,
    largestDifference,
    agreeing,
    meanDivergence,
    ...(adapterDivergence === undefined ? {} : { adapterDivergence }),
    findings,
  };
}

function lettersOf(logits: Float32Array, tokenizer: ChatTokenizer): Record<Letter, number> {
  const most = logits.reduce((a, b) => Math.max(a, b));
  const total = most + Math.log(logits.reduce((sum, logit) => sum + Math.exp(logit - most), 0));
  return Object.fromEntries(
    LETTERS.map((letter) => [letter, logits[tokenizer.letterTokens[letter][0]!]! - total]),
  ) as Record<Letter, number>;
}

function best(logprobs: Readonly<Record<Letter, number>>): Letter {
  return LETTERS.reduce((a, b) => logprobs[b] > logprobs[a] ? b : a);
}

/** KL(p ‖ q) over the four letters, each renormalised, in nats. */
function divergence(
  p: Readonly<Record<Letter, number>>,
  q: Readonly<Record<Letter, number>>,
): number {
  const normalise = (logprobs: Readonly<Record<Letter, number>>) => {
    const most = Math.max(...LETTERS.map((letter) => logprobs[letter]));
    const total = Math.log(
      LETTERS.reduce((sum, letter) => sum + Math.exp(logprobs[letter] - most), 0),
    ) + most;
    return LETTERS.map((letter) => logprobs[letter] - total);
  };
  const [logP, logQ] = [normalise(p), normalise(q)];
  return logP.reduce((sum, value, i) => sum + Math.exp(value) * (value - logQ[i]!), 0);
}
