/// <reference lib="dom" />
import type { Page } from "playwright-core";
import { chromiumTest, type OpenPage } from "./chromium_test_double.ts";
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
  action: (path: string, open: OpenPage) => Promise<void>,
): void {
  chromiumTest(name, async (folder, open) => {
    const path = `${folder}/report.html`;
    await writeReport(makeReportModel(doubles), path);
    await action(path, open);
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
