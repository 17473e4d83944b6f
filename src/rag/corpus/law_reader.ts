import { Buffer } from "node:buffer";
import { CORPUS_LIMITS, type CorpusLimits } from "./corpus_limits.ts";
import { type Envelope, envelopeField } from "./envelope.ts";
import type { Law } from "./law.ts";
import { LawBuilder } from "./law_builder.ts";
import { LawFileError } from "./law_file_error.ts";
import { readJsonTree } from "./json_tree.ts";
import type { TextAccount } from "./text_account.ts";
import { XmlReader } from "./xml_reader.ts";

/** A law that was read. */
export interface ReadLaw {
  readonly law: Law;
  readonly account: TextAccount;
  /** e-Gov's id of this revision, where the file says it. */
  readonly revisionId?: string;
}

/**
 * Reads one law file from its bytes, in pieces: XML of the law standard, bare or in an answer of the
 * e-Gov law API (version 1 or 2), or an answer of version 2 in JSON, with the law as a tree or in
 * base64.
 */
export class LawReader {
  readonly #limits: CorpusLimits;
  readonly #builder: LawBuilder;
  readonly #xml: XmlReader;
  #json?: Uint8Array[];
  #sizeBytes = 0;

  constructor(limits: CorpusLimits = CORPUS_LIMITS) {
    this.#limits = limits;
    this.#builder = new LawBuilder(limits);
    this.#xml = new XmlReader(this.#builder);
  }

  /**
   * Takes the next bytes.
   * @throws {LawFileError} as soon as they can't be a law's.
   */
  push(bytes: Uint8Array): void {
    const { fileBytes } = this.#limits;
    if (this.#sizeBytes === 0 && /^\s*\{/.test(new TextDecoder().decode(bytes.subarray(0, 100)))) {
      this.#json = [];
    }
    this.#sizeBytes += bytes.length;
    if (this.#sizeBytes > fileBytes) {
      throw new LawFileError("too large", `it has more than ${fileBytes} bytes`);
    }
    if (this.#json !== undefined) this.#json.push(bytes.slice());
    else this.#xml.push(bytes);
  }

  /**
   * The law, after the last bytes.
   * @param fallbackId where the file itself names no law id.
   * @throws {LawFileError} when it is not whole, or no law.
   */
  finish(fallbackId?: string): ReadLaw {
    if (this.#json !== undefined) this.#readJson(Buffer.concat(this.#json), true);
    else this.#xml.end();
    const { envelope } = this.#builder;
    const inner = this.#builder.hasLaw ? "" : envelope.fullText?.trim() ?? "";
    if (inner !== "") this.#readInner(inner);
    const law = this.#builder.finish(fallbackId);
    const revisionId = envelope.revisionId?.trim();
    return { law, account: this.#builder.account, ...(revisionId ? { revisionId } : {}) };
  }

  #readJson(bytes: Uint8Array, isAnswer: boolean): void {
    let json: unknown;
    try {
      json = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes));
    } catch (error) {
      throw new LawFileError("broken JSON", (error as Error).message);
    }
    if (!isAnswer || isNode(json)) return readJsonTree(json, this.#builder);
    const { law_info, revision_info, law_full_text } = json as Record<string, unknown>;
    fill(this.#builder.envelope, law_info);
    fill(this.#builder.envelope, revision_info);
    if (typeof law_full_text === "string") this.#builder.envelope.fullText = law_full_text;
    else if (law_full_text !== undefined) readJsonTree(law_full_text, this.#builder);
  }

  /** The law in base64: XML, or a JSON tree. */
  #readInner(base64: string): void {
    if (!/^[A-Za-z0-9+/\s]+={0,2}$/.test(base64)) {
      throw new LawFileError("no law", "law_full_text holds neither a law nor base64");
    }
    const bytes = Buffer.from(base64, "base64");
    if (/^\s*\{/.test(bytes.subarray(0, 100).toString("latin1"))) this.#readJson(bytes, false);
    else {
      const xml = new XmlReader(this.#builder);
      xml.push(bytes);
      xml.end();
    }
  }
}

function isNode(json: unknown): boolean {
  return typeof json === "object" && json !== null && "tag" in json;
}

function fill(envelope: Envelope, info: unknown): void {
  if (typeof info !== "object" || info === null) return;
  for (const [name, value] of Object.entries(info)) {
    const field = envelopeField(name);
    if (field !== undefined && typeof value === "string") envelope[field] = value;
  }
}
