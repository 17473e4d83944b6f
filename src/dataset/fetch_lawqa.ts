import { dirname, join } from "node:path";
import { fetchHead } from "../hub/fetch_head.ts";
import { fetchPart } from "../hub/fetch_part.ts";
import { PassingError } from "../hub/passing_error.ts";
import { persistently } from "../hub/persistently.ts";
import { CannotContinueError } from "../settings/cannot_continue_error.ts";
import { systemReason } from "../settings/system_reason.ts";
import { sha256Hex } from "./sha256.ts";

/** The commit of lawqa_jp whose files are checked. */
export const LAWQA_COMMIT = "6165cc9748a1b1df8adc2c82c2f281deef59b9b1";

/** SHA-256 (hex) of every file that is fetched, by its path in the repository. */
export const LAWQA_FILES: Readonly<Record<string, string>> = {
  "LICENSE.md": "fd2a381ba6d5dcb57638f778acf246b874f01ff632f973e96e70dfb6b76d0f5b",
  "README.md": "38d15d648c321e64ee288eb3395aa07c807e6a89c94cda10f0de39c315fd494d",
  "data/law_list.json": "124db05d5c48fa7f5add207d2f414685c175b525d5961bea1a61ba5714b2367f",
  "data/selection.json": "157a196ed236e745c8c133ab2eff83af8c839f4dbf1d02f21da453fa71f19d03",
};

/** A server that sends nothing for so long counts as gone. */
const SILENCE_MS = 60_000;

/** What a download takes from the world around it. */
export interface FetchLawqaOptions {
  /** Address of the repository's raw files, without commit and path. */
  readonly address: string;
  /** Where the files go. */
  readonly folder: string;
  readonly print: (line: string) => void;
  readonly fetch?: typeof fetch;
  /** First waiting time between tries, in milliseconds. */
  readonly retryMs?: number;
  /** Replaced in tests. */
  readonly files?: Readonly<Record<string, string>>;
}

/**
 * Downloads lawqa_jp at its pinned commit. Files that are there and right are kept; a download
 * that was cut off goes on where it stopped (`<file>.part`); a file appears only when its SHA-256
 * is right.
 * @throws {CannotContinueError} when a file can't be had, is not what it should be, or can't be
 * written.
 */
export async function fetchLawqa(options: FetchLawqaOptions): Promise<void> {
  const { folder, print } = options;
  for (const [path, sha256] of Object.entries(options.files ?? LAWQA_FILES)) {
    const target = join(folder, path);
    const known = await readIfThere(target);
    if (known !== undefined && await sha256Hex(known) === sha256) {
      print(`${target} is there already.`);
      continue;
    }
    await download(`${options.address}/${LAWQA_COMMIT}/${path}`, target, sha256, options);
    print(`${target} (sha256 ${sha256})`);
  }
  print(
    "lawqa_jp is published by Japan's Digital Agency under the Public Data License 1.0 (PDL 1.0);\n" +
      `read ${join(folder, "LICENSE.md")}, and name the source when you publish results.`,
  );
}

async function download(
  url: string,
  target: string,
  sha256: string,
  options: FetchLawqaOptions,
): Promise<void> {
  const part = `${target}.part`;
  try {
    await Deno.mkdir(dirname(target), { recursive: true });
    await fetchPart({
      part,
      name: target,
      host: new URL(url).host,
      request: (headers, signal) => request(url, { headers, signal }, options.fetch),
      silenceMs: SILENCE_MS,
      digest: sha256,
      digestOf: async () => await sha256Hex(await Deno.readFile(part)),
      persistently: (action, progress) =>
        persistently(action, {
          retries: 4,
          retryMs: options.retryMs,
          progress,
          giveUp: (trouble) => trouble,
        }),
      mismatch: (found) =>
        new CannotContinueError(
          `${url} is not what it should be: SHA-256 ${found} instead of ${sha256}. ` +
            "Try again; if it stays so, the file was changed at its source.",
        ),
    });
    await Deno.rename(part, target);
  } catch (error) {
    if (error instanceof CannotContinueError || error instanceof Deno.errors.NotCapable) {
      throw error;
    }
    throw new CannotContinueError(
      `Can't download ${url} to ${target}: ${systemReason(error)}. Run it again to go on; ` +
        "another address can be set with HOUQA_LAWQA_URL.",
    );
  }
}

/** An answer that is no error, or says that there is nothing behind the part. */
async function request(url: string, init: RequestInit, fetch: typeof globalThis.fetch | undefined) {
  const response = await fetchHead(new URL(url), init, { fetch, silenceMs: SILENCE_MS });
  const { ok, status, statusText } = response;
  if (ok || status === 416) return response;
  await response.body?.cancel();
  const message = `the server answered ${status} ${statusText}`;
  throw status >= 500 || status === 429 ? new PassingError(message) : new Error(message);
}

async function readIfThere(path: string): Promise<Uint8Array<ArrayBuffer> | undefined> {
  try {
    return await Deno.readFile(path);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  }
}
