/** Trouble that may be over a moment later: another try is worth it. */
export class PassingError extends Error {
  override name = "PassingError";
  constructor(
    message: string,
    /** The server's own wish, in milliseconds. */
    readonly waitMs?: number,
  ) {
    super(message);
  }
}
