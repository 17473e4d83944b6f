import { CannotContinueError } from "../settings/cannot_continue_error.ts";
import { systemReason } from "../settings/system_reason.ts";

/** Standard output can't be written: whatever else is asked, nobody will read the answer. */
export class OutputError extends CannotContinueError {
  override name = "OutputError";
}

/**
 * Prints a line to standard output.
 * @throws {OutputError} as {@linkcode printText}.
 */
export function print(line: string): void {
  printText(`${line}\n`);
}

/**
 * Writes a text to standard output as it is. Who closed the pipe (`| head`) wants no more.
 * @throws {OutputError} when it can't be written: what a command prints is its result.
 */
export function printText(text: string): void {
  writeText(Deno.stdout, text, (error) => {
    if (error instanceof Deno.errors.BrokenPipe) return;
    throw new OutputError(`Can't write to standard output: ${systemReason(error)}.`, {
      cause: error,
    });
  });
}

/**
 * As `print`, for news of a file that stands: a full disk behind standard output must not turn a
 * finished run into a failed one, so that it is only said on stderr.
 */
export function printNews(line: string): void {
  try {
    print(line);
  } catch (error) {
    printError(`houqa: ${(error as Error).message}`);
  }
}

/** Prints a line to standard error; where even that can't be written, nobody is told. */
export function printError(line: string): void {
  writeText(Deno.stderr, `${line}\n`);
}

/** Writes all of a text at once. */
export function writeText(
  stream: { writeSync(bytes: Uint8Array): number },
  text: string,
  onError: (error: Error) => void = () => {},
): void {
  const bytes = new TextEncoder().encode(text);
  try {
    for (let done = 0; done < bytes.length;) done += stream.writeSync(bytes.subarray(done));
  } catch (error) {
    onError(error as Error);
  }
}
