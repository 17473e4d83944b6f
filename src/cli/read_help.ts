import type { Command } from "commander";

/** Columns that the help is laid out for where no terminal says otherwise. */
const WIDTH = 100;

/** The help of a command as a person sees it in a terminal of {@linkcode WIDTH} columns. */
export function readHelp(command: Command): string {
  let text = "";
  const kept = command.configureOutput();
  command.configureOutput({
    writeOut: (part) => text += part,
    getOutHelpWidth: () => WIDTH,
    getOutHasColors: () => false,
  });
  command.outputHelp();
  command.configureOutput(kept);
  return text;
}

/** The command lines below `Examples:` in a help text, continued lines put together. */
export function readExamples(help: string): string[] {
  const lines = help.replaceAll("\\\n", "").split("\n");
  const examples: string[] = [];
  let isInside = false;
  for (const line of lines) {
    if (/^Examples\b.*:$/.test(line)) isInside = true;
    else if (!line.startsWith("  ")) isInside = false;
    else if (isInside) examples.push(line.trim().replace(/\s{2,}/g, " "));
  }
  return examples;
}
