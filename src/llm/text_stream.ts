import type { ChatTokenizer } from "./chat_tokenizer.ts";

const THINK_START = "<think>";
const THINK_END = "</think>";
/** What bytes decode to as long as they are not a whole character. */
const INCOMPLETE = "\uFFFD";

/**
 * Turns the tokens of an answer into pieces of text as they are written. Tokens of byte-level BPE may
 * end within a character, so those since the last whole one are decoded again with each new token.
 * Thoughts, and white space between them and the answer, are held back.
 */
export class TextStream {
  #pending: number[] = [];
  /** Decoded, but it is not clear yet whether it belongs to the answer. */
  #held = "";
  #state: "start" | "thinking" | "behind" | "answer";
  #shown = "";

  /** @param isThinking the prompt has opened the thoughts. */
  constructor(
    readonly tokenizer: Pick<ChatTokenizer, "decode">,
    isThinking: boolean,
    readonly onText: (piece: string) => void,
  ) {
    this.#state = isThinking ? "thinking" : "start";
  }

  /** Takes the next token. */
  push(token: number): void {
    this.#pending.push(token);
    const text = this.tokenizer.decode(this.#pending);
    if (text.endsWith(INCOMPLETE)) return;
    this.#pending = [];
    this.#take(text);
  }

  /**
   * Gives what is still held back.
   * @param answer the whole answer. Where it is not what was shown and more (a second end of thoughts
   * came), nothing more is given.
   */
  end(answer: string): void {
    if (answer.startsWith(this.#shown)) this.#show(answer.slice(this.#shown.length));
  }

  #take(text: string): void {
    if (this.#state === "answer") return this.#show(text);
    this.#held += text;
    if (this.#state === "start") {
      const start = this.#held.trimStart();
      if (start.startsWith(THINK_START)) this.#state = "thinking";
      else if (!THINK_START.startsWith(start)) return this.#answer(this.#held);
    }
    if (this.#state === "thinking") {
      const end = this.#held.indexOf(THINK_END);
      if (end === -1) return;
      this.#state = "behind";
      this.#held = this.#held.slice(end + THINK_END.length);
    }
    if (this.#state === "behind") {
      this.#held = this.#held.trimStart();
      if (this.#held !== "") this.#answer(this.#held);
    }
  }

  #answer(text: string): void {
    this.#state = "answer";
    this.#held = "";
    this.#show(text);
  }

  #show(piece: string): void {
    if (piece === "") return;
    this.#shown += piece;
    this.onText(piece);
  }
}
