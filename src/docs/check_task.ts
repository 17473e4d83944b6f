import { checkTrainingWords, type TrainingOptions } from "./training_options.ts";

/** What a command line is checked against. */
export interface TaskRules {
  /** Commands of the tasks of deno.json, by name. */
  readonly tasks: Readonly<Record<string, string>>;
  readonly training: TrainingOptions;
  /**
   * Parses a houqa command line: `asksModel` where the command can ask a language model.
   * @throws {Error} for a line that the command line refuses.
   */
  readonly parse: (words: readonly string[]) => Promise<{ asksModel: boolean }>;
  /** Whether the procedure is for the server, where little is there. */
  readonly onServer: boolean;
}

/** Tasks that run Python, whose words houqa's command line does not know. */
const TRAIN_TASK = "train";
const PROMPTS_TASK = "train:check-prompts";

/** What is wrong with the words behind `deno`: a task that is not there, options it does not take. */
export async function checkDeno(args: readonly string[], rules: TaskRules): Promise<string[]> {
  if (args.length === 1 && /^(?:--version|info)$/.test(args[0]!)) return [];
  const [verb, task, ...rest] = args.filter((arg) => arg !== "--quiet");
  if (verb !== "task" || task === undefined) return [`deno ${verb ?? ""}: use a task`];
  const given = rest[0] === "--" ? rest.slice(1) : rest;
  if (task === TRAIN_TASK) return checkTraining(given, rules);
  if (task === PROMPTS_TASK) return checkPromptWords(given);
  const { tasks, parse, onServer } = rules;
  const command = tasks[task];
  const [, own] = /^[^&]*deno run [^&]* main\.ts ?([^&]*)$/.exec(command ?? "") ?? [];
  if (!onServer && own === undefined && command !== undefined) return [];
  if (own === undefined) return [`deno task ${task}: no such task with a houqa command`];
  const words = [...own.split(" ").filter((word) => word !== ""), ...given];
  try {
    const { asksModel } = await parse(words);
    if (!asksModel || !onServer) return [];
    return [
      ...checkModel(words),
      ...(/--allow-ffi\b/.test(command!) ? [] : [`${task} may not load a model: use ${task}:hf`]),
    ];
  } catch (error) {
    return [`houqa ${words.join(" ")}: ${(error as Error).message}`];
  }
}

/** Words that say what a result was made without an adapter, and with one. */
const BASE = /base|smoke/i;
const ADAPTED = /adapter|lora|tuned|trained|sft/i;

/** Who asks a model says which, and its file's name says whether an adapter was in it. */
function checkModel(given: readonly string[]): string[] {
  const words = given.flatMap((word) => /^(--[^=]+)=([\s\S]*)$/.exec(word)?.slice(1) ?? [word]);
  const valueOf = (option: string) => {
    const at = words.lastIndexOf(option);
    return at < 0 ? undefined : words[at + 1];
  };
  const problems: string[] = [];
  if (valueOf("--llm-backend") !== "hf") problems.push("--llm-backend hf is missing");
  if (valueOf("--hf-model-name") === undefined) problems.push("--hf-model-name is missing");
  if (words[0] !== "eval") return problems;
  const output = valueOf("--output")?.replace(/^.*\//, "") ?? "";
  const isAdapted = valueOf("--hf-lora-path") !== undefined;
  if (isAdapted && (!/adapter/.test(output) || BASE.test(output))) {
    problems.push(`an adapter is evaluated into "${output}": put adapter into the name, not base`);
  }
  if (!isAdapted && ADAPTED.test(output)) {
    problems.push(`--hf-lora-path is missing for "${output}"`);
  }
  if (!isAdapted && !BASE.test(output)) {
    problems.push(`--output "${output}" says neither base nor adapter`);
  }
  return problems;
}

function checkTraining(words: readonly string[], { training, onServer }: TaskRules): string[] {
  // The task's own: it only makes the Python environment.
  if (words.length === 1 && words[0] === "--setup") return [];
  const problems = checkTrainingWords(words, training);
  if (!onServer) return problems;
  const flags = new Set(words.map((word) => word.replace(/=[\s\S]*$/, "")));
  return [
    ...problems,
    ...["--model-name", "--output-dir"].filter((flag) => !flags.has(flag))
      .map((flag) => `the training needs ${flag}, so that names can be put in`),
  ];
}

function checkPromptWords(words: readonly string[]): string[] {
  const [model, ...files] = words;
  const option = words.find((word) => word.startsWith("-"));
  if (option !== undefined) return [`${PROMPTS_TASK} has no option ${option}`];
  if (model === undefined || files.length === 0) return [`${PROMPTS_TASK} needs a model and files`];
  return files.filter((file) => !file.endsWith(".jsonl"))
    .map((file) => `${PROMPTS_TASK} takes JSONL, not ${file}`);
}
