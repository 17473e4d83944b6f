import { z } from "zod";
import { LETTERS } from "../dataset/question.ts";
import { UsageError } from "../settings/usage_error.ts";

const count = z.int().nonnegative();
const letterCounts = z.object({ a: count, b: count, c: count, d: count });
const share = z.number().min(0).max(1);

const dataSchema = z.object({
  path: z.string(),
  sha256: z.string(),
  records: count,
  letters: letterCounts,
  tokens_longest: count,
});

const evaluationSchema = z.object({
  step: count,
  epoch: z.number().nonnegative(),
  accuracy: share,
  correct: count,
  total: z.int().positive(),
  loss: z.number(),
  predicted: letterCounts,
  letter_mass: share.describe("probability of a letter at all at the answer position"),
  given_reasoning: count.describe("questions measured with the record's own reasoning given"),
});
/** One measurement on the dev file. */
export type DevEvaluation = z.infer<typeof evaluationSchema>;

/** Options in the script's own order; the second part alone would put its two keys first. */
const settingsSchema = z.intersection(
  z.record(z.string(), z.union([z.string(), z.number(), z.boolean(), z.null()])),
  z.looseObject({ output_dir: z.string(), model_name: z.string() }),
);

/** What a log needs of the summary.json that the training script writes. */
export const trainingSummarySchema = z.object({
  schema_version: z.literal(1),
  kind: z.literal("qwen_law_ft"),
  stopped_because: z.string(),
  settings: settingsSchema,
  data: z.object({ train: dataSchema, dev: dataSchema.optional() }),
  base: z.object({ name: z.string(), revision: z.string().nullish() }),
  precision: z.object({ weights: z.string(), compute: z.string() }),
  optimizer: z.string(),
  versions: z.record(z.string(), z.string()),
  machine: z.object({ gpu: z.string().optional(), threads: count }),
  peak: z.object({
    gpu_allocated_bytes: count.optional(),
    gpu_reserved_bytes: count.optional(),
    host_rss_bytes: count.optional(),
  }),
  seconds: z.number().nonnegative(),
  sittings: z.int().positive(),
  steps: z.object({ done: count, planned: count, per_epoch: count, records_per_step: count }),
  base_evaluation: evaluationSchema.optional(),
  best: z.object({ step: count, accuracy: share }).optional(),
  evaluations: z.array(evaluationSchema),
  warnings: z.array(z.object({ step: count, text: z.string() })),
}).refine(
  ({ best, evaluations }) =>
    best === undefined || evaluations.some(({ step }) => step === best.step),
  { path: ["best", "step"], error: "is not among the evaluations" },
);
/** What a log needs of a training's summary. */
export type TrainingSummary = z.infer<typeof trainingSummarySchema>;

/**
 * Reads and checks a summary.json.
 * @throws {UsageError} when it can't be read or is no summary of the training script.
 */
export async function readTrainingSummary(path: string): Promise<TrainingSummary> {
  let value: unknown;
  try {
    value = JSON.parse(await Deno.readTextFile(path));
  } catch (error) {
    throw new UsageError(`Can't read ${path}: ${(error as Error).message}`);
  }
  const checked = trainingSummarySchema.safeParse(value);
  if (checked.success) return checked.data;
  const issue = checked.error.issues[0]!;
  throw new UsageError(
    `${path} is no summary.json of the training script: ${
      issue.path.join(".") || "top level"
    }: ${issue.message}`,
  );
}

/** `a 1 b 2 c 3 d 4` */
export function letterText(letters: z.infer<typeof letterCounts>): string {
  return LETTERS.map((letter) => `${letter} ${letters[letter]}`).join(" ");
}
