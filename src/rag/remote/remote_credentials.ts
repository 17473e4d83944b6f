import { Buffer } from "node:buffer";
import { readDotenv, readVariable } from "../../settings/read_environment.ts";
import { UsageError } from "../../settings/usage_error.ts";
import type { RemoteProduct } from "./remote_address.ts";

/** Every variable that may hold a credential of a search server. */
export const CREDENTIAL_VARIABLES = {
  opensearch: ["HOUQA_OPENSEARCH_USER", "HOUQA_OPENSEARCH_PASSWORD", "HOUQA_OPENSEARCH_TOKEN"],
  qdrant: ["HOUQA_QDRANT_API_KEY"],
} as const;

/** What the environment is read from; replaced in tests. */
export interface CredentialSources {
  readonly readVariable: (name: string) => string | undefined;
  readonly dotenv: Readonly<Record<string, string | undefined>>;
}

/**
 * Gives the headers that name the user. A function, so that no dump of options holds a password.
 * @param headers of the next request; empty where no credential is set.
 */
export type Credentials = () => Readonly<Record<string, string>>;

/**
 * Reads the credentials for a product from the environment, then from `.env`: a user and password
 * (basic authentication) or a token (bearer) for OpenSearch, an API key for Qdrant.
 * @throws {UsageError} for a value that can't be sent, which is not shown.
 * @throws {Deno.errors.NotCapable} when a variable may not be read.
 */
export function remoteCredentials(
  product: RemoteProduct,
  sources: Partial<CredentialSources> = {},
): Credentials {
  const dotenv = sources.dotenv ?? readDotenv();
  const read = sources.readVariable ?? readVariable;
  const valueOf = (name: string) => (read(name) || dotenv[name] || "").trim() || undefined;
  if (product === "qdrant") {
    const key = checkHeader("HOUQA_QDRANT_API_KEY", valueOf("HOUQA_QDRANT_API_KEY"));
    return (): Record<string, string> => key === undefined ? {} : { "api-key": key };
  }
  const [userName, passwordName, tokenName] = CREDENTIAL_VARIABLES.opensearch;
  const user = valueOf(userName);
  const password = valueOf(passwordName);
  const token = checkHeader(tokenName, valueOf(tokenName));
  if ((user === undefined) !== (password === undefined)) {
    throw new UsageError(
      `${user === undefined ? userName : passwordName} is not set, but ` +
        `${user === undefined ? passwordName : userName} is. Set both, or neither.`,
    );
  }
  if (user !== undefined && token !== undefined) {
    throw new UsageError(`${userName} and ${tokenName} are both set. Leave one of them out.`);
  }
  if (user?.includes(":")) {
    throw new UsageError(`${userName} holds a colon, which basic authentication has no form for.`);
  }
  return (): Record<string, string> => {
    if (token !== undefined) return { authorization: `Bearer ${token}` };
    if (user === undefined) return {};
    return { authorization: `Basic ${Buffer.from(`${user}:${password}`).toString("base64")}` };
  };
}

/** What can't stand in a header is refused here, where no error message shows it. */
function checkHeader(name: string, value: string | undefined): string | undefined {
  if (value === undefined || /^[\x21-\x7e]+$/.test(value)) return value;
  throw new UsageError(
    `${name} holds characters that can't be sent, such as spaces. Copy it again.`,
  );
}
