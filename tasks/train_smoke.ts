/**
 * The whole way of fine-tuning on a processor, offline but for the packages: demo records, the check
 * that training and evaluation ask alike, a short training of the tiny model, base and adapter on
 * questions about statutes that neither was trained on.
 *
 *     deno task train:smoke
 *     deno task train:smoke -- --steps 40 --questions 300
 *
 * Exit codes: 0 done, whatever the accuracy; 1 prompts differ or the adapter gives one letter
 * only; 2 bad arguments; 3 an environment or a training that failed.
 */
import { dirname, join } from "node:path";
import { parseArgs } from "node:util";
import { explainError } from "../src/cli/explain_error.ts";
import { setUpLog } from "../src/cli/log_setup.ts";
import { print, printError } from "../src/cli/print.ts";
import type { ResultFile } from "../src/eval/result_schema.ts";
import { CannotContinueError } from "../src/settings/cannot_continue_error.ts";
import type { AnswerMode } from "../src/settings/setting_table.ts";
import { UsageError } from "../src/settings/usage_error.ts";
import { findLetterTakeover } from "../src/stats/letter_takeover.ts";
import { testQuestions } from "./demo/training_text_questions.ts";
import { comparePrompts } from "./train/compare_prompts.ts";
import { asJsonLines, demoRecords } from "./train/demo_records.ts";
import { ensurePython, readTrainEnvironment, SYSTEM_RUNNER } from "./train/ensure_python.ts";
import { pairOutcomes } from "./train/paired_outcome.ts";
import { runForeground } from "./train/run_foreground.ts";
import { evaluateSmoke } from "./train/smoke_evaluation.ts";

const TASKS = dirname(import.meta.filename!);
const MODEL = "datasets/demo/model";
const FOLDER = "runs/train_smoke";
const RESULTS = "results/evaluations";
const RECORDS_PER_STEP = 16;
const DEV_RECORDS = 60;

/** The command line. @throws {UsageError} */
export function readOptions(args: readonly string[]): { steps: number; questions: number } {
  const words = args[0] === "--" ? args.slice(1) : [...args];
  try {
    const { values } = parseArgs({
      args: words,
      options: {
        steps: { type: "string", default: "40" },
        questions: { type: "string", default: "300" },
      },
    });
    return {
      steps: wholeNumber("--steps", values.steps),
      questions: wholeNumber("--questions", values.questions),
    };
  } catch (error) {
    if (error instanceof TypeError) throw new UsageError(error.message);
    throw error;
  }
}

function wholeNumber(option: string, text: string): number {
  const n = /^\d+$/.test(text) ? Number(text) : NaN;
  if (!(n >= 1 && n <= 5000)) {
    throw new UsageError(`${option} ${text}: give a whole number from 1 to 5000.`);
  }
  return n;
}

/** Trains for some updates; gives the adapter's folder. */
async function train(python: string, steps: number): Promise<string> {
  const adapter = `${FOLDER}/adapter`;
  const code = await runForeground([
    python,
    join(TASKS, "train_qwen_law_ft.py"),
    ...["--model-name", MODEL, "--output-dir", adapter, "--device", "cpu", "--do-train"],
    ...["--train-file", `${FOLDER}/train.jsonl`, "--dev-file", `${FOLDER}/dev.jsonl`],
    ...["--batch-size", String(RECORDS_PER_STEP), "--gradient-accumulation-steps", "1"],
    // A tiny model learns at rates that would wreck a real one.
    ...["--learning-rate", "4e-3", "--lora-dropout", "0", "--threads", "1"],
    ...["--max-steps-override", String(steps), "--eval-steps", "10"],
  ]);
  if (code !== 0) throw new CannotContinueError(`The training ended with exit code ${code}.`);
  return adapter;
}

/** A line on one result. */
function describe({ summary }: ResultFile): string {
  const { accuracy, correct_count, total_count, predicted_letters, unparsed_count } = summary;
  const letters = Object.entries(predicted_letters).map(([letter, n]) => `${letter} ${n}`);
  return `${(100 * accuracy).toFixed(1)} % (${correct_count}/${total_count}); ` +
    `answers ${letters.join(" ")}, ${unparsed_count} without a letter`;
}

/** Evaluates base and adapter in one mode and prints the comparison; false for a collapse. */
async function compare(adapter: string, answerMode: AnswerMode): Promise<boolean> {
  const common = { model: MODEL, data: `${FOLDER}/test.json`, answerMode };
  const base = await evaluateSmoke({
    ...common,
    output: `${RESULTS}/train_smoke_base_${answerMode}.json`,
  });
  const adapted = await evaluateSmoke({
    ...common,
    adapter,
    output: `${RESULTS}/train_smoke_adapter_${answerMode}.json`,
  });
  const paired = pairOutcomes(base, adapted);
  print(
    [
      "",
      answerMode === "generate" ? "ANSWERS WRITTEN" : "BEST OF THE FOUR LETTERS",
      `Base:     ${describe(base)}`,
      `Adapter:  ${describe(adapted)}`,
      `Gained ${paired.gained}, lost ${paired.lost}; exact McNemar p = ` +
      paired.pValue.toPrecision(2),
    ].join("\n"),
  );
  const { predicted_letters, gold_letters } = adapted.summary;
  const takeover = findLetterTakeover(predicted_letters, gold_letters);
  if (takeover) {
    print(`COLLAPSE: ${takeover.count} of ${takeover.answered} answers are ${takeover.letter}.`);
  }
  return takeover === undefined;
}

/** Runs the smoke test and gives its exit code. */
export async function main(args: readonly string[]): Promise<number> {
  try {
    const { steps, questions } = readOptions(args);
    const python = await ensurePython(TASKS, readTrainEnvironment(), SYSTEM_RUNNER, printError);
    await Deno.remove(FOLDER, { recursive: true }).catch(() => {});
    await Deno.mkdir(FOLDER, { recursive: true });
    const write = (name: string, text: string) => Deno.writeTextFile(`${FOLDER}/${name}`, text);
    const records = demoRecords({ seed: 1, count: steps * RECORDS_PER_STEP });
    await write("train.jsonl", asJsonLines(records));
    await write("dev.jsonl", asJsonLines(demoRecords({ seed: 2, count: DEV_RECORDS })));
    const unseen = testQuestions({ count: questions, plain: false, wrongShare: 0.4 });
    await write("test.json", JSON.stringify(unseen));

    const check = await comparePrompts(TASKS, python, MODEL, `${FOLDER}/train.jsonl`);
    print(
      `Prompts: ${check.records} records, ${check.tokens} tokens, ` +
        (check.differences.length === 0
          ? "the same in training and evaluation"
          : `${check.differences.length} DIFFER`),
    );
    if (check.differences.length > 0) return 1;
    const adapter = await train(python, steps);
    const isWell = [await compare(adapter, "generate"), await compare(adapter, "score")]
      .every((one) => one);
    print(
      "\nThe model is tiny and knows only fictional statutes; what the adapter teaches is to answer " +
        "with a letter, not law.",
    );
    return isWell ? 0 : 1;
  } catch (error) {
    const { exitCode, message } = explainError(error);
    printError(`train:smoke: ${message}`);
    return exitCode;
  }
}

if (import.meta.main) {
  setUpLog("warning");
  Deno.exit(await main(Deno.args));
}
