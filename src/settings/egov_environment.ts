import { maskUserInfo } from "./mask_user_info.ts";
import { readDotenv, readVariable } from "./read_environment.ts";
import { UsageError } from "./usage_error.ts";

/** Where laws are fetched from: e-Gov, or a mirror of it. */
export interface EgovEnvironment {
  /** The law API, version 2, without a slash at the end: `HOUQA_EGOV_API_URL`. */
  readonly apiUrl: string;
  /** The archive of all laws in force: `HOUQA_EGOV_BULK_URL`. */
  readonly bulkUrl: string;
}

/** What the environment is read from; replaced in tests. */
export interface EgovEnvironmentSources {
  readonly readVariable: (name: string) => string | undefined;
  readonly dotenv: Readonly<Record<string, string | undefined>>;
}

/** The addresses of the Digital Agency's law service, each with the variable that replaces it. */
const ADDRESSES = {
  apiUrl: { env: "HOUQA_EGOV_API_URL", fallback: "https://laws.e-gov.go.jp/api/2" },
  bulkUrl: {
    env: "HOUQA_EGOV_BULK_URL",
    fallback: "https://laws.e-gov.go.jp/bulkdownload?file_section=1&only_xml_flag=true",
  },
} as const;

/**
 * Reads the environment and `.env`; an empty value counts as not set.
 * @throws {UsageError} for a value that is no http or https address.
 * @throws {Deno.errors.NotCapable} when a variable may not be read.
 */
export function egovEnvironment(sources: Partial<EgovEnvironmentSources> = {}): EgovEnvironment {
  const dotenv = sources.dotenv ?? readDotenv();
  const read = sources.readVariable ?? readVariable;
  const address = ({ env, fallback }: { readonly env: string; readonly fallback: string }) => {
    const value = (read(env) || dotenv[env] || fallback).trim();
    const url = URL.parse(value);
    if (url !== null && /^https?:$/.test(url.protocol)) return value.replace(/\/+$/, "");
    throw new UsageError(
      `${env} is "${maskUserInfo(value)}", which is no http or https address. ` +
        `Leave it out for ${fallback}.`,
    );
  };
  return { apiUrl: address(ADDRESSES.apiUrl), bulkUrl: address(ADDRESSES.bulkUrl) };
}
