import type { IntegerWeights } from "../onnx/integer_weights.ts";
import type { ExportOrigin } from "../onnx/read_export_report.ts";
import { UsageError } from "../settings/usage_error.ts";

/**
 * Refuses a q8 folder that was brought from another machine and whose products would overflow here,
 * silently: see `integer_weights.ts`.
 * @param origin what its `export.json` says; one that does not say how the integers are stored may be
 * of either form.
 * @param here the form that this machine multiplies right; unsigned ones are right everywhere.
 * @throws {UsageError} with what to do.
 */
export function refuseOverflowing(
  folder: string,
  origin: ExportOrigin,
  here: IntegerWeights,
): void {
  if (origin.dtype !== "q8" || origin.integer_weights === "uint8" || here === "int8") return;
  const lora = origin.adapter === undefined ? "" : " --lora <adapter>";
  throw new UsageError(
    `${folder} was made for ARM and for processors with VNNI (its 8-bit weights are signed), and ` +
      "this processor is not known to have VNNI: products would overflow and the answers be wrong, " +
      "without an error. Give the safetensors instead, from which this machine makes its own; or " +
      `make a folder for any processor: houqa export <model>${lora} --dtype q8 --any-processor ` +
      "--output <new folder>; or use an export in q4 or fp32.",
  );
}
