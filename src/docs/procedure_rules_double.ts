/** For tests: the real tasks, options and command line that procedures are checked against. */
import denoJson from "../../deno.json" with { type: "json" };
import { parseOnly } from "../cli/parse_only_double.ts";
import type { ProcedureRules } from "./check_procedure.ts";
import { readTrainingOptions } from "./training_options.ts";

const OPTIONS = new URL("../../tasks/train/options.py", import.meta.url);

/** The rules for the server; `heart01_env.sh` is written by the first procedure. */
export const SERVER_RULES: ProcedureRules = {
  tasks: Object.fromEntries(
    Object.entries(denoJson.tasks).map(([name, { command }]) => [name, command]),
  ),
  training: readTrainingOptions(await Deno.readTextFile(OPTIONS)),
  onServer: true,
  scripts: new Set(["heart01_env.sh"]),
  parse: parseOnly,
};
