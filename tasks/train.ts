/**
 * Fine-tunes a model: runs `train_qwen_law_ft.py` with the arguments given, in a Python environment
 * that `--setup` makes, or `--do-train` where there is none yet. Without them nothing is installed.
 *
 *     deno task train -- --help
 *     deno task train -- --setup
 *     deno task train -- --preset heart01 --train-file train.jsonl --dev-file dev.jsonl --do-train
 *
 * Exit codes: those of the Python script; 2 without a usable Python, 3 where packages can't be had.
 */
import { dirname, join } from "node:path";
import { explainError } from "../src/cli/explain_error.ts";
import { printError } from "../src/cli/print.ts";
import { UsageError } from "../src/settings/usage_error.ts";
import {
  ensurePython,
  findBasePython,
  readTrainEnvironment,
  SYSTEM_RUNNER,
} from "./train/ensure_python.ts";
import { runForeground } from "./train/run_foreground.ts";

/** The folder of the tasks. */
const TASKS = dirname(import.meta.filename!);

/** Runs the task and gives its exit code. */
export async function main(args: readonly string[]): Promise<number> {
  try {
    // `deno task train -- --x` hands the dashes on.
    const words = args[0] === "--" ? args.slice(1) : args;
    const environment = readTrainEnvironment();
    const isSetup = words.includes("--setup");
    if (isSetup && words.length > 1) throw new UsageError("--setup stands alone.");
    // Help needs no packages, and should not install any.
    const isHelp = words.includes("--help") || words.includes("-h");
    const python = isHelp
      ? environment.python ?? await findBasePython(SYSTEM_RUNNER)
      : await ensurePython(
        TASKS,
        environment,
        SYSTEM_RUNNER,
        printError,
        undefined,
        isSetup || words.includes("--do-train"),
      );
    if (isSetup) {
      printError(`The Python environment is there: ${python}`);
      return 0;
    }
    return await runForeground([python, join(TASKS, "train_qwen_law_ft.py"), ...words]);
  } catch (error) {
    const { exitCode, message } = explainError(error);
    printError(`train: ${message}`);
    return exitCode;
  }
}

if (import.meta.main) Deno.exit(await main(Deno.args));
