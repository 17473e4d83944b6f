import { UsageError } from "../../settings/usage_error.ts";
import type { Pooling } from "./embedder.ts";

/** Pooling that is done here. */
export type StatePooling = Exclude<Pooling, "graph" | "server">;

/**
 * The older spelling, one flag each. The mean divided by another number points in the same direction
 * as the mean, and only the direction counts.
 */
const FLAGS: Readonly<Record<string, StatePooling | undefined>> = {
  pooling_mode_cls_token: "cls",
  pooling_mode_mean_tokens: "mean",
  pooling_mode_mean_sqrt_len_tokens: "mean",
  pooling_mode_lasttoken: "last_token",
  pooling_mode_max_tokens: undefined,
  pooling_mode_weightedmean_tokens: undefined,
};
/** The newer spelling. */
const MODES: Readonly<Record<string, StatePooling>> = {
  cls: "cls",
  mean: "mean",
  mean_sqrt_len_tokens: "mean",
  lasttoken: "last_token",
};

/**
 * What `1_Pooling/config.json` of sentence-transformers asks for.
 * @param path only for messages.
 * @throws {UsageError} for pooling that is not done here.
 */
export function readPooling(
  config: Readonly<Record<string, unknown>>,
  path: string,
): StatePooling {
  if (config.include_prompt === false) {
    throw new UsageError(
      `${path}: include_prompt is false: pooling that leaves out the prompt is not supported.`,
    );
  }
  const { pooling_mode: mode } = config;
  const asked = mode === undefined
    ? Object.keys(FLAGS).filter((flag) => config[flag] === true)
    : [mode].flat().map(String);
  const [first] = asked;
  const pooling = first === undefined
    ? undefined
    : mode === undefined
    ? FLAGS[first]
    : MODES[first];
  if (pooling !== undefined && asked.length === 1) return pooling;
  throw new UsageError(
    `${path}: the pooling ${asked.join(" and ") || "(none)"} is not supported; ` +
      "supported are the mean, the first token (cls) and the last token, one of them.",
  );
}
