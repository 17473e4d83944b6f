import { maskUserInfo } from "../../settings/mask_user_info.ts";
import { UsageError } from "../../settings/usage_error.ts";

/** A search server that houqa can use instead of its own index files. */
export type RemoteProduct = "opensearch" | "qdrant";

/** An index on a server. */
export interface RemoteAddress {
  readonly product: RemoteProduct;
  /** `http(s)://host:port[/path]`, with the port always and without a slash at the end. */
  readonly baseUrl: string;
  /** The index's name there: an alias that points to the real index or collection. */
  readonly name: string;
  /** What Deno's `--allow-net=` must name: `host:port`. */
  readonly netPermission: string;
  /** True for this machine itself. */
  readonly isLoopback: boolean;
  /** For messages; holds no password, because an address with one is refused. */
  readonly display: string;
}

const DEFAULT_PORTS = { opensearch: 9200, qdrant: 6333 } as const;
const FORMS = "opensearch+https://host[:9200]/name or qdrant+https://host[:6333]/name";
/** Valid in both products, with room for what is put behind it. */
const NAME = /^[a-z0-9][a-z0-9_-]{0,99}$/;

/**
 * Reads `opensearch[+http|+https]://host[:port][/path]/name` or the same with `qdrant`. Without
 * `+http` or `+https`, this machine is asked by plain HTTP and every other by HTTPS.
 * @returns undefined where the text begins with neither product: a folder is meant.
 * @throws {UsageError} for an address that can't be used; a password in it is not shown.
 */
export function parseRemoteAddress(text: string): RemoteAddress | undefined {
  const match = /^(opensearch|qdrant)(\+[a-z0-9]+)?:\/\/(.*)$/is.exec(text.trim());
  if (match === null) return undefined;
  const product = match[1]!.toLowerCase() as RemoteProduct;
  const transport = match[2]?.slice(1).toLowerCase();
  const rest = match[3]!;
  const fail = (reason: string): never => {
    throw new UsageError(
      `The index address "${maskUserInfo(text.trim())}" ${reason}. Allowed is ${FORMS}.`,
    );
  };
  if (transport !== undefined && transport !== "http" && transport !== "https") {
    fail(`has the unknown transport "+${transport}"`);
  }
  if (rest.includes("@")) {
    fail(
      "holds a user name or password, which would be seen in lists of processes; " +
        `set ${credentialVariables(product)} instead`,
    );
  }
  if (/[\s?#]/.test(rest)) fail("holds a space, a query or a fragment");
  const [, authority = "", path = ""] = /^([^/]*)(.*)$/s.exec(rest)!;
  // The schemes' own default ports can't be told from absent ones once a URL is parsed.
  const hasPort = /:\d+$/.test(authority);
  const url = URL.parse(`https://${authority}${hasPort ? "" : `:${DEFAULT_PORTS[product]}`}/`) ??
    fail("has no readable host and port");
  const [name = "", ...prefix] = path.split("/").filter((part) => part !== "").reverse();
  if (name === "") fail("names no index behind the host");
  if (!NAME.test(name)) {
    fail(
      `names the index "${name}"; allowed are lower-case letters, digits, "-" and "_", at most 100`,
    );
  }
  const isLoopback = /^(localhost|127(\.\d+){3}|\[::1\])$/.test(url.hostname);
  const scheme = transport ?? (isLoopback ? "http" : "https");
  const host = `${url.hostname}:${url.port || 443}`;
  const baseUrl = [`${scheme}://${host}`, ...prefix.reverse()].join("/");
  return {
    product,
    baseUrl,
    name,
    netPermission: host,
    isLoopback,
    display: `${product}+${baseUrl}/${name}`,
  };
}

/**
 * The address of a server that must be of one product.
 * @throws {UsageError} for a folder, or the address of the other product.
 */
export function requireRemoteAddress(text: string, product: RemoteProduct): RemoteAddress {
  const address = parseRemoteAddress(text);
  if (address?.product === product) return address;
  throw new UsageError(
    `"${maskUserInfo(text.trim())}" is no address of ${PRODUCT_NAMES[product]}, which is needed ` +
      `here: ${product}+https://host[:${DEFAULT_PORTS[product]}]/name.`,
  );
}

/** The variables that hold what a product wants to know of its users, for messages. */
export function credentialVariables(product: RemoteProduct): string {
  return product === "opensearch"
    ? "HOUQA_OPENSEARCH_USER and HOUQA_OPENSEARCH_PASSWORD (or HOUQA_OPENSEARCH_TOKEN)"
    : "HOUQA_QDRANT_API_KEY";
}

/** The product's name as it writes itself. */
export const PRODUCT_NAMES: Readonly<Record<RemoteProduct, string>> = {
  opensearch: "OpenSearch",
  qdrant: "Qdrant",
};
