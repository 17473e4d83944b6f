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

/** A task's call of houqa. */
export interface HouqaCall {
  /** What stands before the program: variables, `deno run` and its permissions. */
  readonly deno: string;
  /** Words behind the program, which the task types itself. */
  readonly words: readonly string[];
}

/**
 * Reads a task's command that runs houqa; undefined for other tasks.
 * @throws {Error} for a second call, so that none gets lost.
 */
export function houqaCall(command: string): HouqaCall | undefined {
  const [deno, behind, ...others] = command.split(" main.ts");
  if (others.length > 0) throw new Error(`More than one call of houqa in a task: ${command}`);
  if (behind === undefined || !/(^| )deno run /.test(deno!)) return undefined;
  return { deno: deno!, words: commandWords(behind) };
}
