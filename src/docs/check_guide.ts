import type { ProcedureRules } from "./check_procedure.ts";
import { checkDeno } from "./check_task.ts";
import { readCodeBlocks } from "./code_blocks.ts";
import { readShellCommands } from "./shell_commands.ts";

/** What is wrong with a guide, and how much was looked at. */
export interface GuideCheck {
  readonly problems: readonly string[];
  /** Commands of houqa, in blocks and in the text. */
  readonly commandCount: number;
}

/** Names under which a guide starts houqa itself. */
const HOUQA = /^(?:\.\/|dist\/)?houqa(?:\.run)?$/;

/**
 * Checks every command of houqa in a guide's `sh` blocks and in its inline code against the command
 * line, the tasks and the pinned version of Deno. What is left out in inline code (`…`, `<file>`) ends
 * the check of that command: the task or command in front of it must be there.
 */
export async function checkGuide(
  markdown: string,
  rules: ProcedureRules,
  denoVersion: string,
): Promise<GuideCheck> {
  const problems: string[] = [];
  let commandCount = 0;
  const check = async (words: readonly string[], where: string) => {
    const found = await checkWords(words, rules, denoVersion);
    if (found === undefined) return;
    commandCount++;
    problems.push(...found.map((problem) => `${where}: ${problem}`));
  };
  for (const { language, text, line } of readCodeBlocks(markdown)) {
    if (language !== "sh") continue;
    try {
      for (const { words, line: at } of readShellCommands(text, line)) {
        const left = words.findIndex((word) => word.includes("…"));
        const given = left < 0 ? words : cutShort(words.slice(0, left));
        if (given !== undefined) await check(given, `line ${at}`);
      }
    } catch (error) {
      // A block of other programs' commands may hold what is not read here.
      if (!/\bhouqa\b|\bdeno task\b/.test(text)) continue;
      problems.push(`line ${line}: ${(error as Error).message}`);
    }
  }
  for (const code of readInlineCode(markdown)) {
    const whole = readInlineWords(code);
    if (whole !== undefined) await check(whole, code);
  }
  return { problems, commandCount };
}

/** @returns undefined where it is no command of houqa. */
async function checkWords(
  words: readonly string[],
  rules: ProcedureRules,
  denoVersion: string,
): Promise<string[] | undefined> {
  const [first = "", ...rest] = words;
  if (first === "setsid" && rest[0] === "nohup") {
    return await checkWords(rest.slice(1), rules, denoVersion);
  }
  const pinned = [...words].find((word) => /^deno(?:@|==)/.test(word));
  if (
    pinned !== undefined && !pinned.endsWith(`=${denoVersion}`) && pinned !== `deno@${denoVersion}`
  ) {
    return [`${pinned} is not the Deno that is used, ${denoVersion}`];
  }
  if (first === "npx" && pinned !== undefined) {
    return await checkDeno(rest.slice(rest.indexOf(pinned) + 1), rules);
  }
  if (first === "deno" && rest[0] === "task") return await checkDeno(rest, rules);
  const own = first === "sh" ? rest : words;
  if (!HOUQA.test(own[0] ?? "")) return undefined;
  const given = own.slice(1).filter((word) => !word.startsWith("--allow-"));
  try {
    await rules.parse(given);
    return [];
  } catch (error) {
    return [`houqa ${given.join(" ")}: ${(error as Error).message}`];
  }
}

/** The inline code of a Markdown text, fenced blocks taken out. */
function readInlineCode(markdown: string): string[] {
  const text = markdown.replace(/^\s*(`{3,})[^\n]*\n[\s\S]*?^\s*\1`*$/gm, "");
  return [...text.matchAll(/(?<!`)`([^`\n]+)`(?!`)/g)].map(([, code]) => code!);
}

/** The words of a command in inline code. One that is only named is looked up by its help. */
function readInlineWords(code: string): readonly string[] | undefined {
  if (!/^(?:npx -y deno@\S+ |deno )task \S|^(?:dist\/)?houqa [a-z-]/.test(code)) return undefined;
  if (/[<>[\]|…]/.test(code)) return cutShort(code.split(/(?=[<>[\]|…])/)[0]!.split(/\s+/));
  const words = readShellCommands(code)[0]?.words ?? [];
  return words.slice(2).some((word) => word.startsWith("-")) ? words : [...words, "--help"];
}

/** What stands before the options of a line from which something is left out, and its help. */
function cutShort(words: readonly string[]): readonly string[] | undefined {
  const end = words.findIndex((word, at) => word.startsWith("-") && at > 1);
  const kept = (end < 0 ? words : words.slice(0, end)).filter((word) => word !== "");
  return kept.length < 2 || kept.at(-1) === "task" ? undefined : [...kept, "--help"];
}
