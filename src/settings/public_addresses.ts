import { readDotenv, readVariable } from "./read_environment.ts";

/** Public addresses that houqa itself calls for its users; each can be replaced by a variable. */
const PUBLIC_ADDRESSES = {
  /** Raw files of the lawqa_jp repository, without commit and path. */
  lawqa: {
    env: "HOUQA_LAWQA_URL",
    fallback: "https://raw.githubusercontent.com/digital-go-jp/lawqa_jp",
  },
  /** The Hugging Face hub, or a mirror that speaks its API. */
  hub: {
    env: "HF_ENDPOINT",
    fallback: "https://huggingface.co",
  },
  /** Python's package index, which serves NVIDIA's libraries too. */
  pypi: {
    env: "PIP_INDEX_URL",
    fallback: "https://pypi.org/simple",
  },
  /** The npm registry. */
  npm: {
    env: "NPM_CONFIG_REGISTRY",
    fallback: "https://registry.npmjs.org",
  },
} as const;

/** The address in force: the variable's (environment, then `.env`), else the public one. */
export function publicAddress(name: keyof typeof PUBLIC_ADDRESSES): string {
  const { env, fallback } = PUBLIC_ADDRESSES[name];
  return (readVariable(env) || readDotenv()[env] || fallback).replace(/\/+$/, "");
}

/** The public address, whatever a variable says. */
export function defaultAddress(name: keyof typeof PUBLIC_ADDRESSES): string {
  return PUBLIC_ADDRESSES[name].fallback;
}
