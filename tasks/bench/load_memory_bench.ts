/**
 * Memory of a loaded model on the processor against the size of its weight files: the peak right
 * after loading, and after some questions.
 *
 *   deno run -A tasks/bench/load_memory_bench.ts --model FOLDER --dtype q8 [--model FOLDER --dtype q4] \
 *     [--data FILE] [--questions 5]
 *
 * --model and --dtype come in pairs, each an exported folder and its precision.
 */
import { join } from "node:path";
import { parseArgs } from "node:util";
import { loadDataset } from "../../src/dataset/load_dataset.ts";
import { createHfLlm } from "../../src/llm/hf.ts";
import type { ExportDtype } from "../../src/onnx/export_dtype.ts";
import { renderPrompt } from "../../src/prompt/render_prompt.ts";
import { measureCommand, megabytes, reportTarget } from "./measure_command.ts";

const ROOM_BYTES = 400e6;

const { values } = parseArgs({
  options: {
    model: { type: "string", multiple: true, default: [] },
    dtype: { type: "string", multiple: true, default: [] },
    data: { type: "string", default: "datasets/lawqa_jp/data/selection.json" },
    questions: { type: "string", default: "5" },
    measured: { type: "boolean" },
  },
});

if (values.measured) await measureLoad(values.model[0]!, values.dtype[0] as ExportDtype);
else await main();

async function main(): Promise<void> {
  for (const [index, model] of values.model.entries()) {
    const dtype = values.dtype[index] ?? "q8";
    const fileBytes = await weightBytes(model);
    const { stdout } = await measureCommand([
      ...[Deno.execPath(), "run", "-A", import.meta.filename!, "--measured"],
      ...["--model", model, "--dtype", dtype, "--data", values.data],
      ...["--questions", values.questions],
    ]);
    console.log(`${dtype}: weight files ${megabytes(fileBytes)}`);
    const readings: Reading[] = JSON.parse(stdout.trim().split("\n").at(-1)!);
    for (const { when, peakRssBytes, rssBytes, anonymousBytes, fileBackedBytes } of readings) {
      console.log(
        `  ${when.padEnd(18)} peak RSS ${megabytes(peakRssBytes)}, RSS ${megabytes(rssBytes)} ` +
          `(anonymous ${megabytes(anonymousBytes)}, mapped files ${megabytes(fileBackedBytes)})`,
      );
    }
    const [, loaded, asked] = readings;
    const overWeights = (reading: Reading) => (reading.peakRssBytes - fileBytes) / 1e6;
    reportTarget(`${dtype}: peak RSS of loading over the weight files, MB`, overWeights(loaded!), {
      atMost: ROOM_BYTES / 1e6,
    });
    console.log(
      `${`${dtype}: the same with questions (cache and activations)`.padEnd(58)} ${
        overWeights(asked!).toFixed(0).padStart(8)
      }`,
    );
  }
}

async function weightBytes(folder: string): Promise<number> {
  let sum = 0;
  for await (const { name } of Deno.readDir(join(folder, "onnx"))) {
    sum += (await Deno.stat(join(folder, "onnx", name))).size;
  }
  return sum;
}

/** What the kernel says about this process. */
interface Reading {
  readonly when: string;
  readonly peakRssBytes: number;
  readonly rssBytes: number;
  readonly anonymousBytes: number;
  readonly fileBackedBytes: number;
}

function read(when: string): Reading {
  const status = Deno.readTextFileSync("/proc/self/status");
  const field = (name: string) =>
    1024 * Number(new RegExp(`^${name}:\\s*(\\d+) kB`, "m").exec(status)![1]);
  return {
    when,
    peakRssBytes: field("VmHWM"),
    rssBytes: field("VmRSS"),
    anonymousBytes: field("RssAnon"),
    fileBackedBytes: field("RssFile"),
  };
}

/** Runs in a process of its own, so that its memory is only the model's. */
async function measureLoad(modelName: string, dtype: ExportDtype): Promise<void> {
  const readings = [read("before loading")];
  const llm = await createHfLlm({ modelName, dtype, device: "cpu" });
  readings.push(read("loaded"));
  const { questions } = await loadDataset(values.data);
  for (const question of questions.slice(0, Number(values.questions))) {
    const prompt = renderPrompt(question, [question.context], { mode: "direct", fewShot: true });
    await llm.invoke(prompt, { answerFormat: "letter", maxNewTokens: 4 });
  }
  readings.push(read(`${values.questions} questions`));
  await llm.close();
  console.log(JSON.stringify(readings));
}
