import { basename, dirname, join } from "node:path";
import { z } from "zod";
import { readTextIfThere } from "../../settings/read_text_if_there.ts";
import { UsageError } from "../../settings/usage_error.ts";

const manifestSchema = z.looseObject({
  sides: z.record(z.string(), z.looseObject({ file: z.string(), sha256: z.string() })),
});

/** Where the manifest of a split stands whose side a question file may be. */
export function splitManifestPath(dataPath: string): string {
  return join(dirname(dataPath), "manifest.json");
}

/**
 * The side of a `houqa dataset split` that a question file is, by the manifest beside it: by its
 * bytes, or else by its name. Undefined where no manifest of a split is there.
 * @throws {UsageError} for the test side, unless `allowTest`.
 */
export async function splitSide(
  dataPath: string,
  sha256: string,
  allowTest: boolean,
): Promise<string | undefined> {
  const path = splitManifestPath(dataPath);
  const checked = manifestSchema.safeParse(await readJson(path));
  if (!checked.success) return undefined;
  const sides = Object.entries(checked.data.sides);
  const [side] = sides.find(([, one]) => one.sha256 === sha256) ??
    sides.find(([, { file }]) => file === basename(dataPath)) ?? [];
  if (side === "test" && !allowTest) {
    throw new UsageError(
      `${dataPath} is the test side of a split (${path}): a model trained on it can't be judged by ` +
        "it any more. Give the train or the dev side, or --allow-test to make the records anyway.",
    );
  }
  return side;
}

/** Undefined where there is no such file, or something else. */
async function readJson(path: string): Promise<unknown> {
  const text = await readTextIfThere(path);
  if (text === undefined) return undefined;
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
