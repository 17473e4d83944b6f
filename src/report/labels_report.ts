import { LETTERS } from "../dataset/question.ts";
import type { LabelCounts } from "../dataset/labels/read_labels.ts";
import { columns, countWithShare } from "./columns.ts";

/** Below this chance is no explanation; the same level as an evaluation's warning. */
const SIGNIFICANCE = 0.01;

/** The letters of files side by side, as lines of text without a final newline. */
export function renderLabelsReport(files: readonly LabelCounts[]): string {
  const lines = columns([
    ["File", "letters", ...LETTERS, "unparsed", "cut", "error", "in all", "most", "p"],
    ...files.map(({ path, role, letters, total, unparsed, truncated, errors, test }) => [
      path,
      role,
      ...LETTERS.map((letter) => countWithShare(letters[letter], total)),
      ...[unparsed, truncated, errors, total].map(String),
      test?.letter ?? "-",
      test === undefined ? "-" : pValue(test.pValue),
    ]),
  ]);
  lines.push(
    "",
    "p: exact binomial test that the most frequent letter is so frequent by chance, times 4;",
    "   expected is a quarter, for predictions the letter's share of the correct ones if larger.",
  );
  for (const { path, role, test } of files) {
    if (test === undefined || test.pValue >= SIGNIFICANCE) continue;
    const { count, answered, letter, isCollapse } = test;
    lines.push(
      isCollapse
        ? `WARNING: ${path}: ${count} of ${answered} ${role} letters are "${letter}". This looks ` +
          "like a collapse, not like chance."
        : `Note: ${path}: ${count} of ${answered} ${role} letters are "${letter}", more than ` +
          "chance explains.",
    );
  }
  return lines.join("\n");
}

/** The same for scripts, as JSON. */
export function labelsReportJson(files: readonly LabelCounts[]): string {
  return JSON.stringify(
    {
      schema_version: 1,
      files: files.map((
        { path, sha256, role, total, letters, unparsed, truncated, errors, test },
      ) => ({
        path,
        sha256,
        role,
        total_count: total,
        letters,
        shares: Object.fromEntries(LETTERS.map((letter) => [letter, letters[letter] / total])),
        unparsed_count: unparsed,
        truncated_count: truncated,
        error_count: errors,
        ...(test === undefined ? {} : {
          largest: {
            letter: test.letter,
            count: test.count,
            answered_count: test.answered,
            expected_share: test.expectedShare,
            p_value: test.pValue,
            is_collapse: test.isCollapse,
          },
        }),
      })),
    },
    null,
    2,
  );
}

function pValue(value: number): string {
  return value < 0.0001 ? value.toExponential(1) : value.toFixed(4);
}
