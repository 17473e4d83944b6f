import type { ResolvedSettings } from "./resolve_settings.ts";
import { UsageError } from "./usage_error.ts";

/**
 * Checks that the settings leave something to calibrate: one position where a model weighs the four
 * letters before it has written anything.
 * @throws {UsageError} for `--calibrate` with settings under which there is none.
 */
export function refuseCalibration({ values }: ResolvedSettings): void {
  if (!values.calibrate) return;
  const against = values.baseline !== undefined
    ? ["--baseline", "a rule has no letter probabilities"]
    : values.use_cot
    ? ["--use-cot", "a blank question gives nothing to reason about"]
    : values.think
    ? ["--think", "a blank question gives nothing to think about"]
    : values.ensemble > 1
    ? ["--ensemble", "the probabilities are the same for every sample"]
    : undefined;
  if (against === undefined) return;
  throw new UsageError(
    `--calibrate can't go with ${against[0]}: ${against[1]}. Leave one of them out.`,
  );
}
