import assert from "node:assert/strict";
import { join } from "node:path";
import { safetensorsBytes } from "../onnx/checkpoint_double.ts";
import { expectedTensors } from "../onnx/expected_tensors.ts";
import { parseQwenConfig } from "../onnx/parse_qwen_config.ts";
import {
  SMALL_QWEN3,
  SMALLEST_QWEN3,
  writeTinyAdapter,
  writeTinyModel,
} from "../onnx/tiny_model_double.ts";
import { type Ended, runTask, type SpawnOptions, spawnTask } from "./spawn_task.ts";

async function withPlace(
  body: (
    place: { folder: string; options: SpawnOptions; run: (...args: string[]) => Promise<Ended> },
  ) => Promise<void>,
): Promise<void> {
  const folder = await Deno.makeTempDir({ prefix: "houqa 法 " });
  try {
    await writeTinyModel(join(folder, "m"), { config: SMALLEST_QWEN3 });
    // Within the folders that the task may write.
    const options = { cwd: folder, env: { HOUQA_CACHE: join(folder, "results", "cache") } };
    await body({ folder, options, run: (...args) => runTask("export", args, options) });
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

const namesIn = (folder: string) => [...Deno.readDirSync(folder)].map(({ name }) => name).sort();

Deno.test("export: what can't be done is refused with 2, and nothing is written", () =>
  withPlace(async ({ folder, run }) => {
    await Deno.mkdir(join(folder, "models", "full"), { recursive: true });
    await Deno.writeTextFile(join(folder, "models", "full", "mine.txt"), "keep");
    const cases: [string[], RegExp][] = [
      [["m", "--dtype", "q5"], /option --dtype is "q5", but must be .*fp32.*q4f16/],
      [["./none"], /none/],
      [["m", "--lora", "m"], /is a model, not a LoRA adapter/],
      [["m", "--output", "models/full"], /--output .*full is not empty\. Give a new folder/],
      [["m", "--output", "models/full/mine.txt"], /mine\.txt is not a folder/],
      [["m", "--dtype", "q4", "--any-processor"], /--any-processor is about q8: q4 runs on any/],
      [["m", "--dtype", "q8", "--any-processor"], /--any-processor needs --output/],
      [[], /missing required argument 'model'/],
      [["m", "n"], /too many arguments/],
    ];
    for (const [args, message] of cases) {
      const { code, stdout, stderr } = await run(...args);
      assert.equal(code, 2, `${args}: ${stderr}`);
      assert.match(stderr, message);
      assert.equal(stdout, "");
      assert.ok(!/\n\s+at /.test(stderr), stderr);
    }
    assert.deepEqual(namesIn(folder).filter((name) => name !== "results"), ["m", "models"]);
    assert.deepEqual(namesIn(join(folder, "models")), ["full"]);
    assert.deepEqual(namesIn(join(folder, "models", "full")), ["mine.txt"]);
  }));

Deno.test("export: a new folder with everything, verified against float32", () =>
  withPlace(async ({ folder, run }) => {
    await writeTinyAdapter(join(folder, "a"), { config: SMALLEST_QWEN3 });
    const { code, stdout, stderr } = await run(
      ...["m", "--lora", "a", "--dtype", "fp32", "--output", "models/out", "--verify"],
    );
    assert.equal(code, 0, stderr);
    const lines = stdout.trimEnd().split("\n");
    assert.equal(lines[0], `Export:         ${join(folder, "models", "out")}`);
    assert.equal(lines[1], "Precision:      fp32; rounding changed the weights by 0.0 %");
    assert.match(lines[2]!, /^Adapter: {8}changed them by \d[\d.]* %$/);
    assert.match(lines[3]!, /^Verified on: {4}\d prompts of [\d, ]+ tokens, against float32$/);
    assert.match(lines[4]!, /^Letters agree: {2}(\d)\/\1$/);
    assert.match(lines[5]!, /^Log-prob\. off: {2}at most \d.*; mean divergence /);
    assert.match(lines[6]!, /^Adapter moves: {2}mean divergence 0\.0*[1-9]/);
    assert.equal(lines.length, 7);
    assert.match(stderr, /Turning m with its adapter into ONNX \(fp32\)\./);
    assert.deepEqual(namesIn(join(folder, "models")), ["out"]);
    assert.ok(namesIn(join(folder, "models", "out")).includes("export.json"));
    assert.ok(!namesIn(folder).includes("exports"));
  }));

Deno.test("export: without --output into the cache, once; --quiet says only where", () =>
  withPlace(async ({ folder, run }) => {
    const first = await run("m", "--dtype", "q8");
    assert.equal(first.code, 0, first.stderr);
    const [, where] = /^Export: +(.*)$/m.exec(first.stdout)!;
    assert.ok(where!.startsWith(join(folder, "results", "cache", "exports")), first.stdout);
    assert.match(first.stderr, /Turning/);
    const again = await run("m", "--dtype", "q8", "--quiet");
    assert.deepEqual([again.code, again.stderr], [0, ""]);
    assert.equal(again.stdout, first.stdout);
  }));

Deno.test("export: --any-processor stores the integers so that they are right everywhere", () =>
  withPlace(async ({ folder, run }) => {
    const output = ["--output", "models/out"];
    const { code, stdout, stderr } = await run("m", "--any-processor", "--verify", ...output);
    assert.equal(code, 0, stderr);
    assert.match(stdout, /^Precision: +q8;.*^Letters agree:/ms);
    const report = JSON.parse(
      await Deno.readTextFile(join(folder, "models", "out", "export.json")),
    );
    assert.deepEqual([report.dtype, report.integer_weights], ["q8", "uint8"]);
  }));

Deno.test("export: a check that finds something ends with 1", () =>
  withPlace(async ({ folder, run }) => {
    await writeTinyAdapter(join(folder, "a"), { scale: 0.02, config: SMALLEST_QWEN3 });
    const { code, stdout } = await run(
      ...["m", "--lora", "a", "--dtype", "q4", "--output", "models/out", "--verify", "--quiet"],
    );
    assert.equal(code, 1, stdout);
    assert.match(stdout, /^Warning: {8}Rounding to q4 changes the adapted weights/m);
    assert.match(
      stdout,
      /^Finding: {8}Rounding to q4 changes the letters .* as much as the adapter/m,
    );
    // The export itself is there: the user decides.
    assert.ok(namesIn(join(folder, "models", "out")).includes("export.json"));
  }));

/** A model of 130 MB of zeros that take no room on disk: long enough to be interrupted. */
async function writeLargeModel(folder: string): Promise<void> {
  const config = { ...SMALL_QWEN3, vocab_size: 1_000_000 };
  await writeTinyModel(folder, { config: SMALL_QWEN3 });
  await Deno.writeTextFile(join(folder, "config.json"), JSON.stringify(config));
  let end = 0;
  const header: Record<string, unknown> = {};
  for (const [name, shape] of expectedTensors(parseQwenConfig(config, "config.json"))) {
    const sizeBytes = 2 * shape.reduce((product, size) => product * size, 1);
    header[name] = { dtype: "BF16", shape, data_offsets: [end, end += sizeBytes] };
  }
  const text = new TextEncoder().encode(JSON.stringify(header));
  const prefix = safetensorsBytes(new Map()).slice(0, 8);
  new DataView(prefix.buffer).setBigUint64(0, BigInt(text.length), true);
  const path = join(folder, "model.safetensors");
  await Deno.writeFile(path, prefix);
  await Deno.writeFile(path, text, { append: true });
  await Deno.truncate(path, 8 + text.length + end);
}

/** Starts an export of the large model to models/out, and comes back when it is at work. */
async function startExport(options: SpawnOptions): Promise<Deno.ChildProcess> {
  const args = ["large", "--dtype", "q4", "--output", "models/out"];
  const child = spawnTask("export", args, options);
  let errors = "";
  const decoder = new TextDecoder();
  for await (const chunk of child.stderr) {
    errors += decoder.decode(chunk, { stream: true });
    if (errors.includes("Turning")) break;
  }
  assert.match(errors, /Turning large into ONNX/);
  return child;
}

Deno.test({
  name: "export: a signal ends it with its own code and leaves nothing behind",
  ignore: Deno.build.os === "windows",
  fn: () =>
    withPlace(async ({ folder, options }) => {
      await writeLargeModel(join(folder, "large"));
      for (
        const [signal, expected] of [["SIGTERM", 143], ["SIGINT", 130], ["SIGHUP", 129]] as const
      ) {
        const child = await startExport(options);
        child.kill(signal);
        const { code } = await child.status;
        assert.equal(code, expected);
        await child.stdout.cancel();
        assert.deepEqual(namesIn(join(folder, "models")), []);
      }
    }),
});

Deno.test({
  name: "export: what a killed one left is removed by the next one to the same place",
  ignore: Deno.build.os === "windows",
  fn: () =>
    withPlace(async ({ folder, options, run }) => {
      await writeLargeModel(join(folder, "large"));
      const child = await startExport(options);
      child.kill("SIGKILL");
      await child.status;
      await child.stdout.cancel();
      const left = namesIn(join(folder, "models"));
      assert.equal(left.length, 2);
      assert.ok(left.every((name) => name.startsWith(".houqa-export-")), left.join());
      const { code, stderr } = await run("m", "--dtype", "q4", "--output", "models/out");
      assert.equal(code, 0, stderr);
      assert.deepEqual(namesIn(join(folder, "models")), ["out"]);
    }),
});
