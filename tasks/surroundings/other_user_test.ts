/** Folders that belong to somebody else: each command says which, and what to do. */
import assert from "node:assert/strict";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { type Ended, taskArguments } from "../../src/cli/spawn_task.ts";

const DEMO = fileURLToPath(new URL("../../datasets/demo", import.meta.url));
/** Of nobody else. */
const USER = 65534;

/** Modes hold nobody back who is root: its tests run as another user. */
const isRoot = Deno.uid() === 0;
const canTry = Deno.build.os !== "windows" && (!isRoot || await has("setpriv"));

async function has(program: string): Promise<boolean> {
  const command = new Deno.Command(program, {
    args: ["--version"],
    stdout: "null",
    stderr: "null",
  });
  return await command.output().then(({ success }) => success, () => false);
}

/** Runs a task as a user to whom `closed` and what is in it are closed. */
async function runAsOther(
  folder: string,
  task: Parameters<typeof taskArguments>[0],
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<Ended> {
  const words = taskArguments(task, args, { cwd: folder, env });
  const other = [`--reuid=${USER}`, `--regid=${USER}`, "--clear-groups", Deno.execPath()];
  const [program, before] = isRoot ? ["setpriv", other] : [Deno.execPath(), []];
  const { code, signal, stdout, stderr } = await new Deno.Command(program, {
    args: [...before, ...words],
    cwd: folder,
    // That user may not write what the tests' coverage is measured by.
    env: { ...env, DENO_COVERAGE_DIR: "" },
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
  }).output();
  const decoder = new TextDecoder();
  return { code, signal, stdout: decoder.decode(stdout), stderr: decoder.decode(stderr) };
}

async function withOther(action: (folder: string) => Promise<void>): Promise<void> {
  const folder = await Deno.makeTempDir({ prefix: "houqa 法 " });
  try {
    for (const part of ["results/open", "results/closed", "results/cache/exports"]) {
      await Deno.mkdir(join(folder, part), { recursive: true });
    }
    if (isRoot) {
      for (const part of ["", "results", "results/open", "results/cache"]) {
        await Deno.chown(join(folder, part), USER, USER);
      }
    }
    for (const part of ["results/closed", "results/cache/exports"]) {
      await Deno.chmod(join(folder, part), isRoot ? 0o700 : 0);
    }
    await action(folder);
  } finally {
    for (const part of ["results/closed", "results/cache/exports"]) {
      await Deno.chmod(join(folder, part), 0o700);
    }
    await Deno.remove(folder, { recursive: true });
  }
}

const evaluate = (output: string) => [
  ...["--baseline", "longest", "--data", `${DEMO}/questions.json`, "--context", "gold"],
  ...["--samples", "2", "--output", output],
];
const byModel = (model: string) => [
  ...["--llm-backend", "hf", "--hf-model-name", model, "--data", `${DEMO}/questions.json`],
  ...["--context", "gold", "--no-few-shot", "--samples", "2", "--hf-device", "cpu"],
  ...["--output", "results/open/x.json"],
];

Deno.test({
  name: "another user's folder is named, with what to do",
  ignore: !canTry,
  fn: () =>
    withOther(async (folder) => {
      const cases: [Parameters<typeof taskArguments>[0], string[], number, RegExp][] = [
        ["export", ["results/closed"], 2, /no right to read results\/closed .*Ask its owner/],
        [
          "export",
          [`${DEMO}/model`, "--lora", "results/closed"],
          2,
          /no right to read results\/closed /,
        ],
        ["eval:hf", byModel("results/closed"), 2, /no right to read results\/closed /],
        ["eval:hf", byModel(`${DEMO}/model`), 3, /read .*cache\/exports .*Set HOUQA_CACHE/],
        ["cache", ["list"], 3, /read .*cache\/exports .*Set HOUQA_CACHE/],
        ["results", ["list", "results/closed"], 2, /no right to read results\/closed /],
      ];
      const allowCache = { HOUQA_CACHE: "results/cache" };
      for (const [task, args, expected, pattern] of cases) {
        const { code, stderr } = await runAsOther(folder, task, args, allowCache);
        const what = `${task} ${args.join(" ")}: ${stderr}`;
        assert.equal(code, expected, what);
        assert.match(stderr, pattern, what);
        assert.doesNotMatch(stderr, /Unexpected error|\n\s+at /, what);
      }
    }),
});

Deno.test({
  name: "results list goes on where a folder below is another user's",
  ignore: !canTry,
  fn: () =>
    withOther(async (folder) => {
      const made = await runAsOther(folder, "eval", evaluate("results/open/a.json"));
      assert.equal(made.code, 0, made.stderr);
      const { code, stdout, stderr } = await runAsOther(folder, "results", ["list"]);
      assert.equal(code, 0, stderr);
      assert.match(stdout, /a\.json/);
      assert.match(stdout, /no right to read results\/closed \(permission denied\)/);
    }),
});
