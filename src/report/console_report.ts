import { LETTERS } from "../dataset/question.ts";
import type { ResultFile, Summary } from "../eval/result_schema.ts";
import { row } from "./console_row.ts";
import { pValue, share } from "./figures.ts";
import { calibrationLines, orderLines } from "./order_lines.ts";

export { share } from "./figures.ts";

const RULE = "=".repeat(64);

/** ANSI styling that can be switched off. */
interface Paint {
  readonly bold: (text: string) => string;
  readonly yellow: (text: string) => string;
}

/**
 * The block a run ends with, as lines of text without a final newline.
 * @param outputPath where the result file is.
 * @param color ANSI escapes for a terminal.
 */
export function renderConsoleReport(
  result: ResultFile,
  outputPath: string,
  color: boolean,
): string {
  const { summary, config, provenance } = result;
  const paint = createPaint(color);
  const lines = [
    RULE,
    paint.bold("EVALUATION RESULTS"),
    RULE,
    row("Model", describeModel(result)),
    row("Asked", describeAsking(config)),
    "",
    row("Total Samples", String(summary.total_count)),
    row("Correct", String(summary.correct_count)),
    row("Incorrect", String(summary.wrong_count)),
    row(
      "Accuracy",
      paint.bold(`${share(summary.accuracy)} (${summary.correct_count}/${summary.total_count})`) +
        (summary.answered_count === 0
          ? ", nothing was answered"
          : `, 95 % interval ${share(summary.accuracy_interval.low)} to ${
            share(summary.accuracy_interval.high)
          }`),
    ),
  ];
  if (summary.accuracy_answered !== undefined && summary.answered_count < summary.total_count) {
    lines.push(row(
      "of answered",
      `${share(summary.accuracy_answered)} (${summary.correct_count}/${summary.answered_count})`,
    ));
  }
  lines.push(
    row("Floor", describeFloors(summary)),
    "",
    "Error Analysis",
    ...errorLines(summary),
    "",
    row("Letters", `${LETTERS.map((letter) => letter.padStart(5)).join("")}  none error`),
    row("  predicted", letterRow(summary.predicted_letters) + noneColumns(summary)),
    row("  gold", letterRow(summary.gold_letters)),
  );
  const takeover = summary.letter_takeover;
  if (takeover !== undefined) {
    lines.push(paint.yellow(
      `WARNING: ${takeover.count} of ${takeover.answered} answers are "${takeover.letter}" ` +
        `(expected about ${share(takeover.expected_share)}; exact test p = ${
          pValue(takeover.p_value)
        }). ` +
        "This looks like a collapse, not like chance: do not read the accuracy as knowledge.",
    ));
  }
  if (summary.orders !== undefined) lines.push("", ...orderLines(summary.orders, paint.yellow));
  if (summary.calibration !== undefined) lines.push("", ...calibrationLines(summary.calibration));
  if (summary.retrieval !== undefined) {
    const { found_count: found, question_count: asked } = summary.retrieval;
    const recall = summary.recall_at_k === undefined
      ? "nothing in the index settles a question"
      : `${share(summary.recall_at_k)} (${found}/${asked})`;
    const shown = config.rerank_top_n ?? config.top_k;
    lines.push("", row("Retrieval", `right one among the first ${shown}: ${recall}`));
    const split = summary.accuracy_by_retrieval;
    if (split !== undefined) {
      const groups = {
        "found": split.found,
        "not found": split.not_found,
        "not in index": split.not_in_corpus,
      };
      for (const [name, hits] of Object.entries(groups)) {
        if (hits === undefined || hits.total_count === 0) continue;
        const accuracy = `${share(hits.correct_count / hits.total_count)} `;
        lines.push(
          row(`  ${name}`, `accuracy ${accuracy}(${hits.correct_count}/${hits.total_count})`),
        );
      }
    }
  }
  if (summary.recall !== undefined) {
    const { questions, any_at: any, mrr_at_10: mrr } = summary.recall;
    const counts = Object.entries(any).map(([depth, found]) => `@${depth} ${found}`).join("  ");
    lines.push(
      row("  Search", `a right article ${counts}  of ${questions}; MRR ${mrr?.toFixed(3) ?? "-"}`),
    );
    const missing = summary.recall.not_in_corpus;
    if (missing !== undefined) {
      lines.push(row(
        "  Missing",
        `${missing.articles} right articles of ${missing.questions} of these questions are not in ` +
          "the index; recall counts them as not found",
      ));
    }
  }
  if (summary.statutes_cut !== undefined) {
    const { question_count: cut, without_any_count: none } = summary.statutes_cut;
    lines.push(row(
      "  Room",
      `statutes cut or left out for ${cut} of ${summary.total_count} questions` +
        (none === 0 ? "" : `, ${none} of them asked without any`) +
        (config.context_tokens === undefined
          ? ""
          : ` (${config.context_tokens} tokens, estimated)`),
    ));
  }
  lines.push(
    "",
    row("Time", describeTime(summary, provenance.sittings)),
    row("Output", outputPath),
    RULE,
  );
  if (summary.error_count > 0) {
    lines.push(paint.yellow(
      `${summary.error_count} of ${summary.total_count} questions ended in an error and are not ` +
        "answered. Run the same command again: only those are asked.",
    ));
  }
  return lines.join("\n");
}

function createPaint(color: boolean): Paint {
  const wrap = (code: number) => (text: string) => color ? `\x1b[${code}m${text}\x1b[0m` : text;
  return { bold: wrap(1), yellow: wrap(33) };
}

function describeModel({ provenance: { llm } }: ResultFile): string {
  const details = [llm.dtype, llm.device].filter((detail) => detail !== undefined).join(", ");
  const adapter = llm.adapter === undefined ? "" : ` + LoRA ${llm.adapter}`;
  return `${llm.backend} / ${llm.model}${adapter}${details === "" ? "" : ` (${details})`}`;
}

function describeAsking(config: ResultFile["config"]): string {
  const context = config.context === "retrieved"
    ? `retrieved context (${
      describeShown(config)
    }, ${config.retriever_type}, corpus ${config.corpus})`
    : config.context === "gold"
    ? "gold context"
    : "no context";
  const byRule = config.llm_backend === "baseline";
  return [
    byRule ? "a rule, no model" : config.cot_enabled ? "chain of thought" : "direct",
    byRule ? "" : config.few_shot_enabled ? "few-shot" : "zero-shot",
    context,
    config.answer_mode === "score"
      ? "letters scored, nothing generated"
      : config.structured_output
      ? "constrained to one letter"
      : "",
    config.orders === undefined ? "" : `choices in ${config.orders} orders`,
    config.ensemble_runs === null
      ? ""
      : config.llm_backend === "vote"
      ? `vote of ${config.ensemble_runs} runs`
      : `ensemble of ${config.ensemble_runs}`,
  ].filter((part) => part !== "").join(", ");
}

function describeShown(
  { top_k: topK, rerank_top_n: kept, expand = [] }: ResultFile["config"],
): string {
  return [kept === null ? `top ${topK}` : `${kept} after reranking`, ...expand].join(" + ");
}

function describeFloors(summary: Summary): string {
  const fixed = summary.floors.filter((floor) => floor.baseline.startsWith("always:"))
    .toSorted((x, y) => y.correct_count - x.correct_count).slice(0, 1);
  const others = summary.floors.filter((floor) => !floor.baseline.startsWith("always:"));
  return [...fixed, ...others].map((floor) =>
    `${floor.baseline} ${share(floor.accuracy)} (${floor.correct_count}/${floor.total_count})`
  ).join(", ");
}

function errorLines(summary: Summary): string[] {
  const timeouts = summary.error_kinds.timeout ?? 0;
  const { timeout: _timeout, ...kinds } = summary.error_kinds;
  const others = Object.entries(kinds).map(([kind, count]) => `${kind} ${count}`).join(", ");
  return [
    row("  Timeout", String(timeouts)),
    row("  Parse", `${summary.unparsed_count}  (an answer from which no letter can be read)`),
    row("  Truncated", `${summary.truncated_count}  (cut by the length limit before an answer)`),
    row("  Other", `${summary.error_count - timeouts}${others === "" ? "" : `  (${others})`}`),
  ];
}

function letterRow(counts: Summary["predicted_letters"]): string {
  return LETTERS.map((letter) => String(counts[letter]).padStart(5)).join("");
}

function noneColumns(summary: Summary): string {
  const none = String(summary.unparsed_count + summary.truncated_count).padStart(6);
  return none + String(summary.error_count).padStart(6);
}

function describeTime(summary: Summary, sittings: number): string {
  const speed = summary.tokens_per_second === undefined
    ? ""
    : `, ${summary.tokens_per_second.toFixed(1)} generated tokens/s`;
  const perQuestion = (summary.seconds / summary.total_count).toFixed(2);
  const resumed = sittings > 1 ? `, in ${sittings} sittings` : "";
  return `${summary.seconds.toFixed(1)} s (${perQuestion} s a question)${speed}${resumed}`;
}
