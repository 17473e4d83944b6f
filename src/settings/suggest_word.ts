import { Command } from "commander";

/**
 * What to say behind a word that is not known, by the same measure as for commands and options.
 * @returns ` (Did you mean gold?)`, or nothing where no candidate is near.
 */
export function suggestWord(word: string, candidates: readonly string[]): string {
  if (word === "" || word.startsWith("-")) return "";
  const program = new Command().exitOverride().helpCommand(false)
    .configureOutput({ writeErr: () => {} });
  for (const candidate of new Set(candidates)) program.command(candidate);
  try {
    // Commander measures the distance; it has no function for that, only a message.
    program.parse([word.toLowerCase()], { from: "user" });
  } catch (error) {
    const [found] = /\(Did you mean [^\n]*\?\)/.exec((error as Error).message) ?? [];
    return found === undefined ? "" : ` ${found}`;
  }
  return "";
}
