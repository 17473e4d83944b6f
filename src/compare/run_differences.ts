import { UsageError } from "../settings/usage_error.ts";
import type { ComparedRun } from "./compared_run.ts";

/** Differences that make two runs incomparable unless they are allowed by name. */
export const DIFFERENCE_NAMES = [
  "dataset",
  "questions",
  "prompt",
  "context",
  "dtype",
  "answer-mode",
  "extraction",
] as const;

/** A difference that can be allowed. */
export type DifferenceName = (typeof DIFFERENCE_NAMES)[number];

/** Which facts refuse a comparison, and as what. */
const REFUSING: ReadonlyMap<string, DifferenceName> = new Map([
  ["provenance.dataset.sha256", "dataset"],
  ["provenance.prompt.sha256", "prompt"],
  ["config.context", "context"],
  ["provenance.llm.dtype", "dtype"],
  ["config.answer_mode", "answer-mode"],
  ["provenance.extraction_version", "extraction"],
]);

/** One setting or origin that is not the same in all runs. */
export interface RunDifference {
  /** JSON path in the result file. */
  readonly fact: string;
  /** In the order of the runs; absent where a file does not say. */
  readonly values: readonly (string | undefined)[];
  /** Set where it refuses the comparison unless allowed. */
  readonly name?: DifferenceName;
}

/** Every fact that differs between runs; refusing ones first. */
export function findDifferences(runs: readonly ComparedRun[]): RunDifference[] {
  const facts = [...new Set(runs.flatMap((run) => [...run.facts.keys()]))];
  const found = facts.flatMap((fact): RunDifference[] => {
    const values = runs.map((run) => run.facts.get(fact));
    if (values.every((value) => value === values[0])) return [];
    const name = REFUSING.get(fact);
    // A file without any digest of its questions is told by the questions themselves.
    const isRefused = name !== undefined &&
      !(name === "dataset" && new Set(values.filter((value) => value !== undefined)).size === 1);
    return [{ fact, values, ...(isRefused ? { name } : {}) }];
  });
  return found.toSorted((x, y) => Number(x.name === undefined) - Number(y.name === undefined));
}

/**
 * The names in an `--allow-differences` list.
 * @throws {UsageError} for a name that is none.
 */
export function parseAllowed(list: string | undefined): Set<DifferenceName> {
  const names = (list ?? "").split(",").map((name) => name.trim()).filter((name) => name !== "");
  return new Set(names.map((name) => {
    const known = DIFFERENCE_NAMES.find((one) => one === name);
    if (known !== undefined) return known;
    throw new UsageError(
      `option --allow-differences names "${name}", but must be of ${DIFFERENCE_NAMES.join(", ")}.`,
    );
  }));
}

/** Differences that were not allowed. */
export function refusedDifferences(
  differences: readonly RunDifference[],
  allowed: ReadonlySet<DifferenceName>,
): RunDifference[] {
  return differences.filter(({ name }) => name !== undefined && !allowed.has(name));
}
