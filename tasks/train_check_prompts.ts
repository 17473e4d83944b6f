/**
 * Checks that training and evaluation ask a model with the same tokens:
 *
 *     deno task train:check-prompts -- MODEL FILE.jsonl …
 *
 * MODEL is a folder or a hub name, FILE a training or dev file. Exit codes: 0 the same, 1 they
 * differ, 2 bad arguments or records, 3 the environment can't be made.
 */
import { dirname } from "node:path";
import { explainError } from "../src/cli/explain_error.ts";
import { print, printError } from "../src/cli/print.ts";
import { UsageError } from "../src/settings/usage_error.ts";
import { comparePrompts } from "./train/compare_prompts.ts";
import { ensurePython, readTrainEnvironment, SYSTEM_RUNNER } from "./train/ensure_python.ts";

const TASKS = dirname(import.meta.filename!);
const MOST_SHOWN = 5;

/** Runs the check and gives its exit code. */
export async function main(args: readonly string[]): Promise<number> {
  try {
    const [model, ...files] = args[0] === "--" ? args.slice(1) : args;
    if (model === undefined || files.length === 0) {
      throw new UsageError("Name a model and at least one JSONL file of records.");
    }
    const python = await ensurePython(TASKS, readTrainEnvironment(), SYSTEM_RUNNER, printError);
    let isSame = true;
    for (const file of files) {
      const found = await comparePrompts(TASKS, python, model, file);
      isSame &&= found.differences.length === 0;
      print(
        `${file}: ${found.records} prompts, ${found.tokens} tokens, ` +
          (found.differences.length === 0
            ? "the same in training and evaluation"
            : `${found.differences.length} DIFFER`),
      );
      for (const one of found.differences.slice(0, MOST_SHOWN)) {
        print(
          `  line ${one.line}, token ${one.position + 1}: training ` +
            `${JSON.stringify(one.trained)}, evaluation ${JSON.stringify(one.evaluated)}`,
        );
      }
    }
    return isSame ? 0 : 1;
  } catch (error) {
    const { exitCode, message } = explainError(error);
    printError(`train:check-prompts: ${message}`);
    return exitCode;
  }
}

if (import.meta.main) Deno.exit(await main(Deno.args));
