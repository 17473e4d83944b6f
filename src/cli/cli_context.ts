/** What every command gets from the program around it. */
export interface CliContext {
  /** The command line as typed, the command's name first. */
  readonly words: readonly string[];
  /** Sets the exit code of a command that ended without throwing. */
  exit(code: number): void;
}
