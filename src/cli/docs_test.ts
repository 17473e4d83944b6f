import assert from "node:assert/strict";
import { Command, CommanderError } from "commander";
import type { ResultFile } from "../eval/result_schema.ts";
import { readResult } from "../eval/read_result.ts";
import { BLANK } from "../docs/fill_template.ts";
import { UsageError } from "../settings/usage_error.ts";
import { registerDocs } from "./docs.ts";
import { ROOT, runTask } from "./spawn_task.ts";

async function run(...args: string[]): Promise<string> {
  const lines: string[] = [];
  const program = new Command("houqa").exitOverride().configureOutput({ writeErr: () => {} });
  const words = ["docs", ...args];
  registerDocs(program, { words, exit: () => {} }, (line) => lines.push(line));
  const quiet = (command: Command): void => {
    for (const child of command.commands) quiet(child.copyInheritedSettings(command));
  };
  quiet(program);
  await program.parseAsync(words, { from: "user" });
  return lines.join("\n");
}

async function inFolder(action: (folder: string) => Promise<void>): Promise<void> {
  const folder = await Deno.makeTempDir();
  try {
    await action(folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

/** A result of a real run (a rule without a model), dressed up as that of a model. */
async function writeRun(
  folder: string,
  name: string,
  llm: Partial<ResultFile["provenance"]["llm"]>,
): Promise<string> {
  const rule = "results/rule.json";
  if (await readResult(`${folder}/${rule}`) === undefined) {
    const { code, stderr } = await runTask("eval", [
      ...["--data", `${ROOT}datasets/demo/questions.json`, "--samples", "20", "--quiet"],
      ...["--baseline", "always:b", "--context", "none", "--output", rule],
    ], { cwd: folder });
    assert.equal(code, 0, stderr);
  }
  const result = (await readResult(`${folder}/${rule}`))!;
  Object.assign(result.provenance.llm, { backend: "hf", model: "Org/Base", dtype: "fp16", ...llm });
  result.config.llm_backend = "hf";
  await Deno.writeTextFile(`${folder}/${name}`, JSON.stringify(result));
  return `${folder}/${name}`;
}

Deno.test("the procedures are written with the names that were given", () =>
  inFolder(async (folder) => {
    const names = ["--model", "Org/Other-4B", "--adapter", "runs/x/v2/", "--results", "results/e2"];
    const printed = await run("heart01", ...names, "--output", `${folder}/out`);
    const paths = printed.split("\n");
    assert.equal(paths.length, 3);
    const text = (await Promise.all(paths.map((path) => Deno.readTextFile(path)))).join("\n");
    assert.match(text, /--hf-model-name Org\/Other-4B --hf-lora-path runs\/x\/v2 /);
    assert.match(text, /--output results\/e2\/test40_base_fp16\.json/);
    const commands = text.split("\n").filter((line) => line.startsWith("deno task"));
    assert.ok(commands.length > 40);
    assert.ok(!commands.some((line) => /Qwen3-8B|direct_norag_v1|results\/evaluations/.test(line)));
    await assert.rejects(() => run("heart01", "--output", `${folder}/out`), UsageError);
    await run("heart01", "--output", `${folder}/out`, "--overwrite");
    assert.match(await Deno.readTextFile(paths[2]!), /--hf-model-name Qwen\/Qwen3-8B /);
  }));

Deno.test("without a folder the procedures are printed", async () => {
  const text = await run("heart01");
  assert.match(text, /^<!-- 00_環境構築\.md -->\n# 00 /);
  assert.match(text, /<!-- StepJ_A100_Qwen3_8B_評価指示\.md -->/);
});

for (const name of ["a b", "x;ls", "$HOME", "", "-x", "a'b"]) {
  Deno.test(`a model named "${name}" is refused: a shell would read it otherwise`, () =>
    assert.rejects(() => run("heart01", "--model", name), /option --model is/));
}

for (const kind of ["baseline", "training", "evaluation"]) {
  Deno.test(`an empty ${kind} log is a form with nothing but blanks`, async () => {
    const text = await run("log", kind);
    assert.ok(text.split(BLANK).length > 10);
    assert.doesNotMatch(text, /\$\{|undefined|NaN/);
  });
}

Deno.test("an evaluation log pairs base and adapter, and says what else differs", () =>
  inFolder(async (folder) => {
    const base = await writeRun(folder, "base.json", {});
    const adapter = { adapter: "runs/a", adapter_digest: "sha256:0123456789abcdef0123" };
    const same = await writeRun(folder, "adapter.json", adapter);
    const coarse = await writeRun(folder, "coarse.json", { ...adapter, dtype: "q4f16" });
    const text = await run("log", "evaluation", "--from", base, same, coarse);
    const { summary } = (await readResult(base))!;
    assert.match(text, new RegExp(`（${summary.correct_count}/20）`));
    assert.match(text, /\| Org\/Base \+ runs\/a（fp16\S*） \| direct、/);
    assert.match(text, /\| `0123456789abcdef` \|/);
    const rows = text.split("\n").filter((line) => line.includes("coarse.json` | "));
    assert.ok(text.includes(`| \`${base}\` | \`${same}\` | アダプタだけ |`));
    assert.ok(rows.some((row) => row.includes("**精度も違います**")), rows.join("\n"));
    assert.ok(text.includes(`deno task houqa compare ${base} ${same}\n`));
    assert.match(text, /20 問が b です（崩壊の疑い）/);
    assert.ok(text.includes(BLANK));
  }));

Deno.test("a baseline log of real runs leaves only what a person has to write", () =>
  inFolder(async (folder) => {
    const base = await writeRun(folder, "base.json", {});
    const text = await run("log", "baseline", "--from", base);
    assert.equal(text.split(BLANK).length - 1, 3);
    assert.doesNotMatch(text, /\$\{|undefined|NaN/);
  }));

Deno.test("a training log is filled from the summary", () =>
  inFolder(async (folder) => {
    const evaluation = {
      ...{ epoch: 0, accuracy: 0.5, correct: 5, total: 10, loss: 1.23456, given_reasoning: 2 },
      ...{ step: 0, predicted: { a: 1, b: 2, c: 3, d: 4 }, letter_mass: 0.25 },
    };
    const data = { path: "t.jsonl", sha256: "f".repeat(64), records: 10, tokens_longest: 99 };
    const summary = {
      ...{ schema_version: 1, kind: "qwen_law_ft", stopped_because: "steps", optimizer: "adamw" },
      settings: { output_dir: "runs/x/v7", model_name: "Org/Base", use_4bit: null, seed: 42 },
      data: { train: { ...data, letters: { a: 4, b: 3, c: 2, d: 1 } } },
      base: { name: "Org/Base", revision: null },
      precision: { weights: "nf4", compute: "bfloat16" },
      versions: { torch: "2.10.0" },
      machine: { gpu: "A100", threads: 1 },
      peak: { gpu_allocated_bytes: 8.25e9 },
      ...{ seconds: 12.4, sittings: 2, warnings: [{ step: 3, text: "one | two" }] },
      steps: { done: 6, planned: 6, per_epoch: 2, records_per_step: 16 },
      base_evaluation: evaluation,
      best: { step: 4, accuracy: 0.5 },
      evaluations: [evaluation, { ...evaluation, step: 4 }],
    };
    const path = `${folder}/summary.json`;
    await Deno.writeTextFile(path, JSON.stringify(summary));
    const text = await run("log", "training", "--from", path);
    assert.match(text, /^# 学習ログ: v7\n/);
    assert.match(text, /素のモデルより良くなっていません/);
    assert.match(text, /2 問は記録にある推論を読ませたうえで/);
    assert.match(
      text,
      /\| 0（素のモデル） \| 0\.00 \| 5\/10 \(50\.0 %\) \| 1\.2346 \| a 1 b 2 c 3 d 4 \| 25\.0 % \|/,
    );
    assert.match(text, /GPU 割り当て 8\.25 GB、GPU 確保 未測定/);
    assert.match(text, /\| `--use-4bit` \| {2}\|/);
    assert.match(text, /- ステップ 3: one \| two/);
    assert.doesNotMatch(text, /\$\{|undefined|NaN|【記入】/);
  }));

Deno.test("wrong kinds, files and counts of files are refused", () =>
  inFolder(async (folder) => {
    await Deno.writeTextFile(`${folder}/x.json`, "{}");
    const refused = (pattern: RegExp, ...args: string[]) =>
      assert.rejects(() => run("log", ...args), (error) =>
        (error instanceof UsageError || error instanceof CommanderError) &&
        pattern.test(error.message));
    await refused(/kinds are baseline, training, evaluation/, "diary");
    await refused(
      /no summary\.json of the training script/,
      "training",
      "--from",
      `${folder}/x.json`,
    );
    await refused(/Can't read/, "training", "--from", `${folder}/none.json`);
    await refused(/no such file/, "evaluation", "--from", `${folder}/none.json`);
    await refused(/not a houqa result/, "baseline", "--from", `${folder}/x.json`);
    await refused(/takes one/, "training", "--from", "a", "b");
  }));
