import { SIGNAL_EXITS } from "./exit_code.ts";

/** The first signal asks the run to end in good order; the second ends the process at once. */
export function listenForSignals(onFirst: () => void): {
  signal: AbortSignal;
  /** Of the first signal that came; undefined: none did. */
  exitCode: () => number | undefined;
  /**
   * The exit code where that signal ended the work.
   * @throws the error itself where it is another one.
   */
  exitOf: (error: unknown) => number;
  release: () => void;
} {
  const controller = new AbortController();
  let first: keyof typeof SIGNAL_EXITS | undefined;
  const names = Object.keys(SIGNAL_EXITS) as (keyof typeof SIGNAL_EXITS)[];
  const listeners = names.filter((name) => Deno.build.os !== "windows" || name === "SIGINT").map(
    (name) => {
      const listener = () => {
        if (first !== undefined) Deno.exit(SIGNAL_EXITS[name]);
        first = name;
        onFirst();
        controller.abort(new DOMException(`Ended by ${name}`, "AbortError"));
      };
      Deno.addSignalListener(name, listener);
      return () => Deno.removeSignalListener(name, listener);
    },
  );
  const exitCode = () => first && SIGNAL_EXITS[first];
  return {
    signal: controller.signal,
    exitCode,
    exitOf(error) {
      const code = exitCode();
      if (code !== undefined && error instanceof DOMException && error.name === "AbortError") {
        return code;
      }
      throw error;
    },
    release: () => listeners.forEach((remove) => remove()),
  };
}
