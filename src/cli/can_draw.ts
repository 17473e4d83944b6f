import { readVariable } from "../settings/read_environment.ts";

/**
 * Whether a stream is a terminal that understands colours and a moving cursor. `TERM=dumb` says that
 * it does not (Emacs, some build servers); without permission for that variable nothing is known.
 */
export function canDraw(
  stream: { isTerminal(): boolean },
  term: () => string | undefined = readTerm,
): boolean {
  return stream.isTerminal() && term() !== "dumb";
}

function readTerm(): string | undefined {
  const { state } = Deno.permissions.querySync({ name: "env", variable: "TERM" });
  return state === "granted" ? readVariable("TERM") : undefined;
}
