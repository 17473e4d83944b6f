/**
 * Prints a line to standard output. Who closed the pipe (`| head`) wants no more, and a full disk
 * behind it must not turn a finished run into a failed one: that is only said on stderr.
 */
export function print(line: string): void {
  writeText(Deno.stdout, `${line}\n`, (error) => {
    if (error instanceof Deno.errors.BrokenPipe) return;
    printError(`houqa: Can't write to standard output: ${error.message}`);
  });
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
