import { join } from "node:path";
import { z } from "zod";
import { describeIssue } from "./describe_issue.ts";
import { EXPORT_DTYPES } from "./export_dtype.ts";
import type { ExportReport } from "./export_report.ts";
import { INTEGER_WEIGHTS } from "./integer_weights.ts";
import { parseJsonText } from "./read_json_file.ts";
import { readTextIfThere } from "../settings/read_text_if_there.ts";
import { UsageError } from "../settings/usage_error.ts";

const folderSchema = z.looseObject({ folder: z.string("a name") }, "an object");

/** What is read of `export.json`; exports of older versions lack some of it. */
const reportSchema = z.looseObject({
  exporter_version: z.int("a whole number"),
  dtype: z.enum(EXPORT_DTYPES, `one of ${EXPORT_DTYPES.join(", ")}`),
  integer_weights: z.enum(INTEGER_WEIGHTS, INTEGER_WEIGHTS.join(" or ")).optional(),
  base: folderSchema,
  adapter: folderSchema.optional(),
  outputs: z.record(
    z.string(),
    z.string("a SHA-256 in hex").regex(/^[0-9a-f]{64}$/, "a SHA-256 in hex"),
    "an object",
  ).optional(),
}, "a JSON object");

/** Where an export came from, as far as others need it. */
export type ExportOrigin =
  & Pick<ExportReport, "exporter_version" | "dtype" | "integer_weights">
  & Partial<Pick<ExportReport, "outputs">>
  & {
    readonly base: { readonly folder: string };
    readonly adapter?: { readonly folder: string };
  };

/**
 * Reads an export folder's `export.json`.
 * @returns undefined where there is none: others exported the model.
 * @throws {UsageError} when it is damaged.
 */
export async function readExportReport(folder: string): Promise<ExportOrigin | undefined> {
  const path = join(folder, "export.json");
  const text = await readTextIfThere(path);
  if (text === undefined) return undefined;
  const json = parseJsonText(text, path);
  const checked = reportSchema.safeParse(json);
  if (checked.success) return checked.data;
  throw new UsageError(`${path} is damaged: ${describeIssue(checked.error, json)}.`);
}
