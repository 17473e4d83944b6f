import type { CorpusCounts } from "../rag/corpus/corpus.ts";
import type { BuildReport } from "../rag/index/build_index.ts";
import { createTerminalBar } from "./terminal_bar.ts";

/** How far the building of a corpus is. */
export interface CorpusBuildProgress {
  /** Share of the bytes that were read, 0 to 1. */
  readonly share: number;
  readonly laws: number;
  readonly rows: number;
}

/** Shows how far a build is. */
export interface CorpusBuildDisplay {
  update(progress: CorpusBuildProgress): void;
  /** Leaves the terminal clean. Safe to call twice. */
  stop(): void;
}

/** A bar on a terminal. */
export function createCorpusBar(
  stream?: NodeJS.WritableStream,
): CorpusBuildDisplay {
  const bar = createTerminalBar({
    format: "{bar} {percentage} %  {laws} laws  {rows} rows  ETA {eta_formatted}",
    stream,
    etaBuffer: 200,
  });
  return {
    update({ share, laws, rows }) {
      bar.update(Math.floor(1000 * share), 1000, { laws: count(laws), rows: count(rows) });
    },
    stop: bar.stop,
  };
}

/** One line for every tenth, for logs and pipes. */
export function createCorpusLines(
  print: (line: string) => void,
  now: () => number = () => performance.now(),
): CorpusBuildDisplay {
  const startedAt = now();
  let shown = 0;
  return {
    update({ share, laws, rows }) {
      const tenth = Math.floor(10 * share + 1e-9);
      if (tenth <= shown) return;
      shown = tenth;
      const seconds = (now() - startedAt) / 1000;
      const left = share < 1 ? `  ETA ${Math.ceil(seconds * (1 - share) / share)} s` : "";
      print(`${10 * tenth} %  ${count(laws)} laws  ${count(rows)} rows${left}`);
    },
    stop() {},
  };
}

/** What was found in a corpus, what became of it, and the index that it gave. */
export function renderCorpusReport(path: string, counts: CorpusCounts, built: BuildReport): string {
  const { found, laws, skipped, others, lines, rows, skippedLines, text } = counts;
  const { units, articles, deleted } = counts;
  const report = [
    `read    ${path}: ${count(found)} laws found = ${count(laws)} read + ` +
    `${count(total(skipped))} left out`,
    ...reasons(skipped),
  ];
  if (others.size > 0) {
    report.push(`others  ${count(total(others))} that are no laws, by ending`, ...reasons(others));
  }
  if (lines > 0) {
    report.push(
      `lines   ${count(lines)} found = ${count(rows)} rows + ${
        count(total(skippedLines))
      } left out`,
      ...reasons(skippedLines),
    );
  }
  if (text.found.characters > 0) {
    const left = new Map([...text.skipped].map(([name, { characters }]) => [name, characters]));
    report.push(
      `text    ${count(text.found.characters)} characters found = ` +
        `${count(text.inRows.characters)} in rows + ${
          count(text.inTitles.characters)
        } in titles + ` +
        `${count(total(left))} left out`,
      ...reasons(left),
    );
  }
  const { folder, sizeBytes, seconds, manifest } = built;
  const { cut_rows: cutRows } = manifest.corpus;
  const { indexed, left_out: leftOut, most_rows: mostRows } = manifest.terms;
  report.push(
    `corpus  ${count(laws)} laws, ${count(units)} units (${count(articles)} articles, ` +
      `${count(deleted)} deleted), ${count(rows)} rows`,
    `terms   ${count(indexed)} are searched` +
      (leftOut === 0 ? "" : `; ${count(leftOut)} left out: ` +
        `each in more than ${count(mostRows)} rows`),
    ...cutRows === 0 ? [] : [
      `cut     ${
        count(cutRows)
      } rows are so long that their last words are not searched (they are ` +
      "shown whole)",
    ],
    `index   ${folder}: ${size(sizeBytes)} in ${seconds.toFixed(1)} s, corpus ` +
      `sha256 ${manifest.corpus.sha256}`,
  );
  return report.join("\n");
}

function reasons(counts: ReadonlyMap<string, number>): string[] {
  return [...counts].sort(([, a], [, b]) => b - a)
    .map(([reason, amount]) => `${" ".repeat(10)}${count(amount)} ${reason}`);
}

function total(counts: ReadonlyMap<string, number>): number {
  return [...counts.values()].reduce((sum, amount) => sum + amount, 0);
}

function size(bytes: number): string {
  return bytes < 1e6 ? `${Math.ceil(bytes / 1000)} kB` : `${(bytes / 1e6).toFixed(1)} MB`;
}

function count(value: number): string {
  return value.toLocaleString("en-US");
}
