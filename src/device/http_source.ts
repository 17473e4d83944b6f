import { Buffer } from "node:buffer";
import pRetry, { AbortError } from "p-retry";
import type { GivenAddress } from "../settings/package_indexes.ts";
import { maskUserInfo } from "../settings/mask_user_info.ts";
import { UsageError } from "../settings/usage_error.ts";

/** A server to fetch from. */
export interface HttpSource {
  /** Without user, password and final slash. */
  readonly url: string;
  /** `Authorization` where the address names a user; sent to this very server only. */
  readonly headers: Readonly<Record<string, string>>;
}

/** An answer of the server that may be another one a moment later. */
export class PassingError extends Error {}

/** How to call servers; replaced in tests. */
export interface HttpOptions {
  readonly fetch?: typeof fetch;
  /** Tries after the first. Default 5. */
  readonly retries?: number;
  /** First waiting time between tries, in milliseconds. */
  readonly retryMs?: number;
  /** A connection that is silent for so long counts as broken. Default one minute. */
  readonly stallMs?: number;
}

/**
 * Reads an address such as `https://user:password@mirror.example.org/simple/`.
 * @throws {UsageError} when it is none; a password in it is not shown.
 */
export function parseHttpSource({ text, origin }: GivenAddress): HttpSource {
  const url = URL.parse(text);
  if (url === null || !/^https?:$/.test(url.protocol)) {
    throw new UsageError(
      `"${maskUserInfo(text)}" (${origin}) is no http or https address of packages.`,
    );
  }
  const { username, password } = url;
  url.username = "";
  url.password = "";
  const headers: Record<string, string> = {};
  if (username !== "") {
    const credentials = `${decode(username)}:${decode(password)}`;
    headers.authorization = `Basic ${Buffer.from(credentials).toString("base64")}`;
  }
  return { url: url.href.replace(/\/+$/, ""), headers };
}

/** The headers for an address that a source's answer pointed to. */
export function headersFor(url: string, source: HttpSource): Readonly<Record<string, string>> {
  return new URL(url).origin === new URL(source.url).origin ? source.headers : {};
}

/**
 * One request, made again when the server is busy or the connection breaks.
 * @param use reads the body; what it throws counts as a broken connection if it is a TypeError or
 * {@linkcode PassingError}.
 */
export async function withResponse<T>(
  url: string,
  headers: () => Promise<Readonly<Record<string, string>>>,
  use: (response: Response, restartTimer: () => void) => Promise<T>,
  options: HttpOptions = {},
): Promise<T> {
  const { fetch: fetchUrl = fetch, retries = 5, retryMs = 1000, stallMs = 60_000 } = options;
  return await pRetry(async () => {
    const controller = new AbortController();
    const stalled = () => controller.abort(new PassingError("the server fell silent"));
    let timer = setTimeout(stalled, stallMs);
    const restartTimer = () => {
      clearTimeout(timer);
      timer = setTimeout(stalled, stallMs);
    };
    let response: Response | undefined;
    try {
      response = await fetchUrl(url, { headers: await headers(), signal: controller.signal });
      return await use(response, restartTimer);
    } catch (error) {
      await response?.body?.cancel().catch(() => {});
      sortOut(controller.signal.aborted ? controller.signal.reason : error);
    } finally {
      clearTimeout(timer);
    }
  }, { retries, minTimeout: retryMs, maxTimeout: 30 * retryMs });
}

/** The server's trouble is worth another try; what this machine refuses (disk, permission) is not. */
function sortOut(error: Error): never {
  if (error instanceof PassingError) throw error;
  // Deno reports a broken connection as a TypeError, which p-retry would take for a bug.
  if (error instanceof TypeError) throw new PassingError(reasonOf(error), { cause: error });
  throw new AbortError(error);
}

/** Deno only says "fetch failed" and keeps what happened in the cause, behind the address. */
function reasonOf({ cause, message }: TypeError): string {
  const reason = cause instanceof Error ? cause.message : message;
  return reason.replace(/^.*?client error \(Connect\): /, "");
}

/** An error status as an error, which says whether asking again makes sense. */
export function statusError({ status, statusText }: Response): Error {
  const message = `the server answered ${status} ${statusText}`.trim();
  if (status >= 500 || status === 429 || status === 408) return new PassingError(message);
  const hint = status === 401 || status === 403
    ? " (it wants a user and password, or another)"
    : "";
  return new Error(`${message}${hint}`);
}

/** A part that is not well escaped is taken as it is. */
function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
