/** Folders that can't be written: each command says which, and what to name instead. */
import assert from "node:assert/strict";
import { fileURLToPath } from "node:url";
import { denoFolder } from "./deno_folder_double.ts";
import { canMount, onSmallDisk, type Step } from "./small_disk_double.ts";

const DEMO = fileURLToPath(new URL("../../datasets/demo", import.meta.url));

/** Found through HOME otherwise, which a test changes. */
const DENO_DIR = await denoFolder();

type Run = Extract<Step, { run: string }>;

const baseline = (output: string, samples = 2): Pick<Run, "task" | "args"> => ({
  task: "eval",
  args: [
    ...["--baseline", "longest", "--data", `${DEMO}/questions.json`, "--context", "gold"],
    ...["--samples", String(samples), "--output", output],
  ],
});

const model = (cache: string): Pick<Run, "task" | "args" | "env"> => ({
  task: "eval:hf",
  args: [
    ...[
      "--llm-backend",
      "hf",
      "--hf-model-name",
      `${DEMO}/model`,
      "--hf-lora-path",
      `${DEMO}/lora`,
    ],
    ...["--data", `${DEMO}/questions.json`, "--context", "gold", "--no-few-shot"],
    ...["--samples", "2", "--hf-device", "cpu", "--output", "results/out/x.json"],
  ],
  env: { HOUQA_CACHE: cache },
});

/** Nothing of it was started where the exit code is 2. */
const CASES: readonly (Pick<Run, "task" | "args"> & { code: number; where: RegExp })[] = [
  { ...baseline("results/x.json"), code: 2, where: /results\/x\.json.*--output/ },
  {
    task: "houqa",
    args: [
      ...["dataset", "split", "--data", `${DEMO}/questions.json`, "--out", "results/split"],
      ...["--train", "60", "--dev", "20", "--test", "40"],
    ],
    code: 3,
    where: /Can't write to results\/split/,
  },
  {
    task: "laws",
    args: ["build", "--in", `${DEMO}/laws`, "--out", "data/index"],
    code: 3,
    where: /the index data\/index.*Name another folder with --out/,
  },
  {
    task: "export",
    args: [`${DEMO}/model`, "--dtype", "fp32", "--output", "models/new"],
    code: 3,
    where: /Can't write .*models\/new/,
  },
];

Deno.test({
  name: "read-only output folders are named, and nothing is made",
  ignore: !canMount,
  fn: async () => {
    const ends = await onSmallDisk(
      "size=4k,ro",
      CASES.map((one, at) => ({ run: `${at}`, ...one })),
    );
    for (const [at, { code, where, task }] of CASES.entries()) {
      const end = ends[at]!;
      assert.equal(end.code, code, `${task}: ${end.stderr}`);
      assert.match(end.stderr, /the file system is read-only \(EROFS\)/, task);
      assert.match(end.stderr, where, task);
      assert.doesNotMatch(end.stderr, /\n\s+at |Make room/, task);
      assert.deepEqual(end.files, {});
    }
  },
});

Deno.test({
  name: "a read-only cache is named; the model that lies in it is used all the same",
  ignore: !canMount,
  fn: async () => {
    const results = await Deno.makeTempDir();
    const steps: Step[] = [
      { shell: `mkdir -p results/cache results/home results/out` },
      { shell: `mount --bind '${results}' results/out` },
      { remount: "ro" },
      { run: "empty", ...model("results/cache") },
      {
        run: "home",
        ...baseline("results/out/home.json"),
        env: { HOME: "results/home", DENO_DIR },
      },
      { remount: "rw" },
      { run: "made", ...model("results/cache") },
      { shell: "rm results/out/x.json" },
      { remount: "ro" },
      { run: "used", ...model("results/cache") },
    ];
    try {
      const { empty, home, made, used } = await onSmallDisk("size=40m", steps);
      assert.equal(empty!.code, 3, empty!.stderr);
      assert.match(empty!.stderr, /Can't write .*cache.*read-only \(EROFS\).*Set HOUQA_CACHE/);
      assert.equal(home!.code, 0, home!.stderr);
      assert.equal(made!.code, 0, made!.stderr);
      assert.equal(used!.code, 0, used!.stderr);
    } finally {
      await Deno.remove(results, { recursive: true });
    }
  },
});
