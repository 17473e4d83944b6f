import { join } from "node:path";
import { CannotContinueError } from "../../src/settings/cannot_continue_error.ts";
import { sha256Hex } from "../../src/dataset/sha256.ts";
import { UsageError } from "../../src/settings/usage_error.ts";
import { readVariable } from "../../src/settings/read_environment.ts";
import { writeAtomically } from "../../src/eval/write_atomically.ts";

/** What decides which Python trains. */
export interface TrainEnvironment {
  /** HOUQA_TRAIN_PYTHON: a Python that has the packages; used as it is, nothing is installed. */
  readonly python?: string;
  /** HOUQA_TRAIN_VENV: folder of the virtual environment. */
  readonly venv: string;
  /** HOUQA_TRAIN_TORCH=cpu: PyTorch for processors only. */
  readonly cpuOnly: boolean;
}

/** How commands are run; replaced in tests. */
export interface CommandRunner {
  /** Runs to the end and gives what was written, or undefined where there is no such program. */
  capture(
    command: readonly string[],
  ): Promise<{ code: number; stdout: string; stderr: string } | undefined>;
  /** Runs with the terminal's own output and gives the exit code. */
  show(command: readonly string[]): Promise<number>;
}

/** Where the virtual environment is unless HOUQA_TRAIN_VENV says otherwise. */
export const DEFAULT_VENV = "runs/train_venv";

/** Minor versions of Python 3 that the pinned packages have wheels for. */
const SUPPORTED_MINORS = [12, 11, 10];
const CANDIDATES = [...SUPPORTED_MINORS.map((minor) => `python3.${minor}`), "python3", "python"];
const MARKER = "houqa_requirements.sha256";

/**
 * Reads HOUQA_TRAIN_PYTHON, HOUQA_TRAIN_VENV, HOUQA_TRAIN_TORCH.
 * @throws {UsageError} for a HOUQA_TRAIN_TORCH that is neither cpu nor cuda.
 */
export function readTrainEnvironment(
  read: (name: string) => string | undefined = readVariable,
): TrainEnvironment {
  const torch = read("HOUQA_TRAIN_TORCH") || "cuda";
  if (torch !== "cpu" && torch !== "cuda") {
    throw new UsageError(`HOUQA_TRAIN_TORCH="${torch}": give cpu or cuda.`);
  }
  const python = read("HOUQA_TRAIN_PYTHON") || undefined;
  return {
    ...(python === undefined ? {} : { python }),
    venv: read("HOUQA_TRAIN_VENV") || DEFAULT_VENV,
    cpuOnly: torch === "cpu",
  };
}

/**
 * A Python of a supported version on PATH.
 * @throws {UsageError} naming what was found instead.
 */
export async function findBasePython(runner: CommandRunner): Promise<string> {
  const found: string[] = [];
  for (const name of CANDIDATES) {
    const answer = await runner.capture([
      name,
      "-c",
      "import sys; print(*sys.version_info[:2], sep='.')",
    ]);
    // Windows and version managers have stand-ins that only print advice.
    const version = answer?.code === 0 ? answer.stdout.trim() : undefined;
    if (version === undefined) continue;
    if (SUPPORTED_MINORS.some((minor) => version === `3.${minor}`)) return name;
    found.push(`${name} is ${version}`);
  }
  throw new UsageError(
    "Training needs Python 3.10, 3.11 or 3.12 on PATH" +
      (found.length === 0 ? "; none was found. " : `; ${found.join(", ")}. `) +
      "Install one, or name a Python that has the packages of tasks/requirements-train.txt " +
      "with HOUQA_TRAIN_PYTHON.",
  );
}

/**
 * The Python to train with. Makes the virtual environment and installs the pinned packages where
 * that has not been done yet, or where the requirements have changed since.
 * @param tasksFolder where the requirement files are.
 * @param mayInstall false: an environment that is missing is only told, with what would be done.
 * @throws {UsageError} when there is no usable Python to start from, or none that may be installed.
 * @throws {CannotContinueError} when the environment can't be made or a package can't be had.
 */
export async function ensurePython(
  tasksFolder: string,
  { python, venv, cpuOnly }: TrainEnvironment,
  runner: CommandRunner,
  say: (line: string) => void,
  isWindows: boolean = Deno.build.os === "windows",
  mayInstall = true,
): Promise<string> {
  if (python !== undefined) return python;
  const requirements = join(
    tasksFolder,
    cpuOnly ? "requirements-train-cpu.txt" : "requirements-train.txt",
  );
  const wanted = await sha256Hex(await Deno.readTextFile(requirements));
  const inside = join(venv, isWindows ? "Scripts/python.exe" : "bin/python");
  const marker = join(venv, MARKER);
  const installed = await Deno.readTextFile(marker).catch((error) => {
    if (error instanceof Deno.errors.NotFound) return "";
    throw error;
  });
  if (installed.trim() === wanted) return inside;
  const size = cpuOnly ? "about 2 GB on disk" : "about 8 GB on disk, about 4 GB to download";
  if (!mayInstall) {
    throw new UsageError(
      `there is no Python environment with the packages of ${requirements} in ${venv} yet, so ` +
        `that nothing was checked or planned. --setup installs them there, once (${size}); ` +
        "--do-train does so before it trains.",
    );
  }

  const base = await findBasePython(runner);
  say(
    `Installing ${requirements} into ${venv} with ${base}, once (${size}).`,
  );
  if (await runner.show([base, "-m", "venv", venv]) !== 0) {
    throw new CannotContinueError(
      `${base} can't make a virtual environment in ${venv} (see above). On Debian and Ubuntu the ` +
        "package python3-venv is missing; without root, conda's Python has it.",
    );
  }
  const pip = ["-m", "pip", "install", "--disable-pip-version-check", "-r", requirements];
  if (await runner.show([inside, ...pip]) !== 0) {
    throw new CannotContinueError(
      `pip could not install ${requirements} (see above). What was fetched is kept: the same ` +
        "command goes on. Where the disk is full, HOUQA_TRAIN_VENV names another folder.",
    );
  }
  await writeAtomically(marker, [`${wanted}\n`]);
  return inside;
}

/** Runs real processes. */
export const SYSTEM_RUNNER: CommandRunner = {
  async capture([program, ...args]) {
    try {
      const { code, stdout, stderr } = await new Deno.Command(program!, { args, stdin: "null" })
        .output();
      const decoder = new TextDecoder();
      return { code, stdout: decoder.decode(stdout), stderr: decoder.decode(stderr) };
    } catch (error) {
      if (error instanceof Deno.errors.NotFound) return undefined;
      throw error;
    }
  },
  async show([program, ...args]) {
    const command = new Deno.Command(program!, { args, stdin: "null" });
    return (await command.spawn().status).code;
  },
};
