/** Writes the JSON Schema of result files; with --check says whether the file is up to date. */
import { parseArgs } from "node:util";
import { z } from "zod";
import { resultFileSchema } from "../src/eval/result_schema.ts";

const PATH = "docs/result.schema.json";

const { values } = parseArgs({ args: Deno.args, options: { check: { type: "boolean" } } });
const schema = JSON.stringify(z.toJSONSchema(resultFileSchema), null, 2) + "\n";
if (!values.check) {
  await Deno.writeTextFile(PATH, schema);
} else if (await Deno.readTextFile(PATH).catch(() => "") !== schema) {
  console.error(`${PATH} is not up to date: run deno task schema.`);
  Deno.exitCode = 1;
}
