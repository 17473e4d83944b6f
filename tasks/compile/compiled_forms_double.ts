/** For tests: the forms of houqa, built for real, and the sources, all called in the same way. */
import { join } from "node:path";
import { type Ended, runTask } from "../../src/cli/spawn_task.ts";
import { ROOT } from "./make_bundle.ts";
import { runProgram } from "./run_program.ts";

/** A way to call houqa. */
export interface CalledForm {
  readonly name: string;
  /** The folder that it is run in, with the demo's files in `demo`. */
  readonly folder: string;
  run(args: readonly string[], env?: Readonly<Record<string, string>>): Promise<Ended>;
}

/** Both forms, as `deno task compile` writes them. */
export interface BuiltForms {
  readonly out: string;
  readonly binary: string;
  readonly script: string;
}

/** Builds both forms with the Deno that runs this, and that denort. */
export async function buildForms(
  out: string,
  deno: string,
  denort: string,
  form: "all" | "binary" = "all",
): Promise<BuiltForms> {
  await runProgram(Deno.execPath(), [
    ...["run", "--quiet", "--frozen", "--cached-only", "--allow-read", "--allow-write"],
    ...["--allow-run", "--allow-env", `--config=${ROOT}deno.json`, `${ROOT}tasks/compile.ts`],
    ...["--out", out, "--form", form, "--deno", deno, "--denort", denort],
  ]);
  return {
    out,
    binary: join(out, "houqa"),
    script: join(out, "houqa.run"),
  };
}

/** Puts the demo's files where a form finds them by the same relative paths as any other. */
export async function copyDemo(folder: string): Promise<void> {
  for (const part of ["", "model", "lora", "laws"]) {
    const from = join(ROOT, "datasets", "demo", part);
    await Deno.mkdir(join(folder, "demo", part), { recursive: true });
    for await (const { name, isFile } of Deno.readDir(from)) {
      if (isFile) await Deno.copyFile(join(from, name), join(folder, "demo", part, name));
    }
  }
}

/** A program that is run with no variables but HOME and those that are given. */
export async function callProgram(
  name: string,
  program: string,
  folder: string,
  variables: Readonly<Record<string, string>> = {},
): Promise<CalledForm> {
  await copyDemo(folder);
  return {
    name,
    folder,
    async run(args, env = {}) {
      const { code, signal, stdout, stderr } = await new Deno.Command(program, {
        args: [...args],
        cwd: folder,
        clearEnv: true,
        env: { HOME: folder, ...variables, ...env },
        stdin: "null",
        stdout: "piped",
        stderr: "piped",
      }).output();
      const decoder = new TextDecoder();
      return { code, signal, stdout: decoder.decode(stdout), stderr: decoder.decode(stderr) };
    },
  };
}

/** The tasks of deno.json; commands of the hf backend need those that allow it. */
export async function callSources(folder: string): Promise<CalledForm> {
  await copyDemo(folder);
  return {
    name: "sources",
    folder,
    run([command, ...args], env = {}) {
      const task = command === "eval" ? "eval:hf" : command as "export" | "laws" | "retrieve";
      // Below what the tasks may write.
      const variables = { HOUQA_CACHE: join(folder, "results", "cache"), ...env };
      return runTask(task, args, { cwd: folder, env: variables });
    },
  };
}

/** A file's text, with a mark in the place of each time and version. */
export function withoutTimes(text: string): string {
  return text.replace(
    /"(seconds|tokens_per_second|started_at|finished_at|deno|created_at)": [^\n,]+/g,
    '"$1": …',
  );
}
