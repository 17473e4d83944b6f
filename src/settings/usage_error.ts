/**
 * A wrong command line, setting or input file, found before anything was started: exit code 2.
 * The message names the value, where it came from, and what to do.
 */
export class UsageError extends Error {
  override name = "UsageError";
}
