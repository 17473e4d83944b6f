import { checkDeno, type TaskRules } from "./check_task.ts";
import { checkProgram } from "./check_program.ts";
import { type CodeBlock, readCodeBlocks } from "./code_blocks.ts";
import { forbiddenIn, wrongInOutput } from "./forbidden_words.ts";
import { type Breach, readLooseCode } from "./loose_code.ts";
import { readShellCommands, type ShellCommand } from "./shell_commands.ts";

/** What a procedure is checked against. */
export interface ProcedureRules extends TaskRules {
  /** Scripts that an earlier procedure wrote. */
  readonly scripts: ReadonlySet<string>;
}

/** What is wrong with a procedure, in its order, and how many commands were looked at. */
export interface ProcedureCheck {
  readonly breaches: readonly Breach[];
  readonly commandCount: number;
}

/**
 * Checks every code of a procedure: commands in `sh` blocks, printed lines in `text` blocks, inline
 * code; other code is a breach itself. Where the procedure is not for the server, only houqa's own
 * commands are checked, and the form of the blocks.
 */
export async function checkProcedure(
  markdown: string,
  rules: ProcedureRules,
): Promise<ProcedureCheck> {
  const { odd, spans } = readLooseCode(markdown);
  const breaches: Breach[] = [...odd];
  let commandCount = 0;
  const scripts = new Set(rules.scripts);
  for (const { language, text, line } of readBlocks(markdown, breaches)) {
    if (language !== "sh") {
      if (rules.onServer) breaches.push(...checkOutput(text, line));
      continue;
    }
    const commands = readCommands(text, line, breaches);
    for (const { redirections } of commands.filter((one) => one.redirections.includes("<<"))) {
      scripts.add(redirections[0]!.slice(1));
    }
    for (const command of commands) {
      commandCount++;
      const problems = await checkCommand(command, rules, scripts);
      breaches.push(...problems.map((problem) => ({ line: command.line, problem })));
    }
  }
  if (rules.onServer) {
    for (const { text, line } of spans) {
      const problems = await checkSpan(text, rules, scripts);
      breaches.push(...problems.map((problem) => ({ line, problem })));
    }
  }
  return { breaches: breaches.toSorted((one, other) => one.line - other.line), commandCount };
}

function readBlocks(markdown: string, breaches: Breach[]): CodeBlock[] {
  try {
    return readCodeBlocks(markdown);
  } catch (error) {
    breaches.push({ line: 1, problem: (error as Error).message });
    return [];
  }
}

function readCommands(text: string, line: number, breaches: Breach[]): ShellCommand[] {
  try {
    return readShellCommands(text, line);
  } catch (error) {
    breaches.push({ line, problem: (error as Error).message });
    return [];
  }
}

function checkOutput(text: string, firstLine: number): Breach[] {
  return text.split("\n").flatMap((line, at) =>
    wrongInOutput(line).map((problem) => ({ line: firstLine + at, problem }))
  );
}

async function checkCommand(
  command: ShellCommand,
  rules: ProcedureRules,
  scripts: ReadonlySet<string>,
): Promise<string[]> {
  if (!rules.onServer) {
    const [first, ...args] = command.words;
    return first === "deno" ? await checkDeno(args, rules) : [];
  }
  const { problems, words } = checkProgram(command, scripts);
  const [program, ...args] = words;
  return program === "deno" ? [...problems, ...await checkDeno(args, rules)] : problems;
}

/** How inline code begins that is a command as a whole. */
const INLINE_COMMAND =
  /^(?:[A-Z_]+=\S* )?(?:setsid|nohup|deno|wget|pip|python3?|bash|source|export|nvidia-smi|tail|free|kill|tar|rm|cp|mv|ls|cat) \S/;
/** Something is left to the reader in it, or left out. */
const WITH_GAP = /[^\x20-\x7e]|\.\.\./;

async function checkSpan(
  text: string,
  rules: ProcedureRules,
  scripts: ReadonlySet<string>,
): Promise<string[]> {
  const forbidden = forbiddenIn(text, "inline");
  if (forbidden.length > 0 || !INLINE_COMMAND.test(text) || WITH_GAP.test(text)) return forbidden;
  const [, task] = /^deno task ([\w:]+)$/.exec(text) ?? [];
  if (text === "deno task") return [];
  // A task that is only named needs none of its options.
  if (task !== undefined) return task in rules.tasks ? [] : [`there is no task ${task}`];
  try {
    const commands = readShellCommands(text);
    const problems = await Promise.all(commands.map((one) => checkCommand(one, rules, scripts)));
    return problems.flat();
  } catch (error) {
    return [`${text}: ${(error as Error).message}`];
  }
}
