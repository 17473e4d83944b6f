import { getLogger } from "@logtape/logtape";
import { ORDER_NAMES } from "../dataset/choice_orders.ts";
import type { LlmIdentity } from "../llm/llm.ts";
import { PROMPT_VERSION } from "../prompt/render_prompt.ts";
import type { EvaluationConfig } from "../settings/evaluation_config.ts";
import type { PreparedEvaluation } from "./prepare_evaluation.ts";

const log = getLogger(["houqa", "eval"]);

/** Logs how a run asks, before it does. */
export function logAsking(
  config: EvaluationConfig,
  prepared: PreparedEvaluation,
  { backend, device, numCtx }: LlmIdentity,
): void {
  // The hf backend has said where and why already.
  if (device !== undefined && backend !== "hf") log.info("Device: {device}", { device });
  log.info("Context mode: {mode}", { mode: config.contextMode });
  if (prepared.retriever !== undefined) {
    log.info("Top-k: {topK}", { topK: config.topK });
    const { type, corpus } = prepared.retriever;
    log.info("Retriever: {type} over {corpus}", { type, corpus });
  }
  if (config.search?.reranker !== undefined) {
    const { keep, reranker: { model, candidates } } = config.search;
    log.info("Reranker: {model} reads {candidates} articles, {keep} are shown", {
      model,
      candidates,
      keep,
    });
  }
  if (prepared.room !== undefined) {
    const { tokens } = prepared.room;
    log.info("Room for statutes: {tokens} tokens a question (estimated)", { tokens });
  }
  if (prepared.retriever !== undefined && config.search === undefined) {
    log.info(
      "Retrieval searches the contexts of the question file itself (corpus: dataset). Each " +
        "question's own is among them and nearly always found: close to --context gold, and not " +
        "comparable with a search in all laws.",
    );
  }
  if (config.orders > 1) {
    log.info("Orders of the choices: {orders} ({count} answers a question)", {
      orders: ORDER_NAMES.join(", "),
      count: ORDER_NAMES.length * config.ensemble,
    });
  }
  if (config.baseline !== undefined) return;
  const isScored = config.llm.answerMode === "score";
  log.info("Prompt: {mode}, {examples}, version {version}{form}", {
    mode: config.mode,
    examples: config.fewShot ? "few-shot" : "zero-shot",
    version: PROMPT_VERSION,
    form: isScored
      ? ", letters scored by one pass"
      : config.structured
      ? ", answer constrained to one letter"
      : "",
  });
  if (isScored) return;
  log.info("Answers: at most {maxTokens} tokens, temperature {temperature}, seed {seed}", {
    maxTokens: config.maxTokens,
    temperature: config.temperature,
    seed: config.seed,
  });
  if (numCtx !== undefined) log.info("Context window: {numCtx} tokens", { numCtx });
}
