import { runName } from "../compare_report.ts";
import type { ReportModel } from "../html/report_model.ts";
import type { ReportRun } from "../html/report_run.ts";
import { renderPage } from "../html/render_page.ts";
import type { LiveData } from "../html/page/live_data.ts";
import { livePair } from "./live_figures.ts";
import type { WatchedRuns } from "./watch_handler.ts";
import { WatchedRun, type WatchOptions } from "./watched_run.ts";

/**
 * Watches runs until all are finished, and then makes their report.
 * @param paths of result files or journals; the first is the baseline.
 * @param makeModel measures the finished runs.
 */
export function watchRuns(
  paths: readonly string[],
  makeModel: (runs: readonly ReportRun[]) => Promise<ReportModel>,
  options: WatchOptions = {},
): WatchedRuns {
  const watched = paths.map((path) => new WatchedRun(path, options));
  let page: { readonly of: readonly ReportRun[]; readonly text: Promise<string> } | undefined;
  let looking: Promise<LiveData> | undefined;
  const look = async (): Promise<LiveData> => {
    const runs = [];
    for (const [place, run] of watched.entries()) runs.push(await run.look(runName(place)));
    const [first, ...others] = watched;
    return {
      runs,
      comparisons: others.map((other, place) => ({
        first: runName(0),
        second: runName(place + 1),
        ...livePair(first!.answers, other.answers),
      })).filter(({ questions }) => questions > 0),
      isFinished: runs.every(({ state }) => state === "finished"),
    };
  };
  return {
    // Several windows are answered by one look.
    look: () => looking ??= look().finally(() => looking = undefined),
    report: () => {
      const results = watched.flatMap(({ result }) => result ?? []);
      const isSame = page !== undefined && page.of.length === results.length &&
        page.of.every((one, place) => one === results[place]);
      if (!isSame) page = { of: results, text: renderText(results) };
      return page!.text;
    },
  };

  async function renderText(results: readonly ReportRun[]): Promise<string> {
    let text = "";
    for await (const piece of renderPage(await makeModel(results))) text += piece;
    return text;
  }
}
