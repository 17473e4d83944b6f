import type { PairComparison } from "../compare/compare_runs.ts";
import type { ComparedRun } from "../compare/compared_run.ts";
import { type ComparisonReport, runName } from "./compare_report.ts";
import { cautionSentence, verdictSentence } from "./verdict_sentence.ts";

/** Raised when a reader would have to change. */
const SCHEMA_VERSION = 1;

/** A comparison for scripts: keys in snake_case, shares and differences from −1 to 1, every flip. */
export function comparisonJson(report: ComparisonReport): string {
  const { comparison, differences, reExtraction } = report;
  return JSON.stringify(
    snakeCase({
      schemaVersion: SCHEMA_VERSION,
      answer: comparison.baseline.facts.get("answer") ?? "plain",
      runs: [comparison.baseline, ...comparison.pairs.map(({ second }) => second)].map(runJson),
      differences,
      clusters: { by: comparison.clustering.by, note: comparison.clustering.note },
      bootstrap: comparison.bootstrap,
      comparisons: comparison.pairs.map((pair, place) => ({
        ...pairJson(pair, place),
        ...(reExtraction === undefined ? {} : {
          asRecorded: pairJson(reExtraction.asRecorded.pairs[place]!, place),
        }),
      })),
      ...(reExtraction === undefined
        ? {}
        : { lettersReadAgain: reExtraction.runs.map(({ changed }) => changed) }),
    }),
    null,
    2,
  );
}

function runJson({ path, origin, model, adapter, questions }: ComparedRun, place: number) {
  return { name: runName(place), path, origin, model, adapter, questions: questions.length };
}

function pairJson(pair: PairComparison, place: number) {
  const { first: _first, second: _second, verdict, ...figures } = pair;
  const names = { first: runName(0), second: runName(place + 1) };
  return {
    ...names,
    verdict: {
      kind: verdict.kind,
      ...verdictSentence(pair, names),
      cautions: verdict.cautions.map((caution) => ({
        ...caution,
        ...cautionSentence(caution, pair, names),
      })),
    },
    ...figures,
  };
}

function snakeCase(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(snakeCase);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, inner]) => [
      key.replace(/[A-Z]+/g, (capitals) => `_${capitals.toLowerCase()}`),
      snakeCase(inner),
    ]),
  );
}
