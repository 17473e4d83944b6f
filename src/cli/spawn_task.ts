/** For tests: runs the commands of deno.json's tasks as a user's shell would, in another folder. */
import { fileURLToPath } from "node:url";
import { readVariable } from "../settings/read_environment.ts";
import { commandWords } from "../build/command_words.ts";
import denoJson from "../../deno.json" with { type: "json" };

/** How a process ended. */
export interface Ended {
  readonly code: number;
  readonly signal: Deno.Signal | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** What is changed about a task's own command. */
export interface SpawnOptions {
  /** Folder to run in; a task's relative permissions count from there. */
  readonly cwd: string;
  readonly env?: Readonly<Record<string, string>>;
  /** Replaces the port of Ollama in the permissions. */
  readonly ollamaPort?: number;
  /** Edits the words of the command, e.g. takes a permission away. */
  readonly edit?: (words: string[]) => string[];
}

/** The repository's folder, with a final slash. */
export const ROOT = fileURLToPath(new URL("../../", import.meta.url));

/** The words of a task's command. */
export function taskWords(task: keyof typeof denoJson.tasks): string[] {
  return commandWords(denoJson.tasks[task].command);
}

/** Starts a task with more arguments. */
export function spawnTask(...given: Parameters<typeof taskArguments>): Deno.ChildProcess {
  const [, , { cwd, env }] = given;
  return new Deno.Command(Deno.execPath(), {
    args: taskArguments(...given),
    cwd,
    clearEnv: true,
    env: { ...keptEnvironment(), ...env, ...ownVariables(taskWords(given[0])) },
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
}

/** The words behind `deno` that run a task from another folder. */
export function taskArguments(
  task: keyof typeof denoJson.tasks,
  args: readonly string[],
  options: SpawnOptions,
): string[] {
  const { edit = (words) => words, ollamaPort = 11434 } = options;
  const environment: Record<string, string> = { ...keptEnvironment(), ...options.env };
  const edited = edit(taskWords(task));
  // Variables for the command itself stand before it.
  const [, ...words] = edited.slice(edited.indexOf("deno")).map((word) =>
    word === "main.ts" ? `${ROOT}main.ts` : word.replaceAll(":11434", `:${ollamaPort}`)
      .replace(/\$(\w+)/g, (_, name) => environment[name] ?? "")
  );
  return [words[0]!, "--quiet", "--config", `${ROOT}deno.json`, ...words.slice(1), ...args];
}

/** Variables that a task sets for its command, as `NAME=value` in front of it. */
function ownVariables(words: readonly string[]): Record<string, string> {
  return Object.fromEntries(
    words.slice(0, words.indexOf("deno")).map((word) => {
      const [name = "", ...value] = word.split("=");
      return [name, value.join("=")];
    }),
  );
}

/** Runs a task to its end. */
export async function runTask(...args: Parameters<typeof spawnTask>): Promise<Ended> {
  const { code, signal, stdout, stderr } = await spawnTask(...args).output();
  const decoder = new TextDecoder();
  return { code, signal, stdout: decoder.decode(stdout), stderr: decoder.decode(stderr) };
}

/** What Deno needs to find its home and cache and to measure coverage; nothing else leaks in. */
function keptEnvironment(): Record<string, string> {
  const kept: Record<string, string> = {};
  for (
    const name of ["HOME", "PATH", "DENO_DIR", "XDG_CACHE_HOME", "DENO_COVERAGE_DIR", "TMPDIR"]
  ) {
    const value = readVariable(name);
    if (value !== undefined) kept[name] = value;
  }
  return kept;
}
