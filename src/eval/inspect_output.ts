import { z } from "zod";
import { UsageError } from "../settings/usage_error.ts";
import { parseJson } from "./parse_json.ts";

/** A result that stands where a new one is to be written. */
export interface ExistingOutput {
  /** Questions that ended in an error; 0 = finished. */
  readonly errorCount: number;
  /** When its run began; absent in results of other tools. */
  readonly startedAt?: string;
}

/** The least by which a result file is recognised, the older evaluator's included. */
const someResultSchema = z.object({
  summary: z.object({ error_count: z.int().nonnegative().default(0) }),
  results: z.array(z.unknown()),
  provenance: z.object({ started_at: z.string() }).optional(),
});

/**
 * Looks at what stands in the output's place; undefined when nothing does.
 * @throws {UsageError} for a folder, for a file that is no result (never replaced, whatever the
 * options), and for one that can't be read.
 */
export async function inspectOutput(path: string): Promise<ExistingOutput | undefined> {
  let text: string;
  try {
    if ((await Deno.stat(path)).isDirectory) {
      throw new UsageError(`--output ${path} is a folder; name a file in it.`);
    }
    text = await Deno.readTextFile(path);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    // Something stands where its folder should be; opening the journal will say so.
    if (error instanceof Deno.errors.NotADirectory) return undefined;
    if (error instanceof UsageError) throw error;
    throw new UsageError(`Can't read --output ${path}: ${(error as Error).message}`);
  }
  const checked = someResultSchema.safeParse(parseJson(text));
  if (!checked.success) {
    throw new UsageError(
      `--output ${path} exists and is no result file, so it is not replaced, also not with ` +
        "--overwrite. Choose another --output, or delete it yourself.",
    );
  }
  const { summary, provenance } = checked.data;
  return {
    errorCount: summary.error_count,
    ...(provenance === undefined ? {} : { startedAt: provenance.started_at }),
  };
}
