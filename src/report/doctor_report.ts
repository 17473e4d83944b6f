import type { Check, CheckState } from "../device/doctor_check.ts";

/** How a state looks on a terminal: ANSI colour. */
const COLOURS: Readonly<Record<CheckState, number>> = { ok: 32, note: 33, problem: 31 };

/** The report as lines of text without a final newline. */
export function renderDoctorReport(checks: readonly Check[], color: boolean): string {
  const width = Math.max(...checks.map(({ title }) => title.length)) + 2;
  const indent = " ".repeat(9 + width);
  const lines = checks.flatMap(({ state, title, summary, details = [], advice }) => [
    `${paint(state, color)}${title.padEnd(width)}${oneLine(summary)}`,
    ...details.map((line) => `${indent}${oneLine(line)}`),
    ...(advice === undefined ? [] : [`${indent}-> ${oneLine(advice)}`]),
  ]);
  return [...lines, "", countStates(checks)].join("\n");
}

/** The same for scripts, as JSON. Paths and names are as they are; no secret is in a check. */
export function doctorReportJson(checks: readonly Check[]): string {
  return JSON.stringify(
    {
      schema_version: 1,
      ok: !hasProblem(checks),
      checks: checks.map(({ id, state, summary, details, advice, data }) => ({
        id,
        state,
        summary,
        details,
        advice,
        data,
      })),
    },
    null,
    2,
  );
}

/** True where something keeps houqa from doing what the settings ask for. */
export function hasProblem(checks: readonly Check[]): boolean {
  return checks.some(({ state }) => state === "problem");
}

function paint(state: CheckState, color: boolean): string {
  const padded = state.padEnd(9);
  return color ? `\x1b[${COLOURS[state]}m${padded}\x1b[0m` : padded;
}

function countStates(checks: readonly Check[]): string {
  const count = (state: CheckState) => checks.filter((check) => check.state === state).length;
  const problems = count("problem");
  const notes = count("note");
  const plural = (n: number, word: string) => `${n} ${word}${n === 1 ? "" : "s"}`;
  return problems === 0
    ? `No problem found${notes === 0 ? "" : ` (${plural(notes, "note")})`}.`
    : `${plural(problems, "problem")}, ${plural(notes, "note")}.`;
}

/** Native libraries put line breaks and escapes into their messages. */
function oneLine(text: string): string {
  // deno-lint-ignore no-control-regex -- ANSI escapes
  return text.replace(/\x1b\[[\d;]*m/g, "").replace(/\s+/g, " ").trim();
}
