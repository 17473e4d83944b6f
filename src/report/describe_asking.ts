import type { ResultFile } from "../eval/result_schema.ts";

/** A run's model and the way it was asked, in Japanese. */
export function describeRun(
  { config, provenance: { llm } }: ResultFile,
): { model: string; asking: string } {
  const details = [llm.dtype, llm.device].filter((detail) => detail !== undefined).join("、");
  const context = {
    none: "条文なし",
    gold: "正しい条文",
    retrieved: `検索（${config.retriever_type}、${config.rerank_top_n ?? config.top_k} 件、` +
      `${config.corpus}）`,
  }[config.context];
  return {
    model: `${llm.model}${llm.adapter === undefined ? "" : ` + ${llm.adapter}`}` +
      (details === "" ? "" : `（${details}）`),
    asking: [
      config.llm_backend === "baseline" ? "規則" : config.cot_enabled ? "CoT" : "direct",
      config.few_shot_enabled ? "例題あり" : "例題なし",
      context,
      ...(config.answer_mode === "score"
        ? ["4 文字の確率"]
        : config.structured_output
        ? ["1 文字に制限"]
        : []),
      ...(config.think ? ["thinking"] : []),
      ...(config.ensemble_runs === null
        ? []
        : [`多数決 ${config.ensemble_runs} ${config.llm_backend === "vote" ? "結果" : "回"}`]),
      ...(config.temperature === 0 ? [] : [`温度 ${config.temperature}`]),
    ].join("、"),
  };
}

/** Whether two runs got the same questions in the same way, whatever model answered. */
export function isSameAsking(one: ResultFile, other: ResultFile): boolean {
  return one.provenance.dataset.sha256 === other.provenance.dataset.sha256 &&
    one.summary.total_count === other.summary.total_count &&
    one.config.max_tokens === other.config.max_tokens &&
    describeRun(one).asking === describeRun(other).asking;
}
