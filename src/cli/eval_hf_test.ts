import assert from "node:assert/strict";
import { join } from "node:path";
import { formatSampleFile, makeSampleQuestions } from "../dataset/sample_questions.ts";
import { journalPath } from "../eval/journal.ts";
import { readResult } from "../eval/read_result.ts";
import {
  SMALL_QWEN3,
  withoutEnd,
  writeTinyAdapter,
  writeTinyModel,
} from "../onnx/tiny_model_double.ts";
import { runTask, type SpawnOptions, spawnTask } from "./spawn_task.ts";

const OUTPUT = "results/r.json";

/** A folder with questions, a model that writes without end, and an adapter. */
async function withPlace(
  body: (place: { folder: string; options: SpawnOptions }) => Promise<void>,
): Promise<void> {
  const folder = await Deno.makeTempDir({ prefix: "houqa 法 " });
  try {
    await Deno.writeTextFile(join(folder, "q.json"), formatSampleFile(makeSampleQuestions(3)));
    await writeTinyModel(join(folder, "m"), {
      config: { ...SMALL_QWEN3, max_position_embeddings: 16384 },
      change: withoutEnd,
    });
    await writeTinyAdapter(join(folder, "a"));
    // Within what the task may write.
    const env = { HOUQA_CACHE: join(folder, "results", "cache") };
    await body({ folder, options: { cwd: folder, env } });
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

const BASE = ["--llm-backend", "hf", "--hf-model-name", "m", "--hf-lora-path", "a"].concat(
  ["--data", "q.json", "--context", "gold", "--no-few-shot", "--hf-device", "cpu"],
);

async function answered(folder: string): Promise<number> {
  const text = await Deno.readTextFile(journalPath(join(folder, OUTPUT))).catch(() => "");
  return text.split("\n").slice(0, -1).filter((line) => line.includes('"type":"result"')).length;
}

Deno.test("an evaluation on the hf backend, killed and resumed, ends as an undisturbed one", () =>
  withPlace(async ({ folder, options }) => {
    const args = [...BASE, "--use-cot", "--max-tokens", "300", "--output", OUTPUT];
    const child = spawnTask("eval:hf", args, options);
    const output = child.output();
    let ended = false;
    output.then(() => ended = true);
    while (await answered(folder) === 0 && !ended) await new Promise((go) => setTimeout(go, 5));
    child.kill("SIGKILL");
    const { signal, stderr } = await output;
    assert.equal(signal, "SIGKILL", new TextDecoder().decode(stderr));
    const before = await answered(folder);
    assert.ok(before === 1 || before === 2, `${before} questions were answered`);

    const again = await runTask("eval:hf", args, options);
    assert.equal(again.code, 0, again.stderr);
    assert.match(again.stdout, /EVALUATION RESULTS[\s\S]*Total Samples: +3\n/);
    assert.match(again.stderr, /Backend: hf\nModel: m\nLoRA path: a\n/);
    assert.ok(!again.stderr.includes("into ONNX"), "the model was exported twice");
    const resumed = (await readResult(join(folder, OUTPUT)))!;
    assert.equal(resumed.provenance.sittings, 2);
    assert.deepEqual(resumed.results.map(({ outcome }) => outcome === "error"), [
      false,
      false,
      false,
    ]);
    assert.equal(await answered(folder), 0);

    const whole = await runTask("eval:hf", [...args.slice(0, -1), "results/w.json"], options);
    assert.equal(whole.code, 0, whole.stderr);
    const undisturbed = (await readResult(join(folder, "results/w.json")))!;
    const texts = ({ results }: typeof resumed) => results.map(({ response }) => response);
    assert.deepEqual(texts(resumed), texts(undisturbed));
    assert.ok(new Set(texts(resumed)).size === 3, "the answers should differ");

    const { llm } = undisturbed.provenance;
    assert.deepEqual([llm.backend, llm.model, llm.dtype, llm.device], ["hf", "m", "q8", "cpu"]);
    assert.match(String(llm.model_digest), /^sha256:/);
    assert.match(String(llm.adapter_digest), /^sha256:/);
  }));

Deno.test("letters by one pass: every question gets one, with its probabilities", () =>
  withPlace(async ({ folder, options }) => {
    const args = [...BASE, "--answer-mode", "score", "--hf-dtype", "q4", "--output", OUTPUT];
    const { code, stdout, stderr } = await runTask("eval:hf", [...args, "--quiet"], options);
    assert.equal(code, 0, stderr);
    assert.equal(stderr, "");
    assert.match(stdout, /EVALUATION RESULTS/);
    const { results, summary } = (await readResult(join(folder, OUTPUT)))!;
    assert.equal(summary.unparsed_count, 0);
    for (const { predicted_answer, letter_logprobs } of results) {
      assert.match(String(predicted_answer), /^[abcd]$/);
      const all = Object.values(letter_logprobs!) as number[];
      assert.equal(all.length, 4);
      assert.ok(Math.abs(all.reduce((sum, one) => sum + Math.exp(one), 0) - 1) < 1e-6);
    }
  }));

Deno.test("a prompt that is too long, a missing model and a missing permission are told apart", () =>
  withPlace(async ({ folder, options }) => {
    await writeTinyModel(join(folder, "m"), {
      config: { ...SMALL_QWEN3, max_position_embeddings: 1024 },
    });
    const run = (args: readonly string[], more: Partial<SpawnOptions> = {}) =>
      runTask("eval:hf", [...args, "--output", OUTPUT], { ...options, ...more });
    const long = await run(BASE.filter((word) => word !== "--no-few-shot"));
    assert.equal(long.code, 1, long.stderr);
    const { results } = (await readResult(join(folder, OUTPUT)))!;
    assert.ok(results.every(({ outcome, error }) => outcome === "error" && /fit/.test(error!)));

    const missing = await run(BASE.map((word) => word === "m" ? "./none" : word));
    assert.equal(missing.code, 2);
    assert.match(missing.stderr, /none/);

    const edit = (words: string[]) => words.filter((word) => !word.startsWith("--allow-ffi"));
    const locked = await run(BASE, { edit });
    assert.equal(locked.code, 2);
    assert.match(locked.stderr, /native libraries[\s\S]*deno task eval:hf --llm-backend hf /);
  }));
