import { QA_PROMPT_VERSION } from "../prompt/qa_prompt.ts";
import type { QaFound } from "../rag/qa/qa_answer.ts";
import type { QaSession } from "../rag/qa/qa_session.ts";
import { qaJson, type QaSearch, renderQaContexts, renderQaNotes } from "../report/qa_report.ts";

/** How answers are shown. */
export interface AnswerPrinterOptions {
  readonly session: QaSession;
  readonly search: QaSearch;
  readonly asJson: boolean;
  readonly showContext: boolean;
  /** Writes a text to standard output as it is. */
  readonly write: (text: string) => void;
}

/** Asks questions and shows the answers while they are written. */
export class AnswerPrinter {
  #last: QaFound | undefined;

  constructor(readonly options: AnswerPrinterOptions) {}

  /** The statutes of the last question, for people. */
  get lastContexts(): string {
    return this.#last === undefined || this.#last.articles.length === 0
      ? "No article was found yet."
      : renderQaContexts(this.#last);
  }

  /** Forgets the conversation. */
  clear(): void {
    this.options.session.clear();
    this.#last = undefined;
  }

  /** @throws as {@linkcode QaSession.ask}. */
  async answer(question: string, signal?: AbortSignal): Promise<void> {
    const { session, search, asJson, showContext, write } = this.options;
    let isLineStart = true;
    const show = (text: string) => {
      if (text === "") return;
      write(text);
      isLineStart = text.endsWith("\n");
    };
    try {
      const answer = await session.ask(question, {
        ...(signal === undefined ? {} : { signal }),
        onFound: (found) => {
          this.#last = found;
          const hasContexts = showContext && found.articles.length > 0;
          if (!asJson && hasContexts) show(`${renderQaContexts(found)}\n\n`);
        },
        ...(asJson ? {} : { onText: (piece: string) => show(printable(piece)) }),
      });
      if (asJson) {
        const json = { ...search, promptVersion: QA_PROMPT_VERSION, withTexts: showContext };
        show(`${qaJson(answer, json)}\n`);
      } else {
        show(`${isLineStart ? "" : "\n"}\n${renderQaNotes(answer, search)}\n`);
      }
    } catch (error) {
      // What is said about the error gets a line of its own.
      if (!isLineStart) write("\n");
      throw error;
    }
  }
}

/** A model may write anything, codes that steer a terminal included. */
function printable(text: string): string {
  return text.replace(/(?![\n\t])\p{Cc}/gu, "");
}
