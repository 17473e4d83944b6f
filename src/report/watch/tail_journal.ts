import { z } from "zod";
import { LETTERS } from "../../dataset/question.ts";
import { outcomeSchema } from "../../eval/answer_schema.ts";
import { parseJson } from "../../eval/parse_json.ts";

const headerSchema = z.looseObject({
  type: z.literal("header"),
  fingerprint: z.record(z.string(), z.union([z.string(), z.number(), z.boolean(), z.null()])),
  started_at: z.string(),
});

const lineSchema = z.looseObject({ type: z.string() });

const resultLineSchema = z.looseObject({
  elapsed_seconds: z.number().nonnegative(),
  result: z.looseObject({
    index: z.int().nonnegative(),
    question: z.string(),
    correct_answer: z.enum(LETTERS),
    predicted_answer: z.string(),
    outcome: outcomeSchema,
  }),
});

/** As much of a question's result as its progress needs. */
export type JournalledAnswer = Pick<
  z.infer<typeof resultLineSchema>["result"],
  "index" | "question" | "correct_answer" | "predicted_answer" | "outcome"
>;

/** What a journal held when it was last looked at. */
export interface JournalView {
  /** Settings and model of the run. */
  readonly fingerprint: z.infer<typeof headerSchema>["fingerprint"];
  readonly startedAt: string;
  /** The last answer to every question asked so far, by its index. */
  readonly answers: ReadonlyMap<number, JournalledAnswer>;
  /** Seconds from the beginning of the present sitting to each of its answers. */
  readonly elapsedSeconds: readonly number[];
  /** Set where a line before the last one can't be read. */
  readonly damagedLine?: number;
}

/**
 * Follows a journal while a run appends to it: every look reads only what is new. A torn last line is
 * left for the next look. A journal that was begun anew is read from its beginning.
 */
export class JournalTail {
  readonly #path: string;
  #offset = 0;
  #lines = 0;
  #first = new Uint8Array();
  #header: z.infer<typeof headerSchema> | undefined;
  #answers = new Map<number, JournalledAnswer>();
  #elapsedSeconds: number[] = [];
  #damagedLine: number | undefined;

  constructor(path: string) {
    this.#path = path;
  }

  /** What the journal holds now; undefined where there is none, or not even its first line. */
  look(): JournalView | undefined {
    let file: Deno.FsFile;
    try {
      file = Deno.openSync(this.#path);
    } catch (error) {
      if (!(error instanceof Deno.errors.NotFound)) throw error;
      this.#forget();
      return undefined;
    }
    try {
      if (this.#isAnother(file)) this.#forget();
      this.#readNew(file);
    } finally {
      file.close();
    }
    if (this.#header === undefined) return undefined;
    return {
      fingerprint: this.#header.fingerprint,
      startedAt: this.#header.started_at,
      answers: this.#answers,
      elapsedSeconds: this.#elapsedSeconds,
      ...(this.#damagedLine === undefined ? {} : { damagedLine: this.#damagedLine }),
    };
  }

  /** A journal that is shorter than what was read, or begins otherwise, is of another run. */
  #isAnother(file: Deno.FsFile): boolean {
    if (this.#offset === 0) return false;
    if (file.statSync().size < this.#offset) return true;
    const now = readAt(file, 0, this.#first.length);
    return now.length < this.#first.length || now.some((byte, at) => byte !== this.#first[at]);
  }

  #forget(): void {
    this.#offset = 0;
    this.#lines = 0;
    this.#first = new Uint8Array();
    this.#header = undefined;
    this.#answers = new Map();
    this.#elapsedSeconds = [];
    this.#damagedLine = undefined;
  }

  #readNew(file: Deno.FsFile): void {
    const bytes = readAt(file, this.#offset, file.statSync().size - this.#offset);
    const decoder = new TextDecoder();
    for (let start = 0;;) {
      const end = bytes.indexOf(0x0a, start);
      if (end < 0 || this.#damagedLine !== undefined) return;
      const line = bytes.subarray(start, end);
      if (!this.#take(parseJson(decoder.decode(line)))) {
        // A last line that was torn is written over when the run goes on.
        if (end + 1 < bytes.length) this.#damagedLine = this.#lines + 1;
        return;
      }
      if (this.#lines === 0) this.#first = line.slice();
      this.#lines++;
      start = end + 1;
      this.#offset += line.length + 1;
    }
  }

  /** @returns false for what is no line of a journal. */
  #take(value: unknown): boolean {
    if (this.#lines === 0) {
      this.#header = headerSchema.safeParse(value).data;
      return this.#header !== undefined;
    }
    const type = lineSchema.safeParse(value).data?.type;
    if (type === "sitting") this.#elapsedSeconds = [];
    if (type !== "result") return type !== undefined;
    const line = resultLineSchema.safeParse(value).data;
    if (line === undefined) return false;
    const { index, question, correct_answer, predicted_answer, outcome } = line.result;
    this.#answers.set(index, { index, question, correct_answer, predicted_answer, outcome });
    this.#elapsedSeconds.push(line.elapsed_seconds);
    return true;
  }
}

/** As many bytes as there are, up to a count. */
function readAt(file: Deno.FsFile, offset: number, count: number): Uint8Array {
  const bytes = new Uint8Array(Math.max(0, count));
  file.seekSync(offset, Deno.SeekMode.Start);
  let done = 0;
  while (done < bytes.length) {
    const read = file.readSync(bytes.subarray(done));
    if (read === null) break;
    done += read;
  }
  return bytes.subarray(0, done);
}
