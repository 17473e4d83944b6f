import { z } from "zod";
import { failureReason } from "../hub/failure_reason.ts";
import { PassingError } from "../hub/passing_error.ts";
import { persistently } from "../hub/persistently.ts";
import { CannotContinueError } from "../settings/cannot_continue_error.ts";
import type { PinnedWheel } from "./cuda_builds.ts";
import {
  headersFor,
  type HttpOptions,
  type HttpSource,
  sendRequest,
  SILENCE_MS,
} from "./http_source.ts";

/** Where a file can be had. */
export interface FileAddress {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
}

/** A file in an index's list. */
interface ListedFile {
  readonly filename: string;
  readonly url: string;
  readonly sha256?: string;
}

const JSON_TYPE = "application/vnd.pypi.simple.v1+json";
const ACCEPT = `${JSON_TYPE}, application/vnd.pypi.simple.v1+html;q=0.2, text/html;q=0.1`;

/** Whoever has no way out to the index should not wait long to be told. */
const PAGE_RETRIES = 2;

const projectSchema = z.object({
  files: z.array(z.object({
    filename: z.string(),
    url: z.string(),
    hashes: z.record(z.string(), z.string()).default({}),
  })),
});

/**
 * Looks a pinned wheel up in package indexes that speak the simple API: JSON (PEP 691) where the
 * server has it, else HTML (PEP 503).
 * @throws {CannotContinueError} when no index lists the file, or one lists another content for it.
 */
export async function findWheel(
  wheel: PinnedWheel,
  indexes: readonly HttpSource[],
  options: HttpOptions = {},
): Promise<FileAddress> {
  const failures: string[] = [];
  for (const index of indexes) {
    const page = `${index.url}/${wheel.project}/`;
    let files: ListedFile[];
    try {
      files = await listFiles(page, index, options);
    } catch (error) {
      if (error instanceof Deno.errors.NotCapable) throw error;
      failures.push(`${page}: ${(error as Error).message}`);
      continue;
    }
    const file = files.find(({ filename }) => filename === wheel.file);
    if (file === undefined) {
      failures.push(`${page} does not list it`);
      continue;
    }
    if (file.sha256 !== undefined && file.sha256 !== wheel.sha256) {
      throw new CannotContinueError(
        `${page} lists ${wheel.file} with SHA-256 ${file.sha256} instead of ${wheel.sha256}: ` +
          "that is not the published file. Use another index (PIP_INDEX_URL).",
      );
    }
    return { url: file.url, headers: headersFor(file.url, index) };
  }
  throw new CannotContinueError(
    `Can't find ${wheel.file}: ${failures.join("; ")}. ` +
      "Set PIP_INDEX_URL to an index that mirrors pypi.org.",
  );
}

async function listFiles(
  page: string,
  index: HttpSource,
  options: HttpOptions,
): Promise<ListedFile[]> {
  const silenceMs = options.silenceMs ?? SILENCE_MS;
  return await persistently(async () => {
    const limit = new AbortController();
    const timer = setTimeout(() => limit.abort(), silenceMs);
    try {
      const headers = { ...index.headers, accept: ACCEPT };
      const response = await sendRequest(page, { headers, signal: limit.signal }, options);
      const base = response.url || page;
      const body = await response.text();
      const isJson = /json/i.test(response.headers.get("content-type") ?? "");
      return isJson ? parseJson(body, base) : parseSimpleHtml(body, base);
    } catch (error) {
      if (limit.signal.aborted) throw new PassingError(`no answer for ${silenceMs / 1000} s`);
      // Deno reports a broken connection as a TypeError.
      if (error instanceof TypeError) throw new PassingError(failureReason(error));
      throw error;
    } finally {
      clearTimeout(timer);
    }
  }, { retries: PAGE_RETRIES, ...options, giveUp: (trouble) => trouble });
}

function parseJson(body: string, base: string): ListedFile[] {
  const parsed = projectSchema.safeParse(JSON.parse(body));
  if (!parsed.success) throw new Error("the answer is no list of files (PEP 691)");
  return parsed.data.files.map(({ filename, url, hashes }) => ({
    filename,
    url: new URL(url, base).href,
    sha256: hashes.sha256?.toLowerCase(),
  }));
}

/**
 * The anchors of a project page (PEP 503): the text is the file's name, the address may end with
 * `#sha256=…`. A form this narrow needs no HTML parser.
 */
export function parseSimpleHtml(body: string, base: string): ListedFile[] {
  const files: ListedFile[] = [];
  const anchors = /<a\s[^>]*?href\s*=\s*(?:"([^"]*)"|'([^']*)')[^>]*>([^<]*)<\/a\s*>/gis;
  for (const [, double, single, text] of body.matchAll(anchors)) {
    const address = URL.parse(unescapeHtml(double ?? single ?? ""), base);
    if (address === null) continue;
    const sha256 = /^#sha256=([0-9a-f]{64})$/i.exec(address.hash)?.[1]?.toLowerCase();
    address.hash = "";
    files.push({ filename: unescapeHtml(text!).trim(), url: address.href, sha256 });
  }
  return files;
}

function unescapeHtml(text: string): string {
  const names: Record<string, string> = { amp: "&", lt: "<", gt: ">", quot: '"', "#39": "'" };
  return text.replace(/&(amp|lt|gt|quot|#39);/g, (_, name) => names[name]!);
}
