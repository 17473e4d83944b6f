import type { ExportDtype } from "./export_dtype.ts";
import type { IntegerWeights } from "./integer_weights.ts";
import type { SliceStatistics } from "./weight_exporter.ts";
import type { WeightLayout } from "./weight_plan.ts";

/** Raised by one whenever the same input files would give other output files. */
export const EXPORTER_VERSION = 6;

/** What rounding and the adapter did to one tensor. */
export interface TensorReport {
  readonly name: string;
  readonly layout: WeightLayout;
  /** ‖W'‖, Frobenius norm of the merged values. */
  readonly norm: number;
  /** ‖W' − stored‖. */
  readonly rounding_error: number;
  /** ‖ΔW‖; absent for tensors the adapter leaves alone. */
  readonly adapter_change?: number;
}

/** The contents of an export folder's `export.json`: where every byte came from. */
export interface ExportReport {
  readonly exporter_version: number;
  readonly houqa_version: string;
  readonly dtype: ExportDtype;
  /** For q8: how the 8-bit weights are stored. */
  readonly integer_weights?: IntegerWeights;
  readonly model_type: string;
  readonly base: InputFiles;
  readonly adapter?: InputFiles & { readonly config: Readonly<Record<string, unknown>> };
  /** Norms over all tensors the adapter changes, or over all without one. */
  readonly totals: {
    readonly norm: number;
    readonly rounding_error: number;
    readonly adapter_change?: number;
  };
  /** SHA-256 (hex) of every file of the folder but this one, by its path with `/`. */
  readonly outputs: Readonly<Record<string, string>>;
  readonly warnings: readonly string[];
  readonly tensors: readonly TensorReport[];
}

/** The exporter's version and, where it had a choice, what it chose: "6", "6-int8". */
export function exporterOf(
  { exporter_version, dtype, integer_weights }: Pick<
    ExportReport,
    "exporter_version" | "dtype" | "integer_weights"
  >,
): string {
  return dtype === "q8" && integer_weights !== undefined
    ? `${exporter_version}-${integer_weights}`
    : `${exporter_version}`;
}

/** A folder that was read: its name and the SHA-256 (hex) of each file by name. */
export interface InputFiles {
  readonly folder: string;
  readonly files: Readonly<Record<string, string>>;
}

/** Sums of one tensor's slices. */
export interface TensorSums extends SliceStatistics {
  readonly name: string;
  readonly layout: WeightLayout;
  readonly isChanged: boolean;
}

/** Adds one slice's sums to its tensor's. */
export function addStatistics<T extends SliceStatistics>(sums: T, more: SliceStatistics): T {
  return {
    ...sums,
    normSquared: sums.normSquared + more.normSquared,
    changeSquared: sums.changeSquared + more.changeSquared,
    errorSquared: sums.errorSquared + more.errorSquared,
    notFinite: sums.notFinite + more.notFinite,
    overflows: sums.overflows + more.overflows,
  };
}

/** The report's numbers of one tensor. */
export function reportTensor(sums: TensorSums): TensorReport {
  return {
    name: sums.name,
    layout: sums.layout,
    norm: Math.sqrt(sums.normSquared),
    rounding_error: Math.sqrt(sums.errorSquared),
    ...(sums.isChanged ? { adapter_change: Math.sqrt(sums.changeSquared) } : {}),
  };
}

/** Norms over the tensors the adapter changes, or over all where there is none. */
export function totalsOf(tensors: readonly TensorSums[]): ExportReport["totals"] {
  const isAdapted = tensors.some((one) => one.isChanged);
  const counted = isAdapted ? tensors.filter((one) => one.isChanged) : tensors;
  const norm = (pick: (one: TensorSums) => number) =>
    Math.sqrt(counted.reduce((sum, one) => sum + pick(one), 0));
  return {
    norm: norm((one) => one.normSquared),
    rounding_error: norm((one) => one.errorSquared),
    ...(isAdapted ? { adapter_change: norm((one) => one.changeSquared) } : {}),
  };
}
