import { Buffer } from "node:buffer";
import { fetchHead } from "../hub/fetch_head.ts";
import { PassingError } from "../hub/passing_error.ts";
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

/** What counts as silence, in milliseconds. */
export const SILENCE_MS = 60_000;

/** How to call servers; replaced in tests. */
export interface HttpOptions {
  readonly fetch?: typeof fetch;
  /** Tries after the first. Default 5. */
  readonly retries?: number;
  /** First waiting time between tries, in milliseconds. */
  readonly retryMs?: number;
  /** A connection that is silent for so long counts as broken, in milliseconds. */
  readonly silenceMs?: number;
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
 * One request; its answer is no error.
 * @throws {PassingError} when another try may help: nobody answers, the server is busy.
 */
export async function sendRequest(
  url: string,
  init: RequestInit,
  { fetch, silenceMs = SILENCE_MS }: HttpOptions,
): Promise<Response> {
  const response = await fetchHead(new URL(url), init, { fetch, silenceMs });
  if (response.ok) return response;
  await response.body?.cancel();
  throw statusError(response);
}

/** An error status as an error, which says whether asking again makes sense. */
function statusError({ status, statusText }: Response): Error {
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
