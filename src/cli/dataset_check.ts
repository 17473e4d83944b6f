import { UsageError } from "../settings/usage_error.ts";
import type { ExamFile } from "../dataset/leaks/read_exam_file.ts";
import type { LeakComparison } from "../report/leak_report.ts";
import type { CliContext } from "./cli_context.ts";
import { EXIT } from "./exit_code.ts";
import { requirePermissions } from "./require_permissions.ts";

/** The options of `houqa dataset check`. */
export interface DatasetCheckFlags {
  readonly json?: boolean;
}

/** Runs `houqa dataset check`. */
export async function runDatasetCheck(
  paths: readonly string[],
  flags: DatasetCheckFlags,
  context: CliContext,
  printLine: (line: string) => void,
): Promise<number> {
  if (paths.length < 2) {
    throw new UsageError(
      `Only ${paths[0]} is given; leaks are looked for between two or more files.`,
    );
  }
  await requirePermissions(
    paths.map((path) => ({ name: "read", path })),
    "houqa",
    context.words,
  );
  const { readExamFile } = await import("../dataset/leaks/read_exam_file.ts");
  const { findLeaks } = await import("../dataset/leaks/find_leaks.ts");
  const { hasLeaks, leakReportJson, renderLeakReport } = await import("../report/leak_report.ts");
  const files: ExamFile[] = [];
  for (const path of paths) files.push(await readExamFile(path));
  const comparisons: LeakComparison[] = files.flatMap((a, index) =>
    files.slice(index + 1).map((b) => ({ a, b, leaks: findLeaks(a.items, b.items) }))
  );
  printLine((flags.json ? leakReportJson : renderLeakReport)(comparisons));
  return comparisons.some(({ leaks }) => hasLeaks(leaks)) ? EXIT.finding : EXIT.done;
}
