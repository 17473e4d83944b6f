/**
 * Questions per second of houqa's hf backend on the processor against Python transformers and
 * llama.cpp: direct answers with gold context, the same prompts (houqa's own), the same number of
 * threads, whole commands including start, in turn; then decoding speed.
 *
 *   deno run -A tasks/bench/hf_throughput_bench.ts --model FOLDER --q8 FOLDER --q4 FOLDER \
 *     --data FILE --scratch FOLDER [--python PYTHON] [--gguf FILE] [--node-llama-cpp FOLDER] \
 *     [--questions 140] [--rounds 1] [--threads 2] [--cpus 0,1] [--few-shot] [--decode-tokens 128]
 *
 * --model is the Hugging Face folder, --q8 and --q4 what `houqa export` made of it; a peer whose
 * option is missing is left out. houqa computes what prompts share once per run. transformers has no
 * such thing and llama.cpp keeps a sequence's common prefix if asked: it is measured both ways.
 * houqa's answers are generated (letter and end token) unless --answer-mode score is given; the peers
 * always do the less: one pass, the four letters' logits.
 */
import { dirname, join } from "node:path";
import { parseArgs } from "node:util";
import { loadDataset } from "../../src/dataset/load_dataset.ts";
import { LETTERS } from "../../src/dataset/question.ts";
import { cacheNames, CausalModel } from "../../src/llm/causal_model.ts";
import { ChatTokenizer } from "../../src/llm/chat_tokenizer.ts";
import { HFLoRALLM } from "../../src/llm/hf_lora_llm.ts";
import type { Prompt } from "../../src/llm/llm.ts";
import { readModelFolder } from "../../src/llm/model_folder.ts";
import type { ExportDtype } from "../../src/onnx/export_dtype.ts";
import { renderPrompt } from "../../src/prompt/render_prompt.ts";
import { openSession } from "../../src/runtime/open_session.ts";
import type { PromptMode } from "../../src/settings/setting_table.ts";
import {
  type CommandCost,
  houqaCommand,
  measureCommand,
  median,
  megabytes,
  reportTarget,
} from "./measure_command.ts";

const TARGETS = {
  q8: { float32: 2.5, bfloat16: 1.1, llama: 4 },
  q4: { llama: 1.3 },
  decode: 0.9,
};

const { values } = parseArgs({
  options: {
    model: { type: "string" },
    q8: { type: "string" },
    q4: { type: "string" },
    data: { type: "string", default: "datasets/lawqa_jp/data/selection.json" },
    scratch: { type: "string" },
    python: { type: "string" },
    gguf: { type: "string" },
    "node-llama-cpp": { type: "string" },
    node: { type: "string", default: "node" },
    questions: { type: "string", default: "140" },
    rounds: { type: "string", default: "1" },
    threads: { type: "string", default: String(navigator.hardwareConcurrency) },
    cpus: { type: "string" },
    "few-shot": { type: "boolean", default: false },
    "answer-mode": { type: "string", default: "generate" },
    only: { type: "string" },
    "decode-tokens": { type: "string", default: "128" },
    "decode-prompts": { type: "string", default: "3" },
    measured: { type: "string" },
  },
});
const here = dirname(import.meta.filename!);
const fewShot = values["few-shot"];
const questionCount = Number(values.questions);

if (values.measured === "decode") await measureDecoding();
else await main();

async function main(): Promise<void> {
  const { model, scratch } = values;
  if (!model || !scratch) throw new Error("Give --model and --scratch.");
  await Deno.mkdir(scratch, { recursive: true });
  const direct = join(scratch, "direct.json");
  const tokens = await dumpPrompts(direct, "direct", questionCount);
  console.log(
    `${questionCount} questions, ${tokens} prompt tokens, ${fewShot ? "few-shot" : "zero-shot"}, ` +
      `${values.threads} threads, answer mode ${values["answer-mode"]}`,
  );
  await compareAnswering(direct);
  const cot = join(scratch, "cot.json");
  await dumpPrompts(cot, "cot", Number(values["decode-prompts"]));
  await compareDecoding(cot);
}

/** One way of answering all questions. */
interface Contender {
  readonly name: string;
  readonly run: () => Promise<CommandCost>;
}

async function compareAnswering(promptsPath: string): Promise<void> {
  const contenders: Contender[] = [];
  for (const dtype of ["q8", "q4"] as const) {
    const folder = values[dtype];
    if (folder) contenders.push({ name: `houqa ${dtype}`, run: () => runHouqa(folder, dtype) });
  }
  if (values.python) {
    for (const dtype of ["float32", "bfloat16"]) {
      contenders.push({
        name: `transformers ${dtype}`,
        run: () => runTransformers(promptsPath, dtype),
      });
    }
  }
  if (values.gguf && values["node-llama-cpp"]) {
    for (const mode of ["fresh", "prefix"]) {
      contenders.push({ name: `llama.cpp ${mode}`, run: () => runLlama(promptsPath, mode) });
    }
  }
  const wanted = contenders.filter(({ name }) =>
    values.only === undefined || values.only.split(",").some((part) => name.includes(part))
  );
  const rates = new Map<string, number[]>(wanted.map(({ name }) => [name, []]));
  const cpuRates = new Map<string, number[]>(wanted.map(({ name }) => [name, []]));
  for (let round = 1; round <= Number(values.rounds); round++) {
    for (const { name, run } of wanted) {
      const cost = await run();
      rates.get(name)!.push(questionCount / cost.wallSeconds);
      cpuRates.get(name)!.push(questionCount / cost.cpuSeconds);
      console.log(
        `round ${round} ${name.padEnd(22)} ${cost.wallSeconds.toFixed(1).padStart(7)} s wall ` +
          `${cost.cpuSeconds.toFixed(1).padStart(7)} s CPU  ` +
          `${(questionCount / cost.wallSeconds).toFixed(2).padStart(6)} questions/s  ` +
          `peak RSS ${megabytes(cost.peakRssBytes)}  ${summaryOf(cost.stdout)}`,
      );
    }
  }
  const compare = (ours: string, theirs: string, atLeast?: number) => {
    for (const [clock, table] of [["wall", rates], ["CPU", cpuRates]] as const) {
      const [a, b] = [table.get(ours), table.get(theirs)];
      if (!a?.length || !b?.length) continue;
      const ratio = median(a) / median(b);
      const what = `${ours} / ${theirs}, ${clock} time`;
      if (clock === "wall" && atLeast !== undefined) reportTarget(what, ratio, { atLeast });
      else console.log(`${what.padEnd(58)} ${ratio.toFixed(2).padStart(8)}`);
    }
  };
  compare("houqa q8", "transformers float32", TARGETS.q8.float32);
  compare("houqa q8", "transformers bfloat16", TARGETS.q8.bfloat16);
  compare("houqa q8", "llama.cpp fresh", TARGETS.q8.llama);
  compare("houqa q8", "llama.cpp prefix");
  compare("houqa q4", "llama.cpp fresh", TARGETS.q4.llama);
  compare("houqa q4", "llama.cpp prefix");
}

async function compareDecoding(promptsPath: string): Promise<void> {
  if (!values.q4 || Number(values["decode-tokens"]) === 0) return;
  const rates = { houqa: [] as number[], llama: [] as number[] };
  for (let round = 1; round <= Number(values.rounds); round++) {
    const ours = await measureCommand(selfCommand("--measured", "decode"), { cpus: values.cpus });
    rates.houqa.push(rateOf(ours.stdout));
    if (!values.gguf || !values["node-llama-cpp"]) continue;
    const theirs = await runLlama(promptsPath, "decode", values["decode-tokens"]);
    rates.llama.push(rateOf(theirs.stdout));
  }
  console.log(`houqa q4 decodes ${median(rates.houqa).toFixed(1)} tokens/s`);
  if (rates.llama.length === 0) return;
  console.log(`llama.cpp (${values.gguf}) decodes ${median(rates.llama).toFixed(1)} tokens/s`);
  const ratio = median(rates.houqa) / median(rates.llama);
  reportTarget("decoding, houqa q4 / llama.cpp", ratio, { atLeast: TARGETS.decode });
}

function rateOf(stdout: string): number {
  const { decoded, seconds } = JSON.parse(stdout.trim().split("\n").at(-1)!);
  return decoded / seconds;
}

async function runHouqa(folder: string, dtype: ExportDtype): Promise<CommandCost> {
  const output = join(values.scratch!, `houqa_${dtype}.json`);
  const cost = await measureCommand(
    houqaCommand(
      "eval",
      ...["--llm-backend", "hf", "--hf-device", "cpu", "--hf-dtype", dtype],
      ...["--hf-model-name", folder, "--data", values.data, "--context", "gold"],
      ...["--answer-mode", values["answer-mode"], "--samples", values.questions],
      ...(fewShot ? [] : ["--no-few-shot"]),
      ...["--output", output, "--overwrite"],
    ),
    { env: { HOUQA_CACHE: join(values.scratch!, "cache") }, cpus: values.cpus },
  );
  const { results } = JSON.parse(await Deno.readTextFile(output));
  const answers = results.map((one: { predicted_answer: string }) =>
    one.predicted_answer.length === 1 ? one.predicted_answer : "?"
  ).join("");
  const seconds = results.reduce((sum: number, one: { seconds: number }) => sum + one.seconds, 0);
  return { ...cost, stdout: JSON.stringify({ answers, seconds }) };
}

function runTransformers(promptsPath: string, dtype: string): Promise<CommandCost> {
  const script = join(here, "transformers_peer.py");
  return measureCommand(
    [values.python!, script, values.model!, promptsPath, dtype, values.threads],
    { env: { HF_HUB_OFFLINE: "1", OMP_NUM_THREADS: values.threads }, cpus: values.cpus },
  );
}

function runLlama(promptsPath: string, mode: string, ...more: string[]): Promise<CommandCost> {
  const script = join(here, "llama_cpp_peer.mjs");
  return measureCommand(
    [values.node, script, values.gguf!, promptsPath, values.threads, mode, ...more],
    { env: { NODE_LLAMA_CPP: values["node-llama-cpp"]! }, cpus: values.cpus },
  );
}

/** Seconds without the start, and how many answers were each letter. */
function summaryOf(stdout: string): string {
  const { answers, seconds } = JSON.parse(stdout.trim().split("\n").at(-1)!);
  const counts = [...LETTERS].map((letter) => `${letter}${answers.split(letter).length - 1}`);
  return `(${seconds.toFixed(1)} s answering; ${counts.join(" ")})`;
}

/** Writes the prompts as text after the chat template; gives their tokens. */
async function dumpPrompts(path: string, mode: PromptMode, count: number): Promise<number> {
  const tokenizer = await ChatTokenizer.load(values.model!);
  const prompts = (await readPrompts(mode, count)).map(({ messages }) => {
    const ids = tokenizer.encodeChat(messages, false);
    const text = tokenizer.tokenizer.decode(ids, { skipsSpecial: false });
    return { text, tokens: ids.length };
  });
  await Deno.writeTextFile(path, JSON.stringify({ prompts, letters: LETTERS }));
  return prompts.reduce((sum, { tokens }) => sum + tokens, 0);
}

async function readPrompts(mode: PromptMode, count: number): Promise<Prompt[]> {
  const { questions } = await loadDataset(values.data);
  return questions.slice(0, count)
    .map((question) => renderPrompt(question, [question.context], { mode, fewShot }));
}

function selfCommand(...more: string[]): string[] {
  return [Deno.execPath(), "run", "-A", import.meta.filename!, ...Deno.args, ...more];
}

/**
 * Tokens a second of houqa's whole decoding loop. Each prompt is read twice, for one token and for
 * many; the second time its start is known, and the difference is decoding alone.
 */
async function measureDecoding(): Promise<void> {
  const dtype = "q4";
  const folder = await readModelFolder(values.q4!, dtype);
  const session = await openSession("cpu", {
    graph: folder.modelPath,
    dataFiles: folder.dataFiles,
    cacheOutputs: cacheNames(folder.shape.layers).map(({ present }) => present),
  }, { threads: Number(values.threads) });
  const maxNewTokens = 1 + Number(values["decode-tokens"]);
  const llm = new HFLoRALLM(
    await ChatTokenizer.load(values.q4!),
    new CausalModel(session, folder.shape, { extendsInPlace: true }),
    { ...folder, endTokens: [] },
    { maxNewTokens, temperature: 0, seed: 0, think: false },
    { backend: "hf", model: values.q4!, versions: {} },
  );
  let decoded = 0;
  let seconds = 0;
  for (const prompt of await readPrompts("cot", Number(values["decode-prompts"]))) {
    await llm.invoke(prompt, { maxNewTokens: 1 });
    const one = await llm.invoke(prompt, { maxNewTokens: 1 });
    const many = await llm.invoke(prompt, { maxNewTokens });
    decoded += many.completionTokens! - one.completionTokens!;
    seconds += many.seconds! - one.seconds!;
  }
  await llm.close();
  console.log(JSON.stringify({ decoded, seconds }));
}
