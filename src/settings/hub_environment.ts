import { isAbsolute, join, resolve } from "node:path";
import { maskUserInfo } from "./mask_user_info.ts";
import { publicAddress } from "./public_addresses.ts";
import { readDotenv, readVariable } from "./read_environment.ts";
import { truthValue } from "./setting_schemas.ts";
import { UsageError } from "./usage_error.ts";

/** Where models come from and where they are kept, as Python's huggingface_hub reads it. */
export interface HubEnvironment {
  /** The hub's address without a slash at the end: `HF_ENDPOINT`. */
  readonly endpoint: string;
  /**
   * The Hugging Face cache: `HF_HUB_CACHE`, else `$HF_HOME/hub`. Looked for when it is asked for, so
   * that nobody has to name a folder that is not used.
   * @throws {UsageError} where neither these nor HOME say where it is.
   */
  readonly hubCache: string;
  /** `HF_HUB_OFFLINE`: only what is in the cache. */
  readonly offline: boolean;
  /** houqa's own cache: `HOUQA_CACHE`, in the same way. Exports are below it. */
  readonly houqaCache: string;
  /** The access token: `HF_TOKEN`, else `$HF_HOME/token`. A function, so that no dump holds it. */
  readonly token: () => string | undefined;
}

/** What the environment is read from; replaced in tests. */
export interface HubEnvironmentSources {
  readonly readVariable: (name: string) => string | undefined;
  readonly dotenv: Readonly<Record<string, string | undefined>>;
  /** The hub's address in force. */
  readonly endpoint: string;
}

/**
 * Reads the environment and `.env`; an empty value counts as not set.
 * @throws {UsageError} for a value that can't be used.
 * @throws {Deno.errors.NotCapable} when a variable may not be read.
 */
export function hubEnvironment(sources: Partial<HubEnvironmentSources> = {}): HubEnvironment {
  const dotenv = sources.dotenv ?? readDotenv();
  const read = sources.readVariable ?? readVariable;
  const valueOf = (name: string) => (read(name) || dotenv[name] || "").trim() || undefined;
  const home = () => {
    const folder = valueOf("HOME") ?? (Deno.build.os === "windows" && valueOf("USERPROFILE"));
    if (folder) return folder;
    throw new UsageError("HOME is not set; set HF_HOME and HOUQA_CACHE to the cache folders.");
  };
  const folder = (value: string) => {
    const expanded = /^~(?=[/\\]|$)/.test(value) ? join(home(), value.slice(1)) : value;
    return isAbsolute(expanded) ? expanded : resolve(expanded);
  };
  const caches = () => folder(valueOf("XDG_CACHE_HOME") ?? join(home(), ".cache"));
  const hfHome = () => folder(valueOf("HF_HOME") ?? join(caches(), "huggingface"));
  return {
    endpoint: checkEndpoint(sources.endpoint ?? publicAddress("hub")),
    get hubCache() {
      return folder(valueOf("HF_HUB_CACHE") ?? join(hfHome(), "hub"));
    },
    offline: isOn("HF_HUB_OFFLINE", valueOf("HF_HUB_OFFLINE")),
    get houqaCache() {
      return folder(valueOf("HOUQA_CACHE") ?? join(caches(), "houqa"));
    },
    token: () => checkToken(valueOf("HF_TOKEN") ?? readToken(join(hfHome(), "token"))),
  };
}

function checkEndpoint(endpoint: string): string {
  const url = URL.parse(endpoint);
  if (url !== null && /^https?:$/.test(url.protocol)) return endpoint;
  throw new UsageError(
    `HF_ENDPOINT is "${maskUserInfo(endpoint)}", which is no http or https address. ` +
      "Leave it out for https://huggingface.co.",
  );
}

function isOn(name: string, value: string | undefined): boolean {
  const parsed = truthValue.safeParse(value ?? "false");
  if (parsed.success) return parsed.data;
  throw new UsageError(`${name} is "${value}", but must be true or false (also 1/0, yes/no).`);
}

/** What can't stand in a header is refused here, where no error message shows it. */
function checkToken(token: string | undefined): string | undefined {
  if (token === undefined || /^[\x21-\x7e]+$/.test(token)) return token;
  throw new UsageError(
    "HF_TOKEN (or $HF_HOME/token) holds characters that no token has, such as spaces. " +
      "Copy the token again.",
  );
}

/** The file that `hf auth login` writes. One that can't be read counts as absent: most models are public. */
function readToken(path: string): string | undefined {
  try {
    return Deno.readTextFileSync(path).trim() || undefined;
  } catch {
    return undefined;
  }
}
