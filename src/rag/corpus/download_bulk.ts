import { z } from "zod";
import { writeAll } from "../../eval/write_atomically.ts";
import { fileSize } from "../../hub/file_size.ts";
import { freeBytes } from "../../hub/free_space.ts";
import { PassingError } from "../../hub/passing_error.ts";
import { CannotContinueError } from "../../settings/cannot_continue_error.ts";
import { UsageError } from "../../settings/usage_error.ts";
import { CORPUS_LIMITS } from "./corpus_limits.ts";
import { type EgovConnection, RefusedError } from "./egov_connection.ts";
import { openZip } from "./zip_files.ts";

/** How far a download is. */
export interface BulkProgress {
  readonly doneBytes: number;
  /** Absent where the server does not say it. */
  readonly totalBytes?: number;
}

/** What {@linkcode downloadBulk} takes from the world around it. */
export interface DownloadBulkOptions {
  readonly onProgress?: (progress: BulkProgress) => void;
  /** Room on the disk of a folder, in bytes; undefined: unknown. */
  readonly freeBytes?: (folder: string) => Promise<number | undefined>;
}

/** What tells whether a part and the server's file are the same file. */
const partStateSchema = z.object({
  url: z.string(),
  validator: z.string(),
});

/**
 * Downloads the archive of all laws. A part that an earlier try left (`<target>.part`) is taken up
 * where the server says that its file is still the same (ETag or Last-Modified, If-Range);
 * otherwise it starts anew. The target appears only as a whole zip archive.
 * @returns how many files in it may hold a law.
 * @throws {CannotContinueError} when it can't be had, is no such archive, or can't be written.
 */
export async function downloadBulk(
  connection: EgovConnection,
  folder: string,
  target: string,
  options: DownloadBulkOptions = {},
): Promise<number> {
  const url = connection.environment.bulkUrl;
  const part = `${target}.part`;
  let furthest = 0;
  const onProgress = (progress: BulkProgress) => {
    furthest = Math.max(furthest, progress.doneBytes);
    options.onProgress?.(progress);
  };
  try {
    await connection.persistently(
      () => fetchInto(connection, url, part, folder, { ...options, onProgress }),
      () => furthest,
    );
  } catch (error) {
    if (!(error instanceof RefusedError)) throw error;
    throw new CannotContinueError(
      `The archive of all laws can't be had: ${error.message}. Set HOUQA_EGOV_BULK_URL to its ` +
        "address, or fetch single laws with --law or --data.",
    );
  }
  const files = await countLawFiles(part, url);
  await Deno.rename(part, target);
  await forgetValidator(part);
  return files;
}

/** One try: what is missing is appended, or the whole file is written. */
async function fetchInto(
  connection: EgovConnection,
  url: string,
  part: string,
  folder: string,
  options: DownloadBulkOptions,
): Promise<void> {
  const offset = await fileSize(part);
  const validator = offset > 0 ? await readValidator(part, url) : undefined;
  const range: Record<string, string> = validator === undefined
    ? {}
    : { range: `bytes=${offset}-`, "if-range": validator };
  const headers = { "accept-encoding": "identity", ...range };
  const use = async (response: Response, listen: () => void) => {
    const start = startOf(response);
    if (start > 0 && start !== offset || Number.isNaN(start)) {
      await forgetValidator(part);
      throw new PassingError(`the server sent another part than bytes from ${offset} on`);
    }
    if (start === 0) {
      if (offset > 0) {
        connection.warn(
          "The server's archive is another one, or it gives no parts: starting anew.",
        );
      }
      await writeValidator(part, url, response.headers);
    }
    const length = Number(response.headers.get("content-length") ?? NaN);
    const totalBytes = Number.isFinite(length) ? start + length : undefined;
    await requireRoom(folder, length, options);
    using file = await Deno.open(part, { write: true, create: true, truncate: start === 0 });
    await file.seek(start, Deno.SeekMode.Start);
    let doneBytes = start;
    const report = () =>
      options.onProgress?.({ doneBytes, ...(totalBytes === undefined ? {} : { totalBytes }) });
    report();
    for await (const chunk of response.body ?? []) {
      listen();
      await writeAll(file, chunk);
      doneBytes += chunk.length;
      report();
    }
    if (totalBytes !== undefined && doneBytes !== totalBytes) {
      throw new PassingError(`the connection ended at byte ${doneBytes} of ${totalBytes}`);
    }
  };
  try {
    await connection.request(url, headers, use);
  } catch (error) {
    if (!(error instanceof RefusedError) || error.status !== 416) throw error;
    // The part is as long as the file is now, or longer: it can't be the same file.
    await Deno.remove(part);
    throw new PassingError(error.message);
  }
}

/** The first byte of an answer: 0 for the whole file. */
function startOf({ status, headers }: Response): number {
  if (status !== 206) return 0;
  const from = /^bytes (\d+)-/.exec(headers.get("content-range") ?? "")?.[1];
  return Number(from ?? NaN);
}

async function countLawFiles(part: string, url: string): Promise<number> {
  try {
    const { files, close } = await openZip(part, CORPUS_LIMITS);
    await close();
    if (files.length > 0) return files.length;
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
  }
  // What is no archive now does not become one by more bytes.
  await Deno.remove(part);
  await forgetValidator(part);
  throw new CannotContinueError(
    `${
      new URL(url).host
    } sent no archive of laws. It was thrown away. Try again; if it stays so, ` +
      "the address has changed: set HOUQA_EGOV_BULK_URL, or fetch single laws with --law or --data.",
  );
}

async function requireRoom(
  folder: string,
  neededBytes: number,
  options: DownloadBulkOptions,
): Promise<void> {
  const free = await (options.freeBytes ?? freeBytes)(folder);
  if (free === undefined || !Number.isFinite(neededBytes) || free >= neededBytes) return;
  throw new CannotContinueError(
    `The archive still needs ${megabytes(neededBytes)}, but the disk of ${folder} has ` +
      `${megabytes(free)} left. Make room, or name another folder with --out.`,
  );
}

async function readValidator(part: string, url: string): Promise<string | undefined> {
  try {
    const state = partStateSchema.parse(JSON.parse(await Deno.readTextFile(`${part}.json`)));
    return state.url === url ? state.validator : undefined;
  } catch {
    // Without it the part can't be trusted, whatever the reason.
    return undefined;
  }
}

async function writeValidator(part: string, url: string, headers: Headers): Promise<void> {
  const etag = headers.get("etag");
  // A weak ETag says nothing about bytes (RFC 9110, 13.1.5).
  const validator = etag?.startsWith('"') ? etag : headers.get("last-modified");
  if (validator) await Deno.writeTextFile(`${part}.json`, JSON.stringify({ url, validator }));
  else await forgetValidator(part);
}

async function forgetValidator(part: string): Promise<void> {
  await Deno.remove(`${part}.json`).catch(() => {});
}

const megabytes = (bytes: number) => `${Math.ceil(bytes / 1e6)} MB`;
