import { createInterface } from "node:readline";
import type { Readable, Writable } from "node:stream";

/** What a conversation at a terminal does with its lines. */
export interface ConversationHooks {
  /** Answers a question; what it throws is told by `onError`. */
  readonly answer: (question: string, signal: AbortSignal) => Promise<void>;
  readonly clear: () => void;
  /** The statutes of the last question. */
  readonly contexts: () => string;
  /** Prints a line. */
  readonly print: (line: string) => void;
  readonly onError: (error: unknown) => void;
}

/** Where a conversation is typed and echoed, and what ends it from outside. */
export interface ConversationPlace {
  readonly input: Readable;
  readonly output: Writable;
  readonly signal?: AbortSignal;
}

const PROMPT = "質問> ";

/** The commands, for `/help`. */
export const HELP = `Type a question and press Enter. The last questions and answers are sent along.
  /context  the statutes that the last question was asked with
  /clear    begin a new conversation
  /help     this text
  /quit     end (also Ctrl-C or Ctrl-D)
Ctrl-C during an answer stops the answer. ↑ and ↓ bring back earlier lines.`;

/** Asks for questions at a terminal until the user ends it, or the signal fires. */
export async function converse(
  { answer, clear, contexts, print, onError }: ConversationHooks,
  { input, output, signal }: ConversationPlace,
): Promise<void> {
  const lines: string[] = [];
  const closed = Promise.withResolvers<void>();
  const terminal = createInterface({ input, output, terminal: true, prompt: PROMPT });
  let stop: AbortController | undefined;
  let isOpen = true;
  let isWorking = false;

  const respond = async (line: string): Promise<void> => {
    switch (line) {
      case "":
        return;
      case "/quit":
      case "/exit":
        return terminal.close();
      case "/help":
        return print(HELP);
      case "/context":
        return print(contexts());
      case "/clear":
        clear();
        return print("A new conversation begins.");
    }
    if (line.startsWith("/")) return print(`There is no command ${line}; /help shows them.`);
    stop = new AbortController();
    try {
      await answer(line, stop.signal);
    } catch (error) {
      if (!stop.signal.aborted) onError(error);
      else if (isOpen) print("(stopped)");
    } finally {
      stop = undefined;
    }
  };
  const workOff = async (): Promise<void> => {
    if (isWorking) return;
    isWorking = true;
    for (let line = lines.shift(); line !== undefined && isOpen; line = lines.shift()) {
      await respond(line.trim());
    }
    isWorking = false;
    if (isOpen) terminal.prompt();
    else closed.resolve();
  };
  const interrupt = () => stop?.abort(new DOMException("The answer was stopped.", "AbortError"));

  terminal.on("line", (line: string) => {
    lines.push(line);
    workOff();
  });
  terminal.on("SIGINT", () => {
    if (stop === undefined) return terminal.close();
    // What was typed ahead was typed before this.
    lines.length = 0;
    interrupt();
  });
  terminal.on("close", () => {
    isOpen = false;
    interrupt();
    if (!isWorking) closed.resolve();
  });
  const end = () => terminal.close();
  signal?.addEventListener("abort", end, { once: true });
  if (signal?.aborted) end();
  else terminal.prompt();
  await closed.promise;
  signal?.removeEventListener("abort", end);
  // The shell's prompt begins on a line of its own.
  output.write("\n");
}
