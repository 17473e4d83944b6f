/** For tests: runs the training script on demo records. */
import assert from "node:assert/strict";
import { dirname, join } from "node:path";
import { readVariable } from "../../src/settings/read_environment.ts";
import { asJsonLines, type ChatRecord, demoRecords } from "./demo_records.ts";

/** The folder of the tasks. */
export const TASKS = join(dirname(import.meta.filename!), "..");
/** The demo model. */
export const MODEL = join(TASKS, "../datasets/demo/model");
/** A Python with the packages of training. */
export const PYTHON = readVariable("HOUQA_TEST_TRAIN_PYTHON");
/** Whether tests that need it are left out. */
export const IGNORE = PYTHON === undefined;

/** A folder with demo records, removed at the end. */
export async function withRecords(
  count: number,
  run: (folder: string) => Promise<void>,
): Promise<void> {
  const folder = await Deno.makeTempDir();
  try {
    const write = (name: string, records: ChatRecord[]) =>
      Deno.writeTextFile(`${folder}/${name}`, asJsonLines(records));
    await write("train.jsonl", demoRecords({ seed: 11, count }));
    await write("dev.jsonl", demoRecords({ seed: 12, count: 8 }));
    await run(folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

/** Starts the training script. */
export function spawnTraining(
  folder: string,
  name: string,
  more: readonly string[],
): Deno.ChildProcess {
  return new Deno.Command(PYTHON!, {
    args: [
      join(TASKS, "train_qwen_law_ft.py"),
      ...["--model-name", MODEL, "--train-file", `${folder}/train.jsonl`, "--device", "cpu"],
      ...["--dev-file", `${folder}/dev.jsonl`, "--output-dir", `${folder}/${name}`],
      ...["--threads", "1", "--learning-rate", "4e-3", ...more],
    ],
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
}

/** Trains to the end. */
export async function train(folder: string, name: string, more: readonly string[]) {
  const { code, stdout, stderr } = await spawnTraining(folder, name, more).output();
  const decoder = new TextDecoder();
  return { code, stdout: decoder.decode(stdout), stderr: decoder.decode(stderr) };
}

/** A line of train_log.jsonl. */
export interface LoggedEvent {
  readonly type: string;
  readonly step: number;
  readonly seconds?: number;
}

/** What a run logged, without the times and without where its sittings began. */
export async function readEvents(folder: string): Promise<LoggedEvent[]> {
  const text = await Deno.readTextFile(`${folder}/train_log.jsonl`).catch(() => "");
  return text.split("\n").slice(0, -1).map((line) => JSON.parse(line) as LoggedEvent)
    .filter(({ type }) => type !== "sitting")
    .map(({ seconds: _, ...rest }) => rest);
}

/** Kills a run as soon as it has logged an update. */
export async function killAfter(
  child: Deno.ChildProcess,
  folder: string,
  step: number,
): Promise<void> {
  const ended = child.output();
  let isOver = false;
  ended.then(() => isOver = true);
  while (!(await readEvents(folder)).some((one) => one.type === "update" && one.step >= step)) {
    assert.ok(!isOver, `the run ended before update ${step}`);
    await new Promise((done) => setTimeout(done, 20));
  }
  child.kill("SIGKILL");
  assert.equal((await ended).signal, "SIGKILL");
}
