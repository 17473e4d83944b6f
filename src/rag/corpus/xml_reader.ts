import { type SaxesOptions, SaxesParser } from "saxes";
import type { MarkupSink } from "./law_element.ts";
import { LawFileError } from "./law_file_error.ts";

/**
 * Reads XML in pieces and hands it on element by element. Nothing but the five entities of XML and
 * character references is understood: a document type declaration, and with it every entity of its
 * own, is refused, so nothing is ever fetched or expanded.
 */
export class XmlReader {
  readonly #decoder = new TextDecoder("utf-8", { fatal: true });
  readonly #parser = new SaxesParser<SaxesOptions & { xmlns: false }>({ xmlns: false });

  constructor(sink: MarkupSink) {
    const parser = this.#parser;
    parser.on("error", ({ message }) => this.#fail("broken XML", message.replace(/^[\d:]+ /, "")));
    parser.on("doctype", () => this.#fail("broken XML", "a document type declaration is refused"));
    parser.on("xmldecl", ({ encoding }) => {
      if (encoding === undefined || /^utf-?8$/i.test(encoding)) return;
      this.#fail("not UTF-8", `its encoding is ${encoding}, but must be UTF-8`);
    });
    parser.on("opentag", ({ name, attributes }) => sink.open(name, attributes));
    parser.on("text", (text) => sink.text(text));
    parser.on("cdata", (text) => sink.text(text));
    parser.on("closetag", () => sink.close());
  }

  /**
   * Takes the next bytes.
   * @throws {LawFileError} with the line, for what is no XML or what the sink refuses.
   */
  push(bytes: Uint8Array): void {
    this.#guarded(() => this.#parser.write(this.#decode(bytes, true)));
  }

  /**
   * To be called once, after the last bytes.
   * @throws {LawFileError} when the document is not at its end.
   */
  end(): void {
    this.#guarded(() => this.#parser.write(this.#decode(new Uint8Array(0), false)).close());
  }

  #decode(bytes: Uint8Array, stream: boolean): string {
    try {
      return this.#decoder.decode(bytes, { stream });
    } catch {
      // Nothing of these bytes has reached the parser, which counts the lines.
      const [sound] = new TextDecoder().decode(bytes).split("\ufffd");
      const line = this.#parser.line + sound!.split("\n").length - 1;
      throw new LawFileError("not UTF-8", "it holds bytes that are no UTF-8 text", line);
    }
  }

  #guarded(action: () => void): void {
    try {
      action();
    } catch (error) {
      if (!(error instanceof LawFileError) || error.line !== undefined) throw error;
      throw new LawFileError(error.reason, error.message, this.#parser.line);
    }
  }

  #fail(reason: string, message: string): never {
    throw new LawFileError(reason, message, this.#parser.line);
  }
}
