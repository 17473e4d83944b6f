/// <reference lib="dom" />
import type { Page } from "playwright-core";
import { withChromium } from "./open_chromium_double.ts";
import { makeReportModel } from "./report_model_double.ts";
import type { ResultDouble } from "./result_file_double.ts";
import { writeReport } from "./write_report.ts";

/** Answers of the first run. */
export const isEven = (index: number) => index % 2 === 0;
/** Answers of the second run. */
export const isThird = (index: number) => index % 3 === 0;
/** Two runs without anything special. */
export const PLAIN: readonly ResultDouble[] = [
  { questions: 60, isRight: isEven },
  { questions: 60, isRight: isThird },
];

/** A test in Chromium on a report. */
export function browserTest(
  name: string,
  doubles: readonly ResultDouble[],
  action: (
    path: string,
    open: Parameters<Parameters<typeof withChromium>[0]>[0],
  ) => Promise<void>,
): void {
  Deno.test({
    name,
    // The connection to the browser is not all closed when it has ended.
    sanitizeOps: false,
    sanitizeResources: false,
    fn: async () => {
      const folder = await Deno.makeTempDir();
      try {
        const path = `${folder}/report.html`;
        await writeReport(makeReportModel(doubles), path);
        await withChromium((open) => action(path, open));
      } finally {
        await Deno.remove(folder, { recursive: true });
      }
    },
  });
}

/** Numbers of the questions that are drawn. */
export function drawn(page: Page): Promise<number[]> {
  return page.$$eval(
    "#list tr[data-row] td:first-child",
    (cells) => cells.map((cell) => Number(cell.textContent)),
  );
}

/** What stands beside the filters. */
export async function count(page: Page): Promise<string | null> {
  return await page.textContent("#count");
}
