/** What every command gets from the program around it. */
export interface CliContext {
  /** The command line as typed, the command's name first. */
  readonly words: readonly string[];
  /** Sets the exit code of a command that ended without throwing. */
  exit(code: number): void;
}

/** Arguments without the dashes that `deno task houqa -- eval` passes on. */
export function typedWords(args: readonly string[]): readonly string[] {
  return args[0] === "--" ? args.slice(1) : args;
}
