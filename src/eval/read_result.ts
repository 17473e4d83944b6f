import { readTextIfThere } from "../settings/read_text_if_there.ts";
import { UsageError } from "../settings/usage_error.ts";
import { type ResultFile, resultFileSchema } from "./result_schema.ts";

/**
 * Reads and checks a result file; undefined when there is none.
 * @throws {UsageError} when it can't be read or is no result of this schema version.
 */
export async function readResult(path: string): Promise<ResultFile | undefined> {
  // Where something stands in place of its folder, writing will say so.
  const text = await readTextIfThere(path);
  if (text === undefined) return undefined;
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw new UsageError(`${path} is not valid JSON: ${(error as Error).message}`);
  }
  const checked = resultFileSchema.safeParse(value);
  if (!checked.success) {
    const issue = checked.error.issues[0]!;
    throw new UsageError(
      `${path} is not a houqa result: ${issue.path.join(".") || "top level"}: ${issue.message}`,
    );
  }
  return checked.data;
}
