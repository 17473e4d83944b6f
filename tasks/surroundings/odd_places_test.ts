/** No HOME, odd locales and terminals, names with spaces and kanji, few open files, closed pipes. */
import assert from "node:assert/strict";
import { join } from "node:path";
import { taskArguments } from "../../src/cli/spawn_task.ts";
import { readResult } from "../../src/eval/read_result.ts";
import { quoteForShell } from "../../src/settings/quote_for_shell.ts";
import { copyDemo } from "../compile/compiled_forms_double.ts";
import { denoFolder } from "./deno_folder_double.ts";

const DENO_DIR = await denoFolder();
const isUnix = Deno.build.os !== "windows";
type Task = Parameters<typeof taskArguments>[0];

/** Runs a line of the shell in which `houqa` stands for a task's command. */
async function inShell(
  folder: string,
  line: (houqa: string) => string,
  [task, ...args]: readonly [Task, ...string[]],
  env: Readonly<Record<string, string>> = {},
): Promise<{ code: number; stdout: string; stderr: string }> {
  const variables = { DENO_DIR, HOUQA_CACHE: join(folder, "results", "キャッシュ 1"), ...env };
  const words = taskArguments(task, args, { cwd: folder, env: variables });
  const command = [Deno.execPath(), ...words].map(quoteForShell).join(" ");
  const { code, stdout, stderr } = await new Deno.Command("sh", {
    args: ["-c", line(command)],
    cwd: folder,
    clearEnv: true,
    env: { PATH: "/usr/bin:/bin", ...variables },
    stdin: "null",
  }).output();
  const decoder = new TextDecoder();
  return { code, stdout: decoder.decode(stdout), stderr: decoder.decode(stderr) };
}

/** A folder with spaces and kanji in its name, with the demo in `demo`. */
async function withPlace(action: (folder: string) => Promise<void>): Promise<void> {
  const folder = await Deno.makeTempDir({ prefix: "法 律 " });
  try {
    await copyDemo(folder);
    await action(folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

const baseline = (output: string): [Task, ...string[]] =>
  [
    ...["eval", "--baseline", "longest", "--data", "demo/questions.json", "--context", "gold"],
    ...["--samples", "12", "--quiet", "--output", output],
  ] as [Task, ...string[]];

const byModel = (output: string, model = "demo/model"): [Task, ...string[]] =>
  [
    ...["eval:hf", "--llm-backend", "hf", "--hf-model-name", model, "--hf-lora-path", "demo/lora"],
    ...["--data", "demo/questions.json", "--context", "gold", "--no-few-shot", "--samples", "2"],
    ...["--hf-device", "cpu", "--quiet", "--output", output],
  ] as [Task, ...string[]];

const plain = (houqa: string) => houqa;

Deno.test({
  name: "whatever the locale and the terminal are called, the same is printed and written",
  ignore: !isUnix,
  fn: () =>
    withPlace(async (folder) => {
      const places: Record<string, string>[] = [
        { LANG: "ja_JP.UTF-8", TERM: "xterm" },
        { LANG: "C", TERM: "dumb" },
        { LC_ALL: "POSIX", NO_COLOR: "1" },
        { LC_ALL: "ja_JP.SJIS", COLUMNS: "8", LINES: "2" },
      ];
      const seen = await Promise.all(places.map(async (env, at) => {
        const output = `results/結果 ${at}/法律.json`;
        const { code, stdout, stderr } = await inShell(folder, plain, baseline(output), env);
        assert.equal(code, 0, stderr);
        assert.ok(!stdout.includes("\x1b"), stdout);
        const { results } = (await readResult(join(folder, output)))!;
        return [
          stdout.replaceAll(output, "…").replace(/^Time:.*$/m, ""),
          results.map(({ seconds: _, ...rest }) => rest),
        ];
      }));
      for (const one of seen) assert.deepEqual(one, seen[0]);
    }),
});

Deno.test({
  name:
    "without HOME a model says what to set, and runs with it from folders with spaces and kanji",
  ignore: !isUnix,
  fn: () =>
    withPlace(async (folder) => {
      const asked = await inShell(folder, plain, baseline("results/b.json"));
      assert.equal(asked.code, 0, asked.stderr);

      const unset = { HOUQA_CACHE: "" };
      const bare = await inShell(folder, plain, byModel("results/x.json"), unset);
      assert.equal(bare.code, 2, bare.stderr);
      assert.match(bare.stderr, /HOME is not set; set HF_HOME and HOUQA_CACHE/);

      await Deno.rename(join(folder, "demo", "model"), join(folder, "モデル 1"));
      const set = { HF_HOME: join(folder, "hub") };
      const run = await inShell(folder, plain, byModel("results/結果 x.json", "モデル 1"), set);
      assert.equal(run.code, 0, run.stderr);
      assert.equal((await readResult(join(folder, "results/結果 x.json")))!.results.length, 2);
    }),
});

Deno.test({
  name: "a model that runs here leaves nothing in HOME: the native runtime's reports are off",
  ignore: !isUnix,
  fn: () =>
    withPlace(async (folder) => {
      // Without CI and the like: the runtime does not report there by itself.
      const HOME = join(folder, "home");
      const run = await inShell(folder, plain, byModel("results/x.json"), { HOME });
      assert.equal(run.code, 0, run.stderr);
      const left = await Array.fromAsync(Deno.readDir(HOME), ({ name }) => name).catch(() => []);
      assert.deepEqual(left, []);
    }),
});

Deno.test({
  name: "48 open files are enough for a model, an export and an index",
  ignore: !isUnix,
  fn: () =>
    withPlace(async (folder) => {
      const few = (houqa: string) => `ulimit -n 48 && exec ${houqa}`;
      const env = { HF_HOME: join(folder, "hub") };
      const commands: [Task, ...string[]][] = [
        byModel("results/x.json"),
        ["export", "demo/model", "--dtype", "q8", "--output", "models/new", "--quiet"],
        ["laws", "build", "--in", "demo/laws", "--out", "data/index"],
      ];
      for (const command of commands) {
        const { code, stderr } = await inShell(folder, few, command, env);
        assert.equal(code, 0, `${command[0]}: ${stderr}`);
      }
    }),
});

Deno.test({
  name: "who closes the pipe has enough; a full disk behind it loses a printed result, not a run",
  ignore: Deno.build.os !== "linux",
  fn: () =>
    withPlace(async (folder) => {
      const asked = await inShell(folder, (houqa) =>
        `${houqa} > /dev/full`, baseline("results/b.json"));
      assert.equal(asked.code, 0, asked.stderr);
      assert.match(asked.stderr, /^houqa: Can't write to standard output: the disk is full/m);
      assert.equal((await readResult(join(folder, "results/b.json")))!.results.length, 12);

      const compare: [Task, ...string[]] = [
        ...["compare", "results/b.json", "results/b2.json", "--json", "--resamples", "100"],
      ] as [Task, ...string[]];
      await Deno.copyFile(join(folder, "results/b.json"), join(folder, "results/b2.json"));
      const lost = await inShell(folder, (houqa) =>
        `${houqa} > /dev/full`, compare);
      assert.equal(lost.code, 3, lost.stderr);
      assert.match(lost.stderr, /^houqa: Can't write to standard output: the disk is full/m);

      const closed = (houqa: string) =>
        `{ ${houqa}; echo "code $?" >&2; } | true`;
      const { stderr } = await inShell(folder, closed, compare);
      assert.equal(stderr, "code 0\n");
    }),
});
