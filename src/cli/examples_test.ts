import assert from "node:assert/strict";
import denoJson from "../../deno.json" with { type: "json" };
import { readShellCommands } from "../docs/shell_commands.ts";
import type { Command } from "commander";
import { parseOnly } from "./parse_only_double.ts";
import { createProgram } from "./program.ts";
import { readExamples, readHelp } from "./read_help.ts";
import { ROOT } from "./spawn_task.ts";

/** Every command's help, and the examples in it, outer commands first. */
function listHelp(command: Command, path: readonly string[]): { path: string; help: string }[] {
  return [
    { path: path.join(" "), help: readHelp(command) },
    ...command.commands.flatMap((child) => listHelp(child, [...path, child.name()])),
  ];
}
const helps = listHelp(createProgram({ words: [], exit: () => {} }), ["houqa"]);
const examples = [...new Set(helps.flatMap(({ help }) => readExamples(help)))];

Deno.test("every command's help has an example of that command", () => {
  for (const { path, help } of helps) {
    const own = readExamples(help);
    assert.ok(own.length > 0, `${path} has no example`);
    for (const example of own) {
      assert.ok(example.replace(/^[A-Z_]+=\S+ /, "").startsWith(path), `${path}: ${example}`);
    }
  }
});

for (const example of examples) {
  Deno.test(`the command line takes: ${example}`, async () => {
    const [command, ...others] = readShellCommands(example);
    assert.deepEqual(others, []);
    assert.equal(command!.words[0], "houqa");
    await parseOnly(command!.words.slice(1));
  });
}

/** Why an example can't run in a folder with the demo's data and no network. */
const NOT_HERE: readonly (readonly [RegExp, string])[] = [
  [/^houqa eval (?!--baseline|.*--dry-run)/, "asks a model"],
  [/^houqa qa /, "asks a model"],
  [/houqa setup cuda/, "asks package indexes"],
  [/^houqa (?:dataset|laws) fetch/, "downloads"],
  [/^houqa laws (?:embed|push)/, "needs an embedding model or a server"],
  [/^houqa laws show .*(?:金|借地|323AC)/, "shows a law of e-Gov"],
  [/^houqa laws build(?! --in datasets)/, "reads what was downloaded"],
  [/^houqa export (?!datasets)/, "takes a large model"],
  [/^houqa dataset finetune .*--mode cot/, "takes the reasonings of a model"],
  [/^houqa docs log training/, "takes the summary of a training"],
  [/^houqa report --watch/, "serves a page until it is ended"],
  [/^houqa doctor/, "its exit code is the machine's"],
];
const runnable = examples.filter((line) => !NOT_HERE.some(([pattern]) => pattern.test(line)));

Deno.test("every reason not to run an example is needed", () => {
  for (const [pattern, reason] of NOT_HERE) {
    assert.ok(examples.some((line) => pattern.test(line)), reason);
  }
  assert.ok(runnable.length >= 30, String(runnable.length));
});

Deno.test({
  name: "the examples run, one after the other, offline",
  ignore: Deno.build.os === "windows",
  fn: async (t) => {
    const folder = await Deno.makeTempDir({ prefix: "houqa 法 " });
    try {
      await prepare(folder);
      for (const example of runnable) {
        await t.step(example, async () => {
          const { code, stderr } = await runInBash(example, folder);
          assert.equal(code, 0, stderr);
        });
      }
    } finally {
      await Deno.remove(folder, { recursive: true });
    }
  },
});

/** A folder with the demo's data, also where lawqa_jp would be, and the files that examples name. */
async function prepare(folder: string): Promise<void> {
  const demo = `${ROOT}datasets/demo`;
  for (
    const name of [
      "bin",
      "datasets/lawqa_jp/data",
      "results/evaluations",
      "results/reports",
      "results/finetune",
      "old",
    ]
  ) await Deno.mkdir(`${folder}/${name}`, { recursive: true });
  await Deno.symlink(demo, `${folder}/datasets/demo`);
  await Deno.copyFile(
    `${demo}/questions.json`,
    `${folder}/datasets/lawqa_jp/data/selection.json`,
  );
  await Deno.writeTextFile(`${folder}/bin/houqa`, houqaScript(), { mode: 0o755 });
  const evaluate = (rule: string, output: string) =>
    `houqa eval --quiet --baseline ${rule} --context gold --output ${output}`;
  const setUp = [
    evaluate("always:a", "results/evaluations/base.json"),
    evaluate("overlap", "results/evaluations/lora.json"),
    "cd results/evaluations",
    "for x in adapter lora_r8 lora_r16 older_b c; do cp lora.json $x.json; done",
    "for x in older_a b; do cp base.json $x.json; done; cd ../..",
    evaluate("longest", "results/evaluations/a.json"),
    "houqa dataset split --train 100 --test 40 --out datasets/split",
    "houqa dataset finetune --data datasets/split/train.json --context gold " +
    "--output results/finetune/x.jsonl",
    "rm -r datasets/split",
    "houqa laws build --in datasets/demo/laws --out data/egov_laws",
  ];
  const { code, stderr } = await runInBash(`set -e\n${setUp.join("\n")}`, folder);
  assert.equal(code, 0, stderr);
}

/**
 * A program `houqa` that runs each command as its task does, with the task's own permissions: what an
 * example in the help can't do with them, no form can do.
 */
function houqaScript(): string {
  const run = (task: keyof typeof denoJson.tasks) =>
    denoJson.tasks[task].command
      .replace(
        "deno run",
        `exec "${Deno.execPath()}" run --quiet --deny-net --config "${ROOT}deno.json"`,
      )
      // Where HOUQA_CACHE names it below, so that the user's own stays as it is.
      .replaceAll("$HOME/.cache/houqa", "results/cache")
      .replace(" main.ts", ` "${ROOT}main.ts"`);
  const own = Object.keys(denoJson.tasks).filter((name) =>
    denoJson.tasks[name as keyof typeof denoJson.tasks].command.endsWith(` main.ts ${name}`)
  ) as (keyof typeof denoJson.tasks)[];
  return [
    "#!/bin/bash",
    'case "$1" in',
    ...own.map((name) => `${name}) shift; ${run(name)} "$@" ;;`),
    `*) ${run("houqa")} "$@" ;;`,
    "esac",
  ].join("\n");
}

async function runInBash(line: string, cwd: string): Promise<{ code: number; stderr: string }> {
  const kept = ["HOME", "DENO_DIR", "DENO_COVERAGE_DIR", "TMPDIR"].flatMap((name) => {
    const value = Deno.env.get(name);
    return value === undefined ? [] : [[name, value]];
  });
  const { code, stdout, stderr } = await new Deno.Command("bash", {
    args: ["--norc", "-c", line],
    cwd,
    clearEnv: true,
    env: {
      ...Object.fromEntries(kept),
      PATH: `${cwd}/bin:${Deno.env.get("PATH")}`,
      HOUQA_CACHE: `${cwd}/results/cache`,
      HF_HOME: `${cwd}/hf`,
    },
    stdin: "null",
  }).output();
  const decoder = new TextDecoder();
  return { code, stderr: decoder.decode(stderr) + decoder.decode(stdout) };
}
