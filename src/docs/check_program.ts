import { basename } from "node:path";
import { forbiddenIn } from "./forbidden_words.ts";
import type { ShellCommand } from "./shell_commands.ts";

/** Programs a person may be told to run: all are there without root, curl or a server. */
const PROGRAMS = new Set([
  ..."bash cat cd cp deno df du echo export free grep head kill ls mkdir mv nvidia-smi pip ps"
    .split(
      " ",
    ),
  ..."python python3 sha256sum source tail tar wc wget".split(" "),
]);

/**
 * Variables a person may be told to set. Those of the settings are not among them: a command that
 * looks like that of the base model would ask with an adapter.
 */
const VARIABLES = new Set([
  ..."HF_HOME HF_ENDPOINT HF_HUB_OFFLINE HOUQA_CACHE HOUQA_TRAIN_PYTHON HOUQA_TRAIN_VENV".split(
    " ",
  ),
  ..."DENO_DIR PATH PIP_CACHE_DIR PIP_INDEX_URL TMPDIR".split(" "),
]);

/** The only ones to read from a pipe: none runs what it reads. */
const FILTERS = new Set(["cat", "grep", "head", "sha256sum", "tail", "wc"]);

/**
 * What is wrong with a command of a procedure for the server, whatever houqa would say about it.
 * @param scripts files that the procedure has written itself before, or that are known to be there.
 * @returns the problems, and the words without what lets a batch outlive its terminal.
 */
export function checkProgram(
  command: ShellCommand,
  scripts: ReadonlySet<string>,
): { problems: string[]; words: readonly string[] } {
  const whole = [...command.assignments, ...command.words].join(" ");
  const problems = forbiddenIn(whole, "command");
  const detached = command.words[0] === "setsid" && command.words[1] === "nohup";
  problems.push(...checkBackground(command, detached), ...checkWriting(command));
  const words = detached ? command.words.slice(2) : command.words;
  const [program, ...args] = words;
  const assigned = [...command.assignments, ...(program === "export" ? args : [])];
  for (const name of assigned.map((one) => one.replace(/=[\s\S]*$/, ""))) {
    if (!VARIABLES.has(name)) problems.push(`${name} must not be set: say it in the command`);
  }
  if (program === undefined) return { problems, words };
  if (!PROGRAMS.has(program)) problems.push(`${program} is not known to be there`);
  if (command.readsPipe && !FILTERS.has(program)) {
    problems.push(`${program} must not read from a pipe: it would run what nobody has seen`);
  }
  problems.push(...checkArguments(program, args, command, scripts));
  return { problems, words };
}

/** A batch may go on without its terminal; nothing else may run in the background. */
function checkBackground(
  { words, redirections, isBackground }: ShellCommand,
  detached: boolean,
): string[] {
  if (!isBackground && !detached) {
    return words.includes("--do-train")
      ? ["a training must not end with its terminal: setsid nohup … &"]
      : [];
  }
  const batch = detached && (words[2] === "deno" || words[2] === "bash");
  const streams = ["2>&1", "</dev/null"].every((one) => redirections.includes(one)) &&
    redirections.some((one) => one.startsWith(">"));
  if (isBackground && batch && streams) return [];
  return ["a batch goes on as `setsid nohup deno task … >> log 2>&1 < /dev/null &` only"];
}

/** Scripts come out of here-documents, where every line was read; settings out of commands. */
function checkWriting({ words, redirections }: ShellCommand): string[] {
  const targets = redirections.flatMap((one) => /^\d?>+(.+)$/.exec(one)?.[1] ?? []);
  const scripts = redirections.includes("<<") ? [] : targets.filter((one) => one.endsWith(".sh"));
  const settings = [...targets, ...words].filter((one) => basename(one) === ".env");
  return [...scripts, ...settings].map((name) => `${name} must not be written this way`);
}

function checkArguments(
  program: string,
  args: readonly string[],
  { redirections, readsPipe }: ShellCommand,
  scripts: ReadonlySet<string>,
): string[] {
  if (program === "bash" || program === "source") {
    return args.length === 1 && scripts.has(args[0]!)
      ? []
      : [`${program} ${args.join(" ")}: only a script that this procedure wrote by cat > name.sh`];
  }
  if (program === "python" || program === "python3") return checkPython(args);
  if (program === "nvidia-smi") {
    return args.every((arg) => /^(?:-L|-q|--query-gpu=.+|--format=.+)$/.test(arg))
      ? []
      : ["nvidia-smi looks once: without options, or -L, -q, --query-gpu=…"];
  }
  const endless: Readonly<Record<string, RegExp>> = {
    free: /^-\w*[sc]|^--(?:seconds|count)/,
    tail: /^-\w*[fF]|^--(?:follow|retry|pid)/,
    wget: /^-\w*b|^--background/,
    tar: /^--(?:checkpoint-action|to-command|use-compress-program|rsh-command)|^-\w*I/,
  };
  const unwanted = args.find((arg) => endless[program]?.test(arg));
  if (unwanted !== undefined) return [`${program} ${unwanted}: it does not end, or runs a program`];
  const reads = readsPipe || redirections.some((one) => one.startsWith("<"));
  if (FILTERS.has(program) && !reads && operandCount(args) < (program === "grep" ? 2 : 1)) {
    return [`${program} would wait for what is typed: name a file`];
  }
  return [];
}

/** Arguments that are no options and no numbers behind one. */
function operandCount(args: readonly string[]): number {
  return args.filter((arg, at) =>
    (!arg.startsWith("-")) && !(/^-[nc]$/.test(args[at - 1] ?? "") && /^\d+$/.test(arg))
  ).length;
}

/** Python may fetch a model and say its version; scripts are the project's own. */
function checkPython(args: readonly string[]): string[] {
  const [first = "", code = ""] = args;
  if (first === "--version" || /^tasks\/[\w/]+\.py$/.test(first)) return [];
  if (first !== "-c") {
    return [`python ${first}: only -c, --version and scripts of tasks/`];
  }
  const [, source, names, ...calls] =
    /^from (\w+) import (\w+); (?:print\()?(\w+)\('[\w./@-]+'\)\)?$/.exec(code) ?? [];
  return source === "huggingface_hub" && names === "snapshot_download" && calls[0] === names
    ? []
    : ["python -c: only what fetches a model by snapshot_download"];
}
