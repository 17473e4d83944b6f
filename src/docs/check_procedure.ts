import { readCodeBlocks } from "./code_blocks.ts";
import { readShellCommands, type ShellCommand } from "./shell_commands.ts";

/** What a procedure is checked against. */
export interface ProcedureRules {
  /** Commands of the tasks of deno.json, by name. */
  readonly tasks: Readonly<Record<string, string>>;
  /** Options of the training script, with dashes. */
  readonly trainOptions: ReadonlySet<string>;
  /**
   * Parses a houqa command line: `asksModel` where the command can ask a language model.
   * @throws {Error} for a line that the command line refuses.
   */
  readonly parse: (words: readonly string[]) => Promise<{ asksModel: boolean }>;
  /** Whether the procedure is for the server, where little is there; else only houqa is checked. */
  readonly onServer: boolean;
  /** First words of commands that are not there yet; their lines are not parsed. */
  readonly missing: readonly string[];
}

/** A line of a procedure that breaks a rule. */
export interface Breach {
  readonly line: number;
  readonly problem: string;
}

/** Programs a person may be told to run: all are there without root, curl or a server. */
const PROGRAMS = new Set([
  ..."bash cat cd cp deno df du echo export free grep head kill ls mkdir mv nohup nvidia-smi pip ps"
    .split(" "),
  ..."python python3 setsid sha256sum source tail tar wc wget".split(" "),
]);

/** Words that must not stand anywhere in a command, whatever program they are given to. */
const FORBIDDEN = [
  { pattern: /(?:^|[/\s])curl\b/i, problem: "curl is not there" },
  { pattern: /ollama|--llm-model\b/i, problem: "Ollama is not there" },
  { pattern: /(?:^|[/\s;])(?:sudo|su)(?:\s|$)/, problem: "there is no root" },
  {
    pattern: /\b(?:serve|server|daemon|systemctl|crontab|tmux|screen|http\.server|jupyter)\b/,
    problem: "nothing may stay resident",
  },
];

/** Tasks that run Python, with the exact options they take checked where they are known. */
const TRAIN_TASK = "train";
const PYTHON_TASKS = new Set([TRAIN_TASK, "train:check-prompts"]);

/**
 * Checks every `sh` block of a procedure.
 * @returns breaches in order, none where all is well, and the houqa lines that were not parsed.
 */
export async function checkProcedure(
  markdown: string,
  rules: ProcedureRules,
): Promise<{ breaches: Breach[]; unparsed: string[]; commandCount: number }> {
  const breaches: Breach[] = [];
  const unparsed: string[] = [];
  let commandCount = 0;
  for (const block of readCodeBlocks(markdown)) {
    if (block.language === "") {
      breaches.push({ line: block.line, problem: "a block needs a language: sh or text" });
    }
    if (block.language !== "sh") continue;
    let commands: ShellCommand[];
    try {
      commands = readShellCommands(block.text, block.line);
    } catch (error) {
      breaches.push({ line: block.line, problem: (error as Error).message });
      continue;
    }
    for (const command of commands) {
      commandCount++;
      const problems = await checkCommand(command, rules, unparsed);
      breaches.push(...problems.map((problem) => ({ line: command.line, problem })));
    }
  }
  return { breaches, unparsed, commandCount };
}

async function checkCommand(
  command: ShellCommand,
  rules: ProcedureRules,
  unparsed: string[],
): Promise<string[]> {
  const [first, ...following] = command.words;
  if (!rules.onServer) return first === "deno" ? await checkDeno(following, rules, unparsed) : [];
  const whole = [...command.assignments, ...command.words].join(" ");
  const problems = FORBIDDEN.filter(({ pattern }) => pattern.test(whole))
    .map(({ problem }) => `${problem}: ${whole}`);
  const detached = command.words[0] === "setsid" && command.words[1] === "nohup";
  problems.push(...checkBackground(command, detached));
  const words = detached ? command.words.slice(2) : command.words;
  const [program, ...args] = words;
  if (program === undefined) return problems;
  if (!PROGRAMS.has(program) || program === "setsid" || program === "nohup") {
    problems.push(`${program} is not known to be there`);
  }
  if (program === "tail" && args.some((arg) => /^-[fF]|^--follow/.test(arg))) {
    problems.push("tail -f does not end: show the last lines");
  }
  if (/^python3?$/.test(program) && !/^(?:-c|--version)$|^tasks\//.test(args[0] ?? "")) {
    problems.push(`python ${args[0] ?? ""}: only -c, --version and scripts of tasks/`);
  }
  if (program === "deno") problems.push(...await checkDeno(args, rules, unparsed));
  return problems;
}

/** A batch may go on without its terminal; nothing else may run in the background. */
function checkBackground(
  { words, redirections, isBackground }: ShellCommand,
  detached: boolean,
): string[] {
  if (!isBackground && !detached) return [];
  const batch = detached && (words[2] === "deno" || words[2] === "bash");
  const streams = ["2>&1", "</dev/null"].every((one) => redirections.includes(one)) &&
    redirections.some((one) => one.startsWith(">"));
  if (isBackground && batch && streams) return [];
  return ["a batch goes on as `setsid nohup deno task … >> log 2>&1 < /dev/null &` only"];
}

/** What is wrong with the words behind `deno`: a task that is not there, options it does not take. */
export async function checkDeno(
  args: readonly string[],
  { tasks, trainOptions, parse, missing, onServer }: ProcedureRules,
  unparsed: string[],
): Promise<string[]> {
  if (args.length === 1 && args[0] === "--version") return [];
  const [verb, task, ...rest] = args.filter((arg) => arg !== "--quiet");
  if (verb !== "task" || task === undefined) return [`deno ${verb}: use a task`];
  const given = rest[0] === "--" ? rest.slice(1) : rest;
  if (PYTHON_TASKS.has(task)) {
    return task === TRAIN_TASK ? checkTraining(given, trainOptions, onServer) : [];
  }
  const [, own] = /^[^&]*deno run [^&]* main\.ts ?([^&]*)$/.exec(tasks[task] ?? "") ?? [];
  if (!onServer && own === undefined && (task in tasks || task.startsWith("train:"))) return [];
  if (own === undefined) return [`deno task ${task}: no such task with a houqa command`];
  const words = [...own.split(" ").filter((word) => word !== ""), ...given];
  const line = words.join(" ");
  if (missing.some((name) => `${line} `.startsWith(`${name} `))) {
    unparsed.push(line);
    return [];
  }
  try {
    const { asksModel } = await parse(words);
    return asksModel && onServer ? checkModel(words) : [];
  } catch (error) {
    return [`houqa ${line}: ${(error as Error).message}`];
  }
}

/** Who asks a model says which, and its file's name says whether an adapter was in it. */
function checkModel(words: readonly string[]): string[] {
  const problems: string[] = [];
  const valueOf = (option: string) => {
    const at = words.lastIndexOf(option);
    return at < 0 ? undefined : words[at + 1];
  };
  if (valueOf("--llm-backend") !== "hf") problems.push("--llm-backend hf is missing");
  if (valueOf("--hf-model-name") === undefined) problems.push("--hf-model-name is missing");
  if (words[0] !== "eval") return problems;
  const output = valueOf("--output")?.replace(/^.*\//, "") ?? "";
  const isAdapted = valueOf("--hf-lora-path") !== undefined;
  if (/adapter/.test(output) !== isAdapted) {
    problems.push(
      isAdapted
        ? `an adapter is evaluated into "${output}": put adapter into the name`
        : `--hf-lora-path is missing for "${output}"`,
    );
  }
  if (!/adapter|base|smoke/.test(output)) {
    problems.push(`--output "${output}" says neither base nor adapter`);
  }
  return problems;
}

function checkTraining(
  words: readonly string[],
  known: ReadonlySet<string>,
  onServer: boolean,
): string[] {
  const options = words.filter((word) => word.startsWith("--") && word !== "--help");
  return [
    ...options.filter((option) => !known.has(option))
      .map((option) => `the training script has no option ${option}`),
    ...["--model-name", "--output-dir"].filter((option) => onServer && !options.includes(option))
      .map((option) => `the training needs ${option}, so that names can be put in`),
  ];
}
