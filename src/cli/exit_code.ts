/** The exit codes of every command. */
export const EXIT = {
  done: 0,
  /** Finished, but some question ended in an error, or a check found something. */
  finding: 1,
  /** Bad command line, setting or input file; nothing was started. */
  usage: 2,
  /** Could not go on: disk, memory, device, server. */
  stopped: 3,
} as const;

/** Signals that end a run in good order, with their exit codes (128 + number). */
export const SIGNAL_EXITS = { SIGINT: 130, SIGTERM: 143, SIGHUP: 129 } as const;
