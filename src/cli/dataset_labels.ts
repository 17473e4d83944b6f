import type { LabelCounts, LetterReader } from "../dataset/labels/read_labels.ts";
import type { CliContext } from "./cli_context.ts";
import { EXIT } from "./exit_code.ts";
import { requirePermissions } from "./require_permissions.ts";

/** The options of `houqa dataset labels`. */
export interface DatasetLabelsFlags {
  readonly json?: boolean;
}

/** Runs `houqa dataset labels`. */
export async function runDatasetLabels(
  paths: readonly string[],
  flags: DatasetLabelsFlags,
  context: CliContext,
  printLine: (line: string) => void,
): Promise<number> {
  await requirePermissions(
    paths.map((path) => ({ name: "read", path })),
    "houqa",
    context.words,
  );
  const { readLabels } = await import("../dataset/labels/read_labels.ts");
  const { labelsReportJson, renderLabelsReport } = await import("../report/labels_report.ts");
  const readLetter = await letterReader();
  const files: LabelCounts[] = [];
  for (const path of paths) files.push(...await readLabels(path, readLetter));
  printLine((flags.json ? labelsReportJson : renderLabelsReport)(files));
  return EXIT.done;
}

/** Reads an answer as an evaluation does; reasoning before it is taken for a chain of thought. */
async function letterReader(): Promise<LetterReader> {
  const { extractAnswer } = await import("../eval/extract_answer.ts");
  // Without its choices an answer can only be read by its letter.
  const unknown = { a: "\ue000", b: "\ue001", c: "\ue002", d: "\ue003" };
  return (text, choices = unknown) => {
    const mode = text.trim().includes("\n") ? "cot" : "direct";
    return extractAnswer(text, { mode, choices }).letter ?? undefined;
  };
}
