import { LIVE_SCRIPT, PAGE_SCRIPT, PAGE_STYLE } from "../html/page_assets.ts";
import type { LiveData } from "../html/page/live_data.ts";
import { livePage } from "./live_page.ts";

/** What the server shows. */
export interface WatchedRuns {
  /** Where all runs stand. */
  look(): Promise<LiveData>;
  /** The report of finished runs, as HTML. */
  report(): Promise<string>;
}

/**
 * Answers requests of a browser on this machine, and no others: only GET, only under a name of this
 * machine (a page elsewhere whose name is made to point here is refused by its Host header), and only
 * below a path that is told to the user alone.
 * @param port that the server listens on.
 * @param key first part of every path.
 */
export async function watchHandler(
  runs: WatchedRuns,
  port: number,
  key: string,
): Promise<(request: Request) => Promise<Response>> {
  const headers = { ...COMMON_HEADERS, "content-security-policy": await policy() };
  const refuse = (status: number, text: string, more: Record<string, string> = {}) =>
    new Response(`${text}\n`, {
      status,
      headers: { ...headers, ...more, "content-type": "text/plain; charset=utf-8" },
    });
  const hosts = new Set([`127.0.0.1:${port}`, `localhost:${port}`]);
  return async (request) => {
    if (!hosts.has(request.headers.get("host") ?? "")) {
      return refuse(403, "This server answers under the name 127.0.0.1 only.");
    }
    if (request.headers.get("sec-fetch-site") === "cross-site") {
      return refuse(403, "This server answers no other page.");
    }
    if (request.method !== "GET") return refuse(405, "Only GET.", { allow: "GET" });
    const { pathname } = new URL(request.url);
    if (pathname === `/${key}/state`) {
      return new Response(JSON.stringify(await runs.look()), {
        headers: { ...headers, "content-type": "application/json; charset=utf-8" },
      });
    }
    if (pathname !== `/${key}/`) {
      return refuse(404, "Not found. Open the address that was printed.");
    }
    const { isFinished } = await runs.look();
    return new Response(isFinished ? await runs.report() : livePage(), {
      headers: { ...headers, "content-type": "text/html; charset=utf-8" },
    });
  };
}

const COMMON_HEADERS = {
  "cache-control": "no-store",
  "cross-origin-opener-policy": "same-origin",
  "cross-origin-resource-policy": "same-origin",
  "referrer-policy": "no-referrer",
  "x-content-type-options": "nosniff",
  "x-frame-options": "DENY",
};

/** Allows the two pages' own scripts and style, and asking this server. */
async function policy(): Promise<string> {
  const [page, live, style] = await Promise.all(
    [PAGE_SCRIPT, LIVE_SCRIPT, PAGE_STYLE].map(async (text) => {
      const hash = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(text));
      return `'sha256-${btoa(String.fromCharCode(...new Uint8Array(hash)))}'`;
    }),
  );
  return [
    "default-src 'none'",
    `script-src ${page} ${live}`,
    `style-src ${style}`,
    "connect-src 'self'",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
    "require-trusted-types-for 'script'",
  ].join("; ");
}
