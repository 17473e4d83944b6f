import { createHash } from "node:crypto";
import { UsageError } from "../../settings/usage_error.ts";
import {
  type Corpus,
  type CorpusCounts,
  type CorpusProgress,
  countLaw,
  countReason,
  emptyCounts,
} from "./corpus.ts";
import { CORPUS_LIMITS, type CorpusLimits } from "./corpus_limits.ts";
import { openFile, openFolder } from "./folder_files.ts";
import { openJsonl } from "./open_jsonl.ts";
import type { Law } from "./law.ts";
import { LawFileError } from "./law_file_error.ts";
import type { LawFile, LawFiles } from "./law_files.ts";
import { LawReader } from "./law_reader.ts";
import { chooseRevisions, type ChosenFiles } from "./law_revision.ts";
import { openZip } from "./zip_files.ts";

/** How a corpus is read. */
export interface OpenCorpusOptions {
  /** Day as `20240401`: the revision in force then is read. */
  readonly today: string;
  /** Takes a sentence for everything that was left out because it is broken. */
  readonly onProblem?: (message: string) => void;
  readonly onProgress?: (progress: CorpusProgress) => void;
  readonly limits?: CorpusLimits;
}

/**
 * Opens the laws at a path: a folder of XML files (of any depth), e-Gov's zip archive, one XML file,
 * or the group's JSONL file.
 * @throws {UsageError} when there is nothing that can hold laws.
 */
export async function openCorpus(path: string, options: OpenCorpusOptions): Promise<Corpus> {
  const limits = options.limits ?? CORPUS_LIMITS;
  const info = await statOf(path);
  if (!info.isDirectory && /\.jsonl$/i.test(path)) return openJsonl(path, info.size, options);
  const kind = info.isDirectory ? "folder" : await isZip(path) ? "zip" : "file";
  const source = kind === "folder"
    ? await openFolder(path, limits)
    : kind === "zip"
    ? await openZip(path, limits)
    : await openFile(path);
  if (source.files.length === 0) {
    await source.close();
    throw new UsageError(
      `${path} holds no law: no file in it ends in .xml. Fetch laws with \`houqa laws fetch\`, ` +
        "or name another place with --in.",
    );
  }
  return new XmlCorpus(path, kind, source, options, limits);
}

class XmlCorpus implements Corpus {
  readonly counts: CorpusCounts = emptyCounts();
  readonly #source: LawFiles;
  readonly #options: OpenCorpusOptions;
  readonly #limits: CorpusLimits;
  readonly #chosen: ChosenFiles;
  /** By law id. */
  readonly #digests = new Map<string, string>();

  constructor(
    readonly path: string,
    readonly kind: Corpus["kind"],
    source: LawFiles,
    options: OpenCorpusOptions,
    limits: CorpusLimits,
  ) {
    this.#source = source;
    this.#options = options;
    this.#limits = limits;
    this.#chosen = chooseRevisions(source.files, options.today);
    source.plan(this.#chosen.files.map(({ file }) => file));
    this.counts.found = source.files.length;
    this.counts.others = source.others;
    for (const { reason } of this.#chosen.skipped) countReason(this.counts.skipped, reason);
  }

  async *laws(): AsyncGenerator<Law> {
    const { files } = this.#chosen;
    const totalBytes = files.reduce((sum, { file }) => sum + file.sizeBytes, 0);
    let doneBytes = 0;
    for (const { file, lawId } of files) {
      const law = await this.#readOrReport(file, lawId);
      if (law !== undefined) {
        countLaw(this.counts, law);
        yield law;
      }
      doneBytes += file.sizeBytes;
      this.#options.onProgress?.({ doneBytes, totalBytes });
    }
  }

  digest(): string {
    const lines = [...this.#digests].map(([lawId, sha256]) => `${lawId} ${sha256}\n`).sort();
    return createHash("sha256").update(lines.join("")).digest("hex");
  }

  close(): Promise<void> {
    return this.#source.close();
  }

  async #readOrReport(file: LawFile, lawId: string | undefined): Promise<Law | undefined> {
    try {
      return await this.#read(file, lawId);
    } catch (error) {
      if (!(error instanceof LawFileError)) throw error;
      countReason(this.counts.skipped, error.reason);
      const place = error.line === undefined ? file.name : `${file.name}:${error.line}`;
      this.#options.onProblem?.(`${place}: ${error.message}. The law is left out.`);
    }
  }

  async #read(file: LawFile, lawId: string | undefined): Promise<Law> {
    const reader = new LawReader(this.#limits);
    const hash = createHash("sha256");
    await file.read((bytes) => {
      reader.push(bytes);
      hash.update(bytes);
    });
    const { law, account } = reader.finish(lawId);
    if (this.#digests.has(law.lawId)) {
      throw new LawFileError("same law twice", `${law.lawId} (${law.title}) was read already`);
    }
    this.#digests.set(law.lawId, hash.digest("hex"));
    this.counts.text.addAll(account);
    const { pieces, characters } = account.unaccounted;
    if (pieces !== 0 || characters !== 0) {
      this.#options.onProblem?.(
        `${file.name}: ${pieces} pieces of text with ${characters} characters went astray. ` +
          "The law is in the corpus all the same; please report this as a fault of houqa.",
      );
    }
    return law;
  }
}

async function statOf(path: string): Promise<Deno.FileInfo> {
  try {
    return await Deno.stat(path);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) {
      throw new UsageError(
        `${path} does not exist. Fetch laws with \`houqa laws fetch\`, or name another place with --in.`,
      );
    }
    throw error;
  }
}

async function isZip(path: string): Promise<boolean> {
  if (/\.zip$/i.test(path)) return true;
  using file = await Deno.open(path);
  const start = new Uint8Array(4);
  await file.read(start);
  return start[0] === 0x50 && start[1] === 0x4b && start[2]! < 8;
}
