import { CannotContinueError } from "../../src/settings/cannot_continue_error.ts";

const SIGNAL_NUMBERS = { SIGHUP: 1, SIGINT: 2, SIGTERM: 15 } as const;

/**
 * Runs a program on the terminal and gives its exit code, 128 + number where a signal ended it.
 * SIGTERM is handed on; SIGINT and SIGHUP reach the program from the terminal itself, and here only
 * mean to wait for it to end in good order.
 * @throws {CannotContinueError} when there is no such program.
 */
export async function runForeground([program, ...args]: readonly string[]): Promise<number> {
  let child: Deno.ChildProcess;
  try {
    child = new Deno.Command(program!, { args, stdin: "null" }).spawn();
  } catch (error) {
    throw new CannotContinueError(`Can't start ${program}: ${(error as Error).message}`);
  }
  const wait = () => {};
  const handOn = () => {
    try {
      child.kill("SIGTERM");
    } catch {
      // It has ended by itself.
    }
  };
  // Windows knows SIGINT alone; SIGHUP stays ignored under nohup, which Deno does not undo.
  const listeners: [Deno.Signal, () => void][] = Deno.build.os === "windows"
    ? [["SIGINT", wait]]
    : [["SIGINT", wait], ["SIGTERM", handOn]];
  for (const [signal, listener] of listeners) Deno.addSignalListener(signal, listener);
  try {
    const { code, signal } = await child.status;
    return signal === null ? code : 128 + (SIGNAL_NUMBERS[signal as "SIGINT"] ?? 9);
  } finally {
    for (const [signal, listener] of listeners) Deno.removeSignalListener(signal, listener);
  }
}
