/**
 * The whole loop on fictional statutes, offline: a tiny model and its LoRA adapter are turned into
 * ONNX, both answer the demo questions, and the difference is printed; then the statutes are indexed,
 * and the questions asked again without any, and with what is found. At last the two models are
 * compared, and a report of them is written.
 */
import { getLogger } from "@logtape/logtape";
import { setUpLog } from "../src/cli/log_setup.ts";
import { explainError } from "../src/cli/explain_error.ts";
import { printError } from "../src/cli/print.ts";
import { readModel } from "../src/cli/read_report_model.ts";
import { parseAllowed } from "../src/compare/run_differences.ts";
import { evaluate } from "../src/eval/evaluate.ts";
import type { ResultFile } from "../src/eval/result_schema.ts";
import { openCorpus } from "../src/rag/corpus/open_corpus.ts";
import { buildIndex } from "../src/rag/index/build_index.ts";
import { renderConsoleReport } from "../src/report/console_report.ts";
import { readReportRun } from "../src/report/html/report_run.ts";
import { writeReport } from "../src/report/html/write_report.ts";
import { createProgressBar, createProgressLines } from "../src/report/progress_display.ts";
import { cautionSentence, verdictSentence } from "../src/report/verdict_sentence.ts";
import { DEFAULT_BOOTSTRAP } from "../src/stats/cluster_bootstrap.ts";
import { describeSettings } from "../src/settings/describe_settings.ts";
import { normaliseEvaluation } from "../src/settings/evaluation_config.ts";
import { resolveSettings } from "../src/settings/resolve_settings.ts";
import type { ContextMode } from "../src/settings/setting_table.ts";

const MODEL = "datasets/demo/model";
const ADAPTER = "datasets/demo/lora";
const LAWS = "datasets/demo/laws";
const INDEX = "results/demo_index";
const REPORT = "results/reports/demo.html";
/** The demo's statutes are all in force. */
const TODAY = "20260101";

/** One evaluation of the demo. */
interface DemoRun {
  readonly adapter?: string;
  readonly context: ContextMode;
  /** Name of the result file. */
  readonly name: string;
  readonly isShown: boolean;
}

/** Evaluates the tiny model on the demo questions. */
async function run({ adapter, context, name, isShown }: DemoRun): Promise<ResultFile> {
  const output = `results/evaluations/${name}.json`;
  const settings = resolveSettings({
    options: {
      llm_backend: "hf",
      hf_model_name: MODEL,
      ...(adapter === undefined ? {} : { lora_path: adapter }),
      hf_device: "cpu",
      data: "datasets/demo/questions.json",
      context,
      // As many as it was trained to read.
      ...(context === "retrieved" ? { law_index: INDEX, top_k: "1" } : {}),
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
    if (isShown) {
      const color = Deno.stdout.isTerminal() && !Deno.noColor;
      console.log(renderConsoleReport(end.result, output, color));
    }
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
  ].join("\n");
}

/** Reads the fictional statutes and builds the index that questions are looked up in. */
async function indexLaws(): Promise<void> {
  const corpus = await openCorpus(LAWS, { today: TODAY });
  try {
    const { manifest } = await buildIndex(corpus.laws(), INDEX);
    getLogger(["houqa", "demo"]).info("Index: {rows} rows of {laws}", {
      rows: manifest.corpus.rows,
      laws: LAWS,
    });
  } finally {
    await corpus.close();
  }
}

/** What the statutes before a question are worth. */
function ablation(results: Readonly<Record<ContextMode, ResultFile>>): string {
  const { retrieval } = results.retrieved.summary;
  return [
    "",
    "STATUTES BEFORE THE QUESTION (model with adapter)",
    `None:           ${describe(results.none)}`,
    `Retrieved:      ${describe(results.retrieved)}; the right article was found for ` +
    `${retrieval?.found_count}/${retrieval?.question_count}`,
    `Gold:           ${describe(results.gold)}`,
    "",
    "The model is tiny and knows only fictional statutes. It reads them without the adapter too, but",
    "answers in words; what the adapter learnt is to answer with a letter, not law. The questions name",
    "their article, so searching is easy here.",
  ].join("\n");
}

/** Compares the two models as `houqa compare` does, and writes what `houqa report` would. */
async function compareAndReport(): Promise<string> {
  const runs = [];
  for (const name of ["demo_base", "demo_lora"]) {
    runs.push(await readReportRun(`results/evaluations/${name}.json`));
  }
  const model = await readModel(runs, {
    allowed: parseAllowed(undefined),
    bootstrap: DEFAULT_BOOTSTRAP,
  });
  await Deno.mkdir("results/reports", { recursive: true });
  await writeReport(model, REPORT);
  const [pair] = model.comparison!.pairs;
  const names = { first: "A", second: "B" };
  const cautions = pair!.verdict.cautions.map((caution) => cautionSentence(caution, pair!, names));
  const verdict = verdictSentence(pair!, names);
  return [
    "",
    "COMPARISON (A: base, B: with adapter)",
    verdict.ja,
    ...cautions.map(({ ja }) => `- ${ja}`),
    verdict.en,
    ...cautions.map(({ en }) => `- ${en}`),
    "",
    `Report: ${REPORT} (open it in a browser)`,
    "Next: deno task eval --help, deno task doctor, README.md.",
  ].join("\n");
}

setUpLog("info");
try {
  const base = await run({ context: "gold", name: "demo_base", isShown: true });
  const adapted = { adapter: ADAPTER, isShown: false };
  const gold = await run({ ...adapted, context: "gold", name: "demo_lora", isShown: true });
  console.log(difference(base, gold));
  await indexLaws();
  const none = await run({ ...adapted, context: "none", name: "demo_lora_none" });
  const retrieved = await run({ ...adapted, context: "retrieved", name: "demo_lora_retrieved" });
  console.log(ablation({ none, retrieved, gold }));
  console.log(await compareAndReport());
} catch (error) {
  const { exitCode, message } = explainError(error);
  printError(`demo: ${message}`);
  Deno.exit(exitCode);
}
