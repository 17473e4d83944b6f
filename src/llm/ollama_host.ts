import { maskUserInfo } from "../settings/mask_user_info.ts";
import { UsageError } from "../settings/usage_error.ts";

/** Where an Ollama server listens, normalised. */
export interface OllamaHost {
  /** `http(s)://host:port[/path]` with an explicit port, without user name and final slash. */
  readonly baseUrl: string;
  /** For messages: like `baseUrl`, with a user name and password shown as `***`. */
  readonly display: string;
  /** What Deno's `--allow-net=` must name, e.g. `127.0.0.1:11434` or `[::1]:11434`. */
  readonly netPermission: string;
  /** Headers for every request: `Authorization` where the address names a user. */
  readonly headers: Readonly<Record<string, string>>;
  /** True for this machine itself, which is never reached through a proxy. */
  readonly loopback: boolean;
}

const FORMS =
  "host, host:port, :port, [IPv6]:port, or http(s)://[user:password@]host[:port][/path]";
/** An address to bind to is none to connect to: the loopback address of the same family is meant. */
const BIND_ADDRESSES: Readonly<Record<string, string>> = {
  "0.0.0.0": "127.0.0.1",
  "[::]": "[::1]",
};

/**
 * Reads an address written as in `OLLAMA_HOST`, by Ollama's own rules: the default is
 * 127.0.0.1:11434, an explicit `http://` without a port means 80 and `https://` 443, quotes around
 * the value are dropped. Unlike Ollama, which falls back to the default port with a warning, a wrong
 * port is an error.
 * @throws {UsageError} when the text is no such address; a password in it is not shown.
 */
export function parseOllamaHost(text: string): OllamaHost {
  const trimmed = text.trim().replace(/^["']+|["']+$/g, "").trim();
  const fail = (reason: string): never => {
    const shown = maskUserInfo(trimmed);
    throw new UsageError(
      `The Ollama host "${shown}" ${reason}. Allowed are ${FORMS}; set it in OLLAMA_HOST.`,
    );
  };

  const [, schemeText, rest = ""] = /^(?:([^/]*?):\/\/)?(.*)$/s.exec(trimmed) ?? [];
  const scheme = (schemeText ?? (trimmed === "ollama.com" ? "https" : "http")).toLowerCase();
  if (scheme !== "http" && scheme !== "https") fail(`has the unknown scheme "${schemeText}"`);
  if (/[\s?#]/.test(rest)) fail("holds a space, a query or a fragment");

  const slash = rest.indexOf("/");
  const authority = slash < 0 ? rest : rest.slice(0, slash);
  const path = slash < 0 ? "" : rest.slice(slash).replace(/\/+$/, "");
  if (path.includes("@")) fail('has an "@" after a slash (in a password, write a slash as %2F)');
  const at = authority.lastIndexOf("@");
  const credentials = authority.slice(0, Math.max(at, 0));
  const { hostText, portText } = splitHostPort(authority.slice(at + 1)) ??
    fail("has no readable host and port");

  const implicit = schemeText === undefined && trimmed !== "ollama.com";
  const port = portText === undefined
    ? (implicit ? 11434 : scheme === "https" ? 443 : 80)
    : Number(portText);
  if (portText !== undefined && (!/^\d{1,5}$/.test(portText) || port < 1 || port > 65535)) {
    fail(`has the port "${portText}", which is not a number from 1 to 65535`);
  }

  let hostname: string;
  try {
    hostname = new URL(`http://${hostText === "" ? "127.0.0.1" : hostText}`).hostname;
  } catch {
    return fail("has no valid host name");
  }
  hostname = BIND_ADDRESSES[hostname] ?? hostname;
  if (!/^(?:\[[0-9a-f:.]+\]|[a-z0-9._-]+)$/i.test(hostname)) fail("has no readable host");
  const address = `${hostname}:${port}`;
  return {
    baseUrl: `${scheme}://${address}${path}`,
    display: `${scheme}://${at < 0 ? "" : "***@"}${address}${path}`,
    netPermission: address,
    headers: at < 0 ? {} : { Authorization: basicAuthorization(credentials) },
    loopback: hostname === "localhost" || hostname === "[::1]" || /^127\./.test(hostname),
  };
}

/** Splits `host`, `host:port`, `:port`, `::1`, `[::1]` and `[::1]:port`; the host keeps brackets. */
function splitHostPort(text: string): { hostText: string; portText?: string } | undefined {
  const bracketed = /^(\[[^\]]*\])(?::(.*))?$/.exec(text);
  if (bracketed) return { hostText: bracketed[1] ?? "", portText: bracketed[2] };
  const colons = text.split(":").length - 1;
  if (colons > 1) return { hostText: `[${text}]` };
  if (text.includes("[") || text.includes("]")) return undefined;
  const [hostText = "", portText] = text.split(":");
  return { hostText, portText };
}

/** The Basic scheme of RFC 7617 with UTF-8; the parts may be percent-encoded as in URLs. */
function basicAuthorization(credentials: string): string {
  const decoded = credentials.replace(/%[0-9a-f]{2}(?:%[0-9a-f]{2})*/gi, (escaped) => {
    try {
      return decodeURIComponent(escaped);
    } catch {
      return escaped;
    }
  });
  const withColon = decoded.includes(":") ? decoded : `${decoded}:`;
  return `Basic ${btoa(String.fromCharCode(...new TextEncoder().encode(withColon)))}`;
}
