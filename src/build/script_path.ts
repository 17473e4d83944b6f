/** What houqa.run puts in front of all arguments: a variable would be one more permission. */
const FLAG = "--houqa-run=";

/** Arguments as they were typed, and the path by which houqa.run was started. */
export interface TypedArguments {
  /** Absent where the program is not houqa.run. */
  readonly script?: string;
  readonly words: readonly string[];
}

/** Takes the path that houqa.run hands over off the arguments. */
export function splitScriptPath(args: readonly string[]): TypedArguments {
  const [first, ...words] = args;
  if (!first?.startsWith(FLAG)) return { words: args };
  return { script: first.slice(FLAG.length), words };
}
