/** A word as written: bare, or with parts in double quotes. */
const WORD = /(?:"[^"]*"|[^\s"])+/g;

/**
 * The words of a task's command in deno.json, as its shell reads them; variables and what commands
 * print stay as `$NAME` and `$(…)`. These stand in double quotes: a folder's name may have a space.
 * @throws {Error} for quotes and signs that no task needs, so that none is misread.
 */
export function commandWords(command: string): string[] {
  const bare = command.replace(/"[^"]*"/g, "");
  if (/['"\\`]|\$\(/.test(bare) || /[\\`]/.test(command)) {
    throw new Error(`Tasks are written with pairs of double quotes only: ${command}`);
  }
  return (command.match(WORD) ?? []).map((word) => word.replaceAll('"', ""));
}
