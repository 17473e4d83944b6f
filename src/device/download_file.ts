import { writeAll } from "../eval/write_atomically.ts";
import { CannotContinueError } from "../settings/cannot_continue_error.ts";
import { systemReason } from "../settings/system_reason.ts";
import { hashFile } from "./hash_file.ts";
import { type HttpOptions, PassingError, statusError, withResponse } from "./http_source.ts";
import type { FileAddress } from "./find_wheel.ts";

/** A file that must come out as it was pinned. */
export interface Download {
  readonly address: FileAddress;
  readonly target: string;
  readonly sizeBytes: number;
  /** 64 hex digits. */
  readonly sha256: string;
  /** @param doneBytes of this file, parts of earlier runs included. */
  readonly onProgress?: (doneBytes: number) => void;
}

/**
 * Downloads a large file. What an earlier try left (`<target>.part`) is taken up; the target appears
 * only when its SHA-256 is right.
 * @throws {CannotContinueError} when it can't be had, is not what it should be, or can't be written.
 */
export async function downloadFile(download: Download, options: HttpOptions = {}): Promise<void> {
  const { address, target, sizeBytes, sha256, onProgress } = download;
  const part = `${target}.part`;
  const host = new URL(address.url).host;
  if (await sizeOf(target) === sizeBytes) {
    if (await hashFile(target) === sha256) return onProgress?.(sizeBytes);
    await Deno.remove(target);
  }
  try {
    if (await sizeOf(part) > sizeBytes) await Deno.remove(part);
    await withResponse(
      address.url,
      async () => {
        const done = await sizeOf(part);
        return { ...address.headers, ...(done > 0 ? { range: `bytes=${done}-` } : {}) };
      },
      (response, restartTimer) => append(response, part, download, restartTimer),
      options,
    );
    const found = await hashFile(part);
    if (found !== sha256) {
      await Deno.remove(part);
      throw new CannotContinueError(
        `${host} served a ${nameOf(target)} that is not the published file: SHA-256 ${found} ` +
          `instead of ${sha256}. Try again; if it stays so, use another index (PIP_INDEX_URL).`,
      );
    }
    await Deno.rename(part, target);
  } catch (error) {
    if (error instanceof CannotContinueError || error instanceof Deno.errors.NotCapable) {
      throw error;
    }
    throw new CannotContinueError(
      `Can't download ${nameOf(target)} from ${host}: ${systemReason(error)}. ` +
        "Run it again to go on where it stopped.",
    );
  }
}

async function append(
  response: Response,
  part: string,
  { sizeBytes, onProgress }: Download,
  restartTimer: () => void,
): Promise<void> {
  // The part is whole already.
  if (response.status === 416 && await sizeOf(part) === sizeBytes) {
    await response.body?.cancel();
    return;
  }
  if (!response.ok || response.body === null) throw statusError(response);
  const isRest = response.status === 206;
  let done = isRest ? await sizeOf(part) : 0;
  const from = /^bytes (\d+)-/.exec(response.headers.get("content-range") ?? "")?.[1];
  if (isRest && Number(from) !== done) throw new Error("the server sent another range than asked");
  using file = await Deno.open(part, {
    write: true,
    create: true,
    append: isRest,
    truncate: !isRest,
  });
  for await (const chunk of response.body) {
    restartTimer();
    done += chunk.length;
    if (done > sizeBytes) throw new Error(`the file is longer than ${sizeBytes} bytes`);
    await writeAll(file, chunk);
    onProgress?.(done);
  }
  if (done < sizeBytes) throw new PassingError(`the connection broke off at ${done} bytes`);
}

async function sizeOf(path: string): Promise<number> {
  try {
    return (await Deno.stat(path)).size;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return 0;
    throw error;
  }
}

function nameOf(path: string): string {
  return path.slice(Math.max(path.lastIndexOf("/"), path.lastIndexOf("\\")) + 1);
}
