import { basename, join } from "node:path";
import { UsageError } from "../../settings/usage_error.ts";
import { countReason } from "./corpus.ts";
import type { CorpusLimits } from "./corpus_limits.ts";
import { LawFileError } from "./law_file_error.ts";
import { openZip } from "./zip_files.ts";
import { countOther, type LawFile, type LawFiles, mayHoldLaw, printableName } from "./law_files.ts";

const PIECE_BYTES = 64 << 10;

/**
 * Law files below a folder, however deep, and those in its zip archives; folders behind links are
 * not entered. What has a name that starts with a dot or ends in `.part` is none of the corpus, and
 * counted with the others.
 * @throws {UsageError} when there are more files than a corpus has.
 */
export async function openFolder(folder: string, limits: CorpusLimits): Promise<LawFiles> {
  const files: LawFile[] = [];
  const archives: string[] = [];
  const others = new Map<string, number>();
  const waiting = [folder];
  let seen = 0;
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    for await (const { name, isDirectory, isSymlink } of listFolder(next)) {
      const path = join(next, name);
      if (name.startsWith(".") || name.endsWith(".part")) {
        countReason(others, name.endsWith(".part") ? ".part" : "hidden");
        continue;
      }
      if (isDirectory) waiting.push(path);
      if (isDirectory) continue;
      if (++seen > limits.files) {
        throw new UsageError(
          `${folder} holds more than ${limits.files} files. Name the laws' own folder.`,
        );
      }
      if (/\.zip$/i.test(name) && await isFile(path)) archives.push(path);
      else if (!mayHoldLaw(name)) countOther(others, name);
      else if (!isSymlink || await isFile(path)) files.push(await fileAt(path));
      else countOther(others, name);
    }
  }
  const opened: LawFiles[] = [];
  const close = async () => {
    for (const archive of opened) await archive.close();
  };
  try {
    for (const path of archives.sort()) opened.push(await openZip(path, limits));
  } catch (error) {
    await close();
    throw error;
  }
  for (const archive of opened) {
    files.push(...archive.files);
    for (const [ending, count] of archive.others) {
      others.set(ending, (others.get(ending) ?? 0) + count);
    }
  }
  const plan = (next: readonly LawFile[]) => opened.forEach((archive) => archive.plan(next));
  return { files, others, plan, close };
}

/** One law file. */
export async function openFile(path: string): Promise<LawFiles> {
  return {
    files: [await fileAt(path)],
    others: new Map(),
    plan() {},
    close: () => Promise.resolve(),
  };
}

async function fileAt(path: string): Promise<LawFile> {
  return {
    name: printableName(path),
    sizeBytes: (await Deno.stat(path)).size,
    async read(take) {
      try {
        using file = await Deno.open(path);
        const piece = new Uint8Array(PIECE_BYTES);
        for (;;) {
          const count = await file.read(piece);
          if (count === null) return;
          take(piece.subarray(0, count));
        }
      } catch (error) {
        if (!(error instanceof Error) || !("code" in error)) throw error;
        throw new LawFileError("unreadable", `${basename(path)} can't be read: ${error.message}`);
      }
    },
  };
}

async function isFile(path: string): Promise<boolean> {
  try {
    return (await Deno.stat(path)).isFile;
  } catch {
    return false;
  }
}

async function* listFolder(folder: string): AsyncGenerator<Deno.DirEntry> {
  try {
    yield* Deno.readDir(folder);
  } catch (error) {
    if (!(error instanceof Error) || !("code" in error)) throw error;
    throw new UsageError(`The folder ${folder} can't be read: ${error.message}`);
  }
}
