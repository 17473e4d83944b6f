import { basename } from "node:path";
import { fetchPart } from "../hub/fetch_part.ts";
import { fileSize } from "../hub/file_size.ts";
import { persistently } from "../hub/persistently.ts";
import { CannotContinueError } from "../settings/cannot_continue_error.ts";
import { systemReason } from "../settings/system_reason.ts";
import { hashFile } from "./hash_file.ts";
import { type HttpOptions, sendRequest, SILENCE_MS } from "./http_source.ts";
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
  const name = basename(target);
  const host = new URL(address.url).host;
  if (await fileSize(target) === sizeBytes) {
    if (await hashFile(target) === sha256) return onProgress?.(sizeBytes);
    await Deno.remove(target);
  }
  try {
    await fetchPart({
      part,
      sizeBytes,
      name,
      host,
      request: (headers, signal) =>
        sendRequest(address.url, { headers: { ...address.headers, ...headers }, signal }, options),
      silenceMs: options.silenceMs ?? SILENCE_MS,
      onOffset: onProgress,
      digest: sha256,
      digestOf: () => hashFile(part),
      persistently: (action, progress) =>
        persistently(action, { ...options, progress, giveUp: (trouble) => trouble }),
      mismatch: (found) =>
        new CannotContinueError(
          `${host} served a ${name} that is not the published file: SHA-256 ${found} ` +
            `instead of ${sha256}. Try again; if it stays so, use another index (PIP_INDEX_URL).`,
        ),
    });
    await Deno.rename(part, target);
  } catch (error) {
    if (error instanceof CannotContinueError || error instanceof Deno.errors.NotCapable) {
      throw error;
    }
    throw new CannotContinueError(
      `Can't download ${name} from ${host}: ${systemReason(error)}. ` +
        "Run it again to go on where it stopped.",
    );
  }
}
