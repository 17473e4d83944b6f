import process from "node:process";
import { createInterface } from "node:readline";

/** Whether there is somebody who can be asked. */
export function canAsk(): boolean {
  return Deno.stdin.isTerminal() && Deno.stderr.isTerminal();
}

/**
 * Asks a question on standard error; only "y" and "yes" mean yes.
 * @throws the signal's reason when it fires.
 */
export async function askAtTerminal(question: string, signal: AbortSignal): Promise<boolean> {
  signal.throwIfAborted();
  // The terminal itself edits the line, so that Ctrl-C stays a signal.
  const terminal = createInterface({
    input: process.stdin,
    output: process.stderr,
    terminal: false,
  });
  const answer = Promise.withResolvers<string>();
  const abort = () => answer.reject(signal.reason);
  signal.addEventListener("abort", abort, { once: true });
  terminal.on("close", () => answer.resolve(""));
  terminal.question(`${question} [y/N] `, answer.resolve);
  try {
    return /^y(es)?$/i.test((await answer.promise).trim());
  } finally {
    signal.removeEventListener("abort", abort);
    terminal.close();
  }
}
