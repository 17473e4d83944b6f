import type { Clustering } from "../../compare/article_clusters.ts";
import { compareRuns, type Comparison } from "../../compare/compare_runs.ts";
import { checkComparable } from "../../compare/check_comparable.ts";
import {
  DIFFERENCE_NAMES,
  type DifferenceName,
  refusedDifferences,
  type RunDifference,
} from "../../compare/run_differences.ts";
import type { BootstrapOptions } from "../../stats/cluster_bootstrap.ts";
import { runName } from "../compare_report.ts";
import { type QuestionRow, questionRows } from "./question_rows.ts";
import type { ReportRun } from "./report_run.ts";
import { type RunFigures, runFigures } from "./run_figures.ts";

/** A run as the report shows it. */
export interface NamedRun extends ReportRun {
  /** A is the first. */
  readonly name: string;
  readonly place: number;
  readonly figures: RunFigures;
}

/** All that a report shows. */
export interface ReportModel {
  readonly runs: readonly NamedRun[];
  readonly rows: readonly QuestionRow[];
  /** Everything that differs between the runs. */
  readonly differences: readonly RunDifference[];
  /** Those that forbid a verdict; then there is no comparison. */
  readonly refused: readonly RunDifference[];
  /** Of two runs or more that can be compared. */
  readonly comparison?: Comparison;
  readonly madeAt: Date;
}

/** How a report is made. */
export interface ReportOptions {
  /** Differences that forbid no verdict. */
  readonly allowed: ReadonlySet<DifferenceName>;
  readonly bootstrap: BootstrapOptions;
  /** Finds which questions of the first run share articles. */
  readonly clustering: Clustering;
  readonly madeAt: Date;
}

/**
 * Measures runs for a report.
 * @param given at least one.
 * @throws {UsageError} where runs that may be compared have no question in common.
 */
export function reportModel(given: readonly ReportRun[], options: ReportOptions): ReportModel {
  const runs = given.map((one, place): NamedRun => ({
    ...one,
    name: runName(place),
    place,
    figures: runFigures(one),
  }));
  const compared = runs.map(({ run }) => run);
  const differences = checkComparable(compared, new Set(DIFFERENCE_NAMES));
  const refused = refusedDifferences(differences, options.allowed);
  const [first, ...others] = compared;
  return {
    runs,
    rows: questionRows(compared),
    differences,
    refused,
    ...(others.length === 0 || refused.length > 0 ? {} : {
      comparison: compareRuns([first!, ...others], options.clustering, options.bootstrap),
    }),
    madeAt: options.madeAt,
  };
}
