import { dirname, relative } from "node:path";
import { DIFFERENCE_NAMES } from "../compare/run_differences.ts";
import { checkComparable } from "../compare/check_comparable.ts";
import type { ComparedRun } from "../compare/compared_run.ts";
import { share } from "./console_report.ts";
import type { FoundResult, FoundResults } from "./find_results.ts";
import { countedPercent, moment } from "./figures.ts";
import { type Column, left, type ReportBlock, right } from "./report_block.ts";
import { cutText } from "./terminal_blocks.ts";
import { wilsonInterval } from "../stats/wilson_interval.ts";

/** All runs in one table; runs with the same group can be compared with each other. */
export function describeResults(
  { results, unreadable }: FoundResults,
  folder: string,
): ReportBlock[] {
  if (results.length === 0 && unreadable.length === 0) {
    return [{
      kind: "text",
      text: `No result files in ${folder}. houqa eval writes them to results/evaluations/.`,
    }];
  }
  const groups = groupComparable(results.map(({ run }) => run));
  const rows = results.map((found, place) => row(found, folder, groups.of[place]!));
  return [
    {
      kind: "table",
      columns: columnsFor("file"),
      rows,
      narrow: "stack",
      shorter: shorterForms(rows),
    },
    ...groups.first.slice(1).map((first, place): ReportBlock => ({
      kind: "text",
      tone: "warning",
      text: `Group ${place + 2} can't be compared with group 1: ${
        refusals(groups.first[0]!, first).join(", ")
      } differ${refusals(groups.first[0]!, first).length === 1 ? "s" : ""}.`,
    })),
    ...(unreadable.length === 0
      ? []
      : [{ kind: "list", tone: "warning", items: unreadable } as const]),
  ];
}

function columnsFor(file: string): Column[] {
  return [
    left(file),
    right("right"),
    right("95 %"),
    right("group"),
    left("date"),
    left("context"),
    left("model"),
    left("adapter"),
  ];
}

/** Widest names of models and adapters in the shortest form. */
const SHORT_NAME = 20;

/**
 * For narrower terminals: without the folder that all files lie in (the heading names it), `.json`
 * and the time of day; then without dtype and answer mode, and with the beginning of long names.
 */
function shorterForms(rows: readonly string[][]) {
  const folders = new Set(rows.map(([file]) => dirname(file!)));
  const [folder] = folders;
  const isCommon = folders.size === 1 && folder !== ".";
  const columns = columnsFor(isCommon ? `${folder}/` : "file");
  const short = rows.map((
    [file = "", right = "", interval = "", group = "", date = "", ...rest],
  ) => [
    file.slice(isCommon ? folder!.length + 1 : 0).replace(/\.json$/, ""),
    right,
    interval,
    group,
    date.slice(0, 10),
    ...rest,
  ]);
  const shortest = short.map((cells) =>
    cells.map((cell, place) =>
      place < 6 ? cell : cutText(place === 6 ? cell.replace(/ \([^()]*\)$/, "") : cell, SHORT_NAME)
    )
  );
  return [{ columns, rows: short }, { columns, rows: shortest }];
}

function row({ run, finishedAt }: FoundResult, folder: string, group: number): string[] {
  const right = run.questions.filter(({ outcome }) => outcome === "correct").length;
  const total = run.questions.length;
  const { low, high } = wilsonInterval(right, total);
  const fact = (name: string) => run.facts.get(name);
  const details = [fact("provenance.llm.dtype"), fact("config.answer_mode")].filter(Boolean);
  const model = lastPart(fact("provenance.llm.model") ?? fact("config.llm_model") ?? run.model);
  return [
    relative(folder, run.path),
    countedPercent(right, total),
    `${(100 * low).toFixed(1)} to ${share(high)}`,
    String(group),
    moment(finishedAt),
    fact("config.context") ?? "–",
    details.length === 0 ? model : `${model} (${details.join(", ")})`,
    run.adapter === undefined ? "–" : lastPart(run.adapter),
  ];
}

/** The name of a folder without where it lies; `Org/Name` stays whole. */
function lastPart(model: string): string {
  const parts = model.split(/[\\/]/).filter((part) => part !== "");
  return parts.length === 2 && !/^[./\\]/.test(model) ? model : parts.at(-1) ?? model;
}

/** Puts every run into the first group whose first run it can be compared with. */
function groupComparable(runs: readonly ComparedRun[]) {
  const first: ComparedRun[] = [];
  const of = runs.map((run) => {
    const known = first.findIndex((one) => refusals(one, run).length === 0);
    return known >= 0 ? known + 1 : first.push(run);
  });
  return { first, of };
}

/** Names of the differences for which a comparison is refused. */
function refusals(first: ComparedRun, second: ComparedRun): string[] {
  const differences = checkComparable([first, second], new Set(DIFFERENCE_NAMES));
  return [...new Set(differences.flatMap(({ name }) => name === undefined ? [] : [name]))];
}
