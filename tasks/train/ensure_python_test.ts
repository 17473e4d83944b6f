import assert from "node:assert/strict";
import { CannotContinueError } from "../../src/settings/cannot_continue_error.ts";
import { UsageError } from "../../src/settings/usage_error.ts";
import {
  type CommandRunner,
  DEFAULT_VENV,
  ensurePython,
  findBasePython,
  readTrainEnvironment,
} from "./ensure_python.ts";

/** A machine with some Pythons; remembers what was run and fails where told. */
class RunnerDouble implements CommandRunner {
  readonly shown: string[] = [];

  constructor(
    readonly versions: Readonly<Record<string, string>>,
    readonly exitCodes: Readonly<Record<string, number>> = {},
  ) {}

  capture([program]: readonly string[]) {
    const version = this.versions[program!];
    if (version === undefined) return Promise.resolve(undefined);
    const code = version === "" ? 9 : 0;
    return Promise.resolve({ code, stdout: `${version}\n`, stderr: "" });
  }

  show(command: readonly string[]) {
    const line = command.join(" ");
    this.shown.push(line);
    const failing = Object.entries(this.exitCodes).find(([part]) => line.includes(part));
    return Promise.resolve(failing?.[1] ?? 0);
  }
}

async function withFolder(run: (folder: string) => Promise<void>): Promise<void> {
  const folder = await Deno.makeTempDir();
  try {
    await Deno.writeTextFile(`${folder}/requirements-train.txt`, "torch==1\n");
    await Deno.writeTextFile(`${folder}/requirements-train-cpu.txt`, "torch==1+cpu\n");
    await Deno.mkdir(`${folder}/venv`);
    await run(folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

const silent = () => {};

Deno.test("variables choose the Python, the folder and the kind of PyTorch", () => {
  assert.deepEqual(readTrainEnvironment(() => undefined), { venv: DEFAULT_VENV, cpuOnly: false });
  const all: Record<string, string> = {
    HOUQA_TRAIN_PYTHON: "/py",
    HOUQA_TRAIN_VENV: "/v",
    HOUQA_TRAIN_TORCH: "cpu",
  };
  assert.deepEqual(readTrainEnvironment((name) => all[name]), {
    python: "/py",
    venv: "/v",
    cpuOnly: true,
  });
  assert.throws(() => readTrainEnvironment(() => "rocm"), /HOUQA_TRAIN_TORCH="rocm"/);
});

Deno.test("the newest supported Python is taken, stand-ins and others are passed over", async () => {
  const runner = new RunnerDouble({ "python3.12": "", "python3.10": "3.10", python3: "3.13" });
  assert.equal(await findBasePython(runner), "python3.10");
  assert.equal(await findBasePython(new RunnerDouble({ python: "3.11" })), "python");
  await assert.rejects(
    findBasePython(new RunnerDouble({ python3: "3.13" })),
    (error) => error instanceof UsageError && /python3 is 3\.13/.test(error.message),
  );
});

Deno.test("packages are installed once, and again when the requirements change", async () => {
  await withFolder(async (folder) => {
    const environment = { venv: `${folder}/venv`, cpuOnly: false };
    const runner = new RunnerDouble({ python3: "3.12" });
    const ensure = () => ensurePython(folder, environment, runner, silent, false);
    assert.equal(await ensure(), `${folder}/venv/bin/python`);
    assert.equal(await ensure(), `${folder}/venv/bin/python`);
    assert.deepEqual(runner.shown, [
      `python3 -m venv ${folder}/venv`,
      `${folder}/venv/bin/python -m pip install --disable-pip-version-check -r ` +
      `${folder}/requirements-train.txt`,
    ]);
    await Deno.writeTextFile(`${folder}/requirements-train.txt`, "torch==2\n");
    await ensure();
    assert.equal(runner.shown.length, 4);
    await ensurePython(folder, { ...environment, cpuOnly: true }, runner, silent, true);
    assert.match(runner.shown.at(-1)!, /python\.exe -m pip .*requirements-train-cpu\.txt$/);
  });
});

Deno.test("a failed installation is not taken for a finished one", async () => {
  await withFolder(async (folder) => {
    const environment = { venv: `${folder}/venv`, cpuOnly: false };
    for (
      const [part, pattern] of [["venv ", /python3-venv/], ["pip install", /goes on/]] as const
    ) {
      const runner = new RunnerDouble({ python3: "3.12" }, { [part]: 1 });
      await assert.rejects(
        ensurePython(folder, environment, runner, silent, false),
        (error) => error instanceof CannotContinueError && pattern.test(error.message),
      );
    }
    const runner = new RunnerDouble({ python3: "3.12" });
    await ensurePython(folder, environment, runner, silent, false);
    assert.equal(runner.shown.length, 2);
  });
});

Deno.test("what may not install says what is missing, where it would be and how large", async () => {
  await withFolder(async (folder) => {
    const environment = { venv: `${folder}/venv`, cpuOnly: false };
    const runner = new RunnerDouble({ python3: "3.12" });
    const ensure = (mayInstall: boolean) =>
      ensurePython(folder, environment, runner, silent, false, mayInstall);
    await assert.rejects(
      ensure(false),
      (error) =>
        error instanceof UsageError && error.message.includes(`${folder}/venv yet`) &&
        /requirements-train\.txt .*--setup .*about 8 GB on disk, about 4 GB to download/.test(
          error.message,
        ),
    );
    assert.deepEqual(runner.shown, []);
    await ensure(true);
    assert.equal(await ensure(false), `${folder}/venv/bin/python`);
  });
});

Deno.test("a named Python is used as it is", async () => {
  const runner = new RunnerDouble({});
  const environment = { python: "/my/python", venv: "unused", cpuOnly: false };
  assert.equal(await ensurePython("nowhere", environment, runner, silent), "/my/python");
  assert.deepEqual(runner.shown, []);
});
