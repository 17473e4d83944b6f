/**
 * What four orders of the choices cost beside one: `--answer-mode score` over each question in one
 * order, and over the same questions in lawqa_jp's four orders, one after the other, so that the four
 * share everything up to the choices.
 *
 *   deno run -A tasks/bench/score_orders_bench.ts --model FOLDER --data FILE --scratch FOLDER \
 *     [--dtype q8] [--questions 20] [--rounds 2] [--cpus 0,1] [--few-shot]
 */
import { join } from "node:path";
import { parseArgs } from "node:util";
import { loadDataset } from "../../src/dataset/load_dataset.ts";
import { LETTERS, type Question } from "../../src/dataset/question.ts";
import { houqaCommand, measureCommand, median, reportTarget } from "./measure_command.ts";

const TARGET = 1.6;
/** New position i shows the original choice p[i]; as in lawqa_jp's shuffled files, maps 1 to 4. */
const ORDERS = [[0, 1, 2, 3], [2, 0, 3, 1], [1, 3, 0, 2], [3, 2, 1, 0]] as const;

const { values } = parseArgs({
  options: {
    model: { type: "string" },
    data: { type: "string", default: "datasets/lawqa_jp/data/selection.json" },
    scratch: { type: "string" },
    dtype: { type: "string", default: "q8" },
    questions: { type: "string", default: "20" },
    rounds: { type: "string", default: "2" },
    cpus: { type: "string" },
    "few-shot": { type: "boolean", default: false },
  },
});
const { model, scratch } = values;
if (!model || !scratch) throw new Error("Give --model and --scratch.");

await Deno.mkdir(scratch, { recursive: true });
const questions = (await loadDataset(values.data)).questions.slice(0, Number(values.questions));
const files = { one: join(scratch, "one_order.json"), four: join(scratch, "four_orders.json") };
await writeSamples(files.one, questions.map((question) => reorder(question, 0)));
await writeSamples(
  files.four,
  questions.flatMap((question) => ORDERS.map((_, i) => reorder(question, i))),
);

const wall = { one: [] as number[], four: [] as number[] };
const cpu = { one: [] as number[], four: [] as number[] };
const answering = { one: [] as number[], four: [] as number[] };
for (let round = 1; round <= Number(values.rounds); round++) {
  for (const which of ["one", "four"] as const) {
    const output = join(scratch, `${which}_result.json`);
    const cost = await measureCommand(
      houqaCommand(
        "eval",
        ...["--llm-backend", "hf", "--hf-device", "cpu", "--hf-dtype", values.dtype],
        ...["--hf-model-name", model, "--data", files[which], "--context", "gold"],
        ...["--answer-mode", "score", "--output", output, "--overwrite"],
        ...(values["few-shot"] ? [] : ["--no-few-shot"]),
      ),
      { env: { HOUQA_CACHE: join(scratch, "cache") }, cpus: values.cpus },
    );
    const { results } = JSON.parse(await Deno.readTextFile(output));
    const seconds = results.reduce((sum: number, one: { seconds: number }) => sum + one.seconds, 0);
    wall[which].push(cost.wallSeconds);
    cpu[which].push(cost.cpuSeconds);
    answering[which].push(seconds);
    console.log(
      `round ${round} ${which.padEnd(4)} ${results.length} prompts, ` +
        `${cost.wallSeconds.toFixed(1)} s wall, ${cost.cpuSeconds.toFixed(1)} s CPU, ` +
        `${seconds.toFixed(1)} s answering`,
    );
  }
}
const ratio = (times: typeof wall) => median(times.four) / median(times.one);
reportTarget("four orders / one order, wall time of the command", ratio(wall), { atMost: TARGET });
console.log(
  `${"four orders / one order, CPU time".padEnd(58)} ${ratio(cpu).toFixed(2).padStart(8)}`,
);
console.log(
  `${"four orders / one order, answering alone".padEnd(58)} ${
    ratio(answering).toFixed(2).padStart(8)
  }`,
);

function reorder(question: Question, map: number): Record<string, unknown> {
  const order = ORDERS[map]!;
  const texts = LETTERS.map((letter) => question.choices[letter]);
  const answer = order.findIndex((original) => LETTERS[original] === question.answer);
  return {
    ファイル名: question.fileName,
    コンテキスト: question.context,
    問題文: question.question,
    指示: question.instruction,
    選択肢: Object.fromEntries(LETTERS.map((letter, i) => [letter, texts[order[i]!]])),
    output: LETTERS[answer],
    references: question.references,
    回答オーダーマップ番号: String(map + 1),
  };
}

async function writeSamples(path: string, samples: unknown[]): Promise<void> {
  await Deno.writeTextFile(path, JSON.stringify({ samples }, null, 1));
}
