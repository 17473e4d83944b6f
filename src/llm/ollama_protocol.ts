import type { ChatRequest } from "ollama";
import { z } from "zod";

/** Fields that the server knows and the client's types (0.6.4) lack; the client sends them as they are. */
export interface StrictChatRequest extends ChatRequest {
  readonly stream: boolean;
  /** false: a prompt longer than the window is refused with 400 before any token is generated. */
  readonly truncate: false;
  /** false: generation ends at the window instead of forgetting the start of the prompt. */
  readonly shift: false;
}

const tokenLogprob = z.object({ token: z.string(), logprob: z.number() });

/** `POST /api/chat` with `stream: false`. Zero counts and durations are left out by the server. */
export const chatAnswerSchema = z.object({
  message: z.object({ content: z.string().default(""), thinking: z.string().optional() }),
  done: z.boolean().optional(),
  done_reason: z.string().optional(),
  prompt_eval_count: z.number().optional(),
  eval_count: z.number().optional(),
  logprobs: z.array(tokenLogprob.extend({ top_logprobs: z.array(tokenLogprob).optional() }))
    .nullish(),
});
/** What a chat call gave. */
export type ChatAnswer = z.infer<typeof chatAnswerSchema>;

/** `GET /api/version`. */
export const versionSchema = z.object({ version: z.string() });

/** `POST /api/show`; `model_info` holds `<architecture>.context_length`. */
export const showSchema = z.object({
  details: z.object({ quantization_level: z.string().optional() }).optional(),
  model_info: z.record(z.string(), z.unknown()).nullish(),
  capabilities: z.array(z.string()).nullish(),
});

/** `GET /api/tags`. */
export const tagsSchema = z.object({
  models: z.array(z.object({ name: z.string(), digest: z.string().optional() })).nullish(),
});

/** `GET /api/ps`: the models that are loaded; sizes in bytes. */
export const psSchema = z.object({
  models: z.array(z.object({
    name: z.string(),
    size: z.number().optional(),
    size_vram: z.number().optional(),
    context_length: z.number().optional(),
  })).nullish(),
});

/** Longest sequence the model was trained for, in tokens, where the server tells it. */
export function contextLengthOf(show: z.infer<typeof showSchema>): number | undefined {
  const info = show.model_info ?? {};
  const length = info[`${info["general.architecture"]}.context_length`];
  return typeof length === "number" && length > 0 ? length : undefined;
}

/** "cpu", "gpu" or "gpu 63 %" (share of the model in GPU memory); undefined where it is not told. */
export function deviceOf(loaded: { size?: number; size_vram?: number }): string | undefined {
  const { size, size_vram: onGpu } = loaded;
  if (size === undefined || onGpu === undefined || size <= 0) return undefined;
  if (onGpu <= 0) return "cpu";
  return onGpu >= size ? "gpu" : `gpu ${Math.round(100 * onGpu / size)} %`;
}

/** True if two names mean the same model: the tag `latest` and the default registry may be left out. */
export function sameModel(a: string, b: string): boolean {
  return canonicalName(a) === canonicalName(b);
}

function canonicalName(name: string): string {
  const short = name.toLowerCase().replace(/^registry\.ollama\.ai\//, "").replace(/^library\//, "");
  return /:[^/]*$/.test(short) ? short : `${short}:latest`;
}

/**
 * True if the server gave up because the model repeated itself: after more than 30 equal pieces in a
 * row Ollama (0.17.4) ends the answer with 200, `done: false`, and no reason and no counts. At
 * temperature 0 asking again gives the same, so this is an answer that was ended, not a lost one.
 */
export function endedByRepetition(answer: ChatAnswer): boolean {
  if (answer.done !== false) return false;
  const pieces = (answer.logprobs ?? []).map((one) => one.token.trim());
  const last = pieces.at(-1);
  if (last !== undefined) {
    return pieces.slice(-30).every((piece) => piece === last) && pieces.length >= 30;
  }
  // Without log-probabilities only the text is left; bounded, so that it cannot backtrack for long.
  return /(\S{1,12}?)(?:\s*\1){28,}\s*$|\s{30,}$/u.test(answer.message.content.slice(-600));
}
