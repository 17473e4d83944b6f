/**
 * The whole loop on fictional statutes, offline: a tiny model and its LoRA adapter are turned into
 * ONNX, both answer the demo questions, and the difference is printed.
 */
import { getLogger } from "@logtape/logtape";
import { setUpLog } from "../src/cli/log_setup.ts";
import { explainError } from "../src/cli/explain_error.ts";
import { printError } from "../src/cli/print.ts";
import { evaluate } from "../src/eval/evaluate.ts";
import type { ResultFile } from "../src/eval/result_schema.ts";
import { renderConsoleReport } from "../src/report/console_report.ts";
import { createProgressBar, createProgressLines } from "../src/report/progress_display.ts";
import { describeSettings } from "../src/settings/describe_settings.ts";
import { normaliseEvaluation } from "../src/settings/evaluation_config.ts";
import { resolveSettings } from "../src/settings/resolve_settings.ts";

const MODEL = "datasets/demo/model";
const ADAPTER = "datasets/demo/lora";

/** Evaluates the tiny model on the demo questions, with the adapter or without. */
async function run(adapter: string | undefined, output: string): Promise<ResultFile> {
  const settings = resolveSettings({
    options: {
      llm_backend: "hf",
      hf_model_name: MODEL,
      ...(adapter === undefined ? {} : { lora_path: adapter }),
      hf_device: "cpu",
      data: "datasets/demo/questions.json",
      context: "gold",
      few_shot: false,
      output,
    },
    // The same everywhere: neither variables nor a .env file count here.
    environment: () => undefined,
    dotenv: {},
  });
  const { config } = normaliseEvaluation(settings);
  const log = getLogger(["houqa", "demo"]);
  const display = Deno.stderr.isTerminal()
    ? createProgressBar()
    : createProgressLines((line) => log.info("{line}", { line }));
  try {
    const end = await evaluate(config, {
      settings: describeSettings(settings, config),
      overwrite: true,
      onProgress: (progress) => display.update(progress),
    });
    if (!("result" in end)) throw new Error("The demo was stopped.");
    display.stop();
    console.log(renderConsoleReport(end.result, output, Deno.stdout.isTerminal() && !Deno.noColor));
    return end.result;
  } finally {
    display.stop();
  }
}

function describe({ summary }: ResultFile): string {
  const { accuracy, correct_count, total_count, unparsed_count } = summary;
  return `${(100 * accuracy).toFixed(1)} % (${correct_count}/${total_count}), ` +
    `${unparsed_count} answers without a letter`;
}

function difference(base: ResultFile, adapted: ResultFile): string {
  const isRight = new Map(base.results.map((one) => [one.index, one.is_correct]));
  const gained = adapted.results.filter((one) => one.is_correct && !isRight.get(one.index)).length;
  const lost = adapted.results.filter((one) => !one.is_correct && isRight.get(one.index)).length;
  const points = 100 * (adapted.summary.accuracy - base.summary.accuracy);
  return [
    "DIFFERENCE",
    `Base:           ${describe(base)}`,
    `With adapter:   ${describe(adapted)}`,
    `Difference:     ${points >= 0 ? "+" : ""}${points.toFixed(1)} points; ` +
    `${gained} questions gained, ${lost} lost`,
    "",
    "The model is tiny and knows only fictional statutes. It reads them without the adapter too, but",
    "answers in words; what the adapter learnt is to answer with a letter, not law.",
    "",
    "Next: deno task eval --help, deno task doctor, README.md.",
  ].join("\n");
}

setUpLog("info");
try {
  const base = await run(undefined, "results/evaluations/demo_base.json");
  const adapted = await run(ADAPTER, "results/evaluations/demo_lora.json");
  console.log(difference(base, adapted));
} catch (error) {
  const { exitCode, message } = explainError(error);
  printError(`demo: ${message}`);
  Deno.exit(exitCode);
}
