import { join } from "node:path";
import { publicAddress } from "./public_addresses.ts";
import { readDotenv, readVariable } from "./read_environment.ts";

/** An address as the user gave it (it may hold a password), and where it came from. */
export interface GivenAddress {
  readonly text: string;
  /** For messages, e.g. `PIP_INDEX_URL` or `/etc/pip.conf`. */
  readonly origin: string;
}

/** What the addresses are read from; replaced in tests. */
export interface PackageIndexSources {
  readonly variable: (name: string) => string | undefined;
  /** Undefined for a file that isn't there or may not be read. */
  readonly readText: (path: string) => string | undefined;
}

const SOURCES: PackageIndexSources = {
  variable: (name) => readVariable(name) || readDotenv()[name] || undefined,
  readText(path) {
    try {
      return Deno.readTextFileSync(path);
    } catch {
      return undefined;
    }
  },
};

/**
 * Where pip would look for packages: `PIP_INDEX_URL`, else `index-url` of pip's configuration files
 * (the user's before the machine's, only `PIP_CONFIG_FILE` where it is set), else pypi.org; behind it
 * `PIP_EXTRA_INDEX_URL` or `extra-index-url`.
 */
export function packageIndexes(sources: PackageIndexSources = SOURCES): GivenAddress[] {
  const { variable } = sources;
  const files = configurationFiles(variable).map((path) => ({
    path,
    settings: parsePipConfiguration(sources.readText(path) ?? ""),
  }));
  const find = (name: string, key: string): GivenAddress | undefined => {
    const given = variable(name)?.trim();
    if (given) return { text: given, origin: name };
    const file = files.find(({ settings }) => settings.get(key));
    return file && { text: file.settings.get(key)!, origin: file.path };
  };
  const first = find("PIP_INDEX_URL", "index-url") ??
    { text: publicAddress("pypi"), origin: "default" };
  const extra = find("PIP_EXTRA_INDEX_URL", "extra-index-url");
  const extras = extra?.text.split(/\s+/).map((text) => ({ text, origin: extra.origin })) ?? [];
  return [first, ...extras];
}

/** Where npm's packages come from: `NPM_CONFIG_REGISTRY`, else registry.npmjs.org. */
export function packageRegistry(): GivenAddress {
  return { text: publicAddress("npm"), origin: "NPM_CONFIG_REGISTRY" };
}

/** In the order of pip's documentation, the strongest first. */
function configurationFiles(variable: PackageIndexSources["variable"]): string[] {
  const only = variable("PIP_CONFIG_FILE");
  if (only) return [only];
  const home = variable("HOME");
  const own = variable("XDG_CONFIG_HOME") ?? (home && join(home, ".config"));
  const environment = variable("VIRTUAL_ENV");
  return [
    ...(environment ? [join(environment, "pip.conf")] : []),
    ...(own ? [join(own, "pip", "pip.conf")] : []),
    ...(home ? [join(home, ".pip", "pip.conf")] : []),
    "/etc/xdg/pip/pip.conf",
    "/etc/pip.conf",
  ];
}

/** The keys of `[global]`, `[download]` and `[install]`; indented lines continue a value. */
function parsePipConfiguration(text: string): Map<string, string> {
  const settings = new Map<string, string>();
  let section = "";
  let key = "";
  for (const line of text.split(/\r?\n/)) {
    if (/^\s*([#;]|$)/.test(line)) continue;
    const header = /^\[([^\]]+)\]/.exec(line);
    if (header !== null) {
      section = header[1]!.trim().toLowerCase();
      key = "";
      continue;
    }
    if (!["global", "download", "install"].includes(section)) continue;
    const pair = /^([\w-]+)\s*[=:]\s*(.*)$/.exec(line);
    if (pair !== null) {
      key = pair[1]!.toLowerCase().replaceAll("_", "-");
      settings.set(key, pair[2]!.trim());
    } else if (key !== "") {
      settings.set(key, `${settings.get(key)} ${line.trim()}`.trim());
    }
  }
  return settings;
}
