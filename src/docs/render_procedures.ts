import { quoteForShell } from "../settings/quote_for_shell.ts";
import { UsageError } from "../settings/usage_error.ts";

/** What the procedures name: the base model, the adapter's folder, the folder of results. */
export interface ProcedureNames {
  readonly model: string;
  readonly adapter: string;
  readonly results: string;
}

/** The names as they stand in docs/heart01. */
export const DEFAULT_NAMES: ProcedureNames = {
  model: "Qwen/Qwen3-8B",
  adapter: "runs/qwen_law_ft/direct_norag_v1",
  results: "results/evaluations",
};

/** What the folder of a trial adds to the adapter's: another model's trial is another run. */
const TRIAL = "_trial_50";

/** Folder of the procedures below docs. */
const FOLDER = "heart01/";

/**
 * The procedures for heart01 with other names in their commands and inline code. What was printed by
 * real runs (blocks that are no `sh`) and the prose stay as they are.
 * @param texts all documents by their path below docs.
 * @returns file names with their texts.
 * @throws {UsageError} for a name that a shell would not read as one plain word.
 */
export function renderProcedures(
  texts: Readonly<Record<string, string>>,
  names: ProcedureNames,
): { name: string; text: string }[] {
  for (const [option, value] of Object.entries(names)) {
    // A name may stand inside quotes in a command, where no quoting of ours would be right.
    if (value !== "" && quoteForShell(value) === value && !value.startsWith("-")) continue;
    throw new UsageError(
      `option --${option} is "${value}", but must be a plain word: letters, digits and . _ - / @ =.`,
    );
  }
  return Object.entries(texts)
    .filter(([path]) => path.startsWith(FOLDER))
    .map(([path, text]) => ({
      name: path.slice(FOLDER.length),
      text: replaceNames(text, names),
    }));
}

function replaceNames(markdown: string, names: ProcedureNames): string {
  const wanted = new Map(
    (Object.keys(DEFAULT_NAMES) as (keyof ProcedureNames)[])
      .map((key) => [DEFAULT_NAMES[key], names[key].replace(/\/+$/, "")]),
  );
  wanted.set(DEFAULT_NAMES.adapter + TRIAL, wanted.get(DEFAULT_NAMES.adapter)! + TRIAL);
  const pattern = new RegExp(`(?:${[...wanted.keys()].join("|")})(?![\\w-])`, "g");
  const replace = (text: string) => text.replace(pattern, (found) => wanted.get(found)!);
  let language: string | undefined;
  return markdown.split("\n").map((line) => {
    const fence = /^\s*```\s*(\S*)/.exec(line);
    if (fence !== null) {
      language = language === undefined ? fence[1]! : undefined;
      return line;
    }
    if (language === undefined) return line.replace(/`[^`]+`/g, replace);
    return language === "sh" ? replace(line) : line;
  }).join("\n");
}
