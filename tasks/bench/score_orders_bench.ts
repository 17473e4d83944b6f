/**
 * What `--orders 4` costs beside one order: `--answer-mode score` over each question as it stands in
 * the file, and in lawqa_jp's four orders of its choices, which share everything up to the choices.
 * Beside the times the tokens that have to be read either way: their ratio is what the shared prefix
 * leaves, since no two of the four orders begin with the same choice.
 *
 *   deno run -A tasks/bench/score_orders_bench.ts --model FOLDER --data FILE --scratch FOLDER \
 *     [--dtype q8] [--context retrieved] [--questions 20] [--rounds 2] [--cpus 0,1] [--few-shot]
 */
import { join } from "node:path";
import { parseArgs } from "node:util";
import { prepareEvaluation } from "../../src/eval/prepare_evaluation.ts";
import { ChatTokenizer } from "../../src/llm/chat_tokenizer.ts";
import { normaliseEvaluation } from "../../src/settings/evaluation_config.ts";
import { resolveSettings } from "../../src/settings/resolve_settings.ts";
import { houqaCommand, measureCommand, median, reportTarget } from "./measure_command.ts";

const TARGET = 1.6;

const { values } = parseArgs({
  options: {
    model: { type: "string" },
    data: { type: "string", default: "datasets/lawqa_jp/data/selection.json" },
    scratch: { type: "string" },
    dtype: { type: "string", default: "q8" },
    context: { type: "string", default: "retrieved" },
    questions: { type: "string", default: "20" },
    rounds: { type: "string", default: "2" },
    cpus: { type: "string" },
    "few-shot": { type: "boolean", default: false },
  },
});
const { model, scratch } = values;
if (!model || !scratch) throw new Error("Give --model and --scratch.");

await Deno.mkdir(scratch, { recursive: true });
const tokens = await countTokens(model);
console.log(
  `tokens to read: ${tokens.one} in one order, ${tokens.four} in four; of each prompt's ` +
    `${tokens.promptMedian} (median) the choices and what follows them are ${tokens.restMedian}`,
);

const wall = { one: [] as number[], four: [] as number[] };
const cpu = { one: [] as number[], four: [] as number[] };
const answering = { one: [] as number[], four: [] as number[] };
for (let round = 1; round <= Number(values.rounds); round++) {
  for (const [which, orders] of [["one", "1"], ["four", "4"]] as const) {
    const output = join(scratch, `${which}_result.json`);
    const cost = await measureCommand(
      houqaCommand(
        "eval",
        ...["--llm-backend", "hf", "--hf-device", "cpu", "--hf-dtype", values.dtype],
        ...["--hf-model-name", model, "--data", values.data, "--context", values.context],
        ...["--samples", values.questions, "--answer-mode", "score", "--orders", orders],
        ...["--output", output, "--overwrite"],
        ...(values["few-shot"] ? [] : ["--no-few-shot"]),
      ),
      { env: { HOUQA_CACHE: join(scratch, "cache") }, cpus: values.cpus },
    );
    const { results } = JSON.parse(await Deno.readTextFile(output)) as { results: Answered[] };
    const answers = results.flatMap((result) => result.orders ?? [result]);
    const seconds = answers.reduce((sum, answer) => sum + answer.seconds, 0);
    wall[which].push(cost.wallSeconds);
    cpu[which].push(cost.cpuSeconds);
    answering[which].push(seconds);
    console.log(
      `round ${round} ${which.padEnd(4)} ${answers.length} prompts, ` +
        `${cost.wallSeconds.toFixed(1)} s wall, ${cost.cpuSeconds.toFixed(1)} s CPU, ` +
        `${seconds.toFixed(1)} s answering`,
    );
  }
}
const ratio = (times: typeof wall) => median(times.four) / median(times.one);
reportTarget(`four orders / one, wall time, ${values.context} context`, ratio(wall), {
  atMost: TARGET,
});
for (
  const [name, value] of [
    ["four orders / one order, CPU time", ratio(cpu)],
    ["four orders / one order, answering alone", ratio(answering)],
    ["four orders / one order, tokens to read", tokens.four / tokens.one],
  ] as const
) console.log(`${name.padEnd(58)} ${value.toFixed(2).padStart(8)}`);

interface Answered {
  readonly seconds: number;
  readonly orders?: readonly { readonly seconds: number }[];
}

/** The tokens of all prompts that the prompt before each one does not begin with. */
async function countTokens(folder: string) {
  const options = {
    ...{ data: values.data, context: values.context, samples: values.questions, orders: "4" },
    few_shot: values["few-shot"],
  };
  const settings = resolveSettings({ options, environment: () => undefined, dotenv: {} });
  const { questions, prompts } = await prepareEvaluation(normaliseEvaluation(settings).config);
  const tokenizer = await ChatTokenizer.load(folder);
  let before: { one: number[]; four: number[] } = { one: [], four: [] };
  let [one, four] = [0, 0];
  const lengths: number[] = [];
  const rests: number[] = [];
  for (const question of questions) {
    const { orders = [] } = await prompts.prepare(question);
    for (const [at, { prompt }] of orders.entries()) {
      const ids = tokenizer.encodeChat(prompt.messages, false);
      const fresh = ids.length - sharedStart(before.four, ids);
      four += fresh;
      if (at === 0) {
        lengths.push(ids.length);
        one += ids.length - sharedStart(before.one, ids);
        before = { one: ids, four: ids };
      } else {
        rests.push(fresh);
        before.four = ids;
      }
    }
  }
  return { one, four, promptMedian: median(lengths), restMedian: median(rests) };
}

function sharedStart(before: readonly number[], ids: readonly number[]): number {
  const end = ids.findIndex((id, at) => at === ids.length - 1 || id !== before[at]);
  return Math.max(0, end);
}
