import { writeAtomically } from "../../eval/write_atomically.ts";
import { renderPage } from "./render_page.ts";
import type { ReportModel } from "./report_model.ts";

/**
 * Writes a report as one HTML file.
 * @throws {CannotContinueError} when it can't be written; an older file is untouched.
 */
export async function writeReport(model: ReportModel, path: string): Promise<void> {
  const pieces: string[] = [];
  for await (const piece of renderPage(model)) pieces.push(piece);
  await writeAtomically(path, pieces);
}
