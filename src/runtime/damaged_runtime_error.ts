import { CannotContinueError } from "../settings/cannot_continue_error.ts";

/**
 * A file of the runtime that came with houqa is not there, or not all of it. No other device is taken
 * instead: it would answer many times slower, and nobody would know why.
 */
export class DamagedRuntimeError extends CannotContinueError {
  override name = "DamagedRuntimeError";
}
