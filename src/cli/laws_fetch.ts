import type { BulkProgress } from "../rag/corpus/download_bulk.ts";
import { UsageError } from "../settings/usage_error.ts";
import { canDraw } from "./can_draw.ts";
import type { CliContext } from "./cli_context.ts";
import { EXIT } from "./exit_code.ts";
import { listenForSignals } from "./listen_for_signals.ts";
import { print, printError } from "./print.ts";
import { type Need, requirePermissions } from "./require_permissions.ts";

/** The options of `houqa laws fetch`. */
export interface LawsFetchFlags {
  readonly law?: readonly string[];
  readonly data?: string;
  readonly out: string;
  readonly refresh?: boolean;
}

/** Runs `houqa laws fetch`. */
export async function runLawsFetch(flags: LawsFetchFlags, context: CliContext): Promise<number> {
  const { egovEnvironment } = await import("../settings/egov_environment.ts");
  const { EgovConnection } = await import("../rag/corpus/egov_connection.ts");
  const { fetchLaws } = await import("../rag/corpus/fetch_laws.ts");
  const environment = egovEnvironment();
  const isBulk = flags.law === undefined && flags.data === undefined;
  const url = isBulk ? environment.bulkUrl : environment.apiUrl;
  const needs: Need[] = [
    { name: "net", host: new URL(url).host },
    { name: "read", path: flags.out },
    { name: "write", path: flags.out },
  ];
  if (flags.data !== undefined) needs.push({ name: "read", path: flags.data });
  await requirePermissions(needs, "laws", context.words.slice(1));

  const names = isBulk ? undefined : [...flags.law ?? [], ...await namesOf(flags.data)];
  const { createDownloadBar, createDownloadLines } = await import("../report/download_display.ts");
  const display = canDraw(Deno.stderr) ? createDownloadBar() : createDownloadLines(printError);
  const { signal, exitOf, release } = listenForSignals(() => display.stop());
  try {
    const connection = new EgovConnection({ environment, signal, onWarning: printError });
    const { fetched, present, missing } = await fetchLaws(connection, {
      folder: flags.out,
      ...(names === undefined ? {} : { names }),
      refresh: flags.refresh ?? false,
      print,
      onProgress: (progress) => showProgress(progress, display.update),
    });
    display.stop();
    for (const sentence of missing) printError(`houqa: ${sentence}`);
    if (!isBulk) {
      print(`${fetched} fetched, ${present} there already, ${missing.length} not to be had`);
    }
    return missing.length > 0 ? EXIT.finding : EXIT.done;
  } catch (error) {
    return exitOf(error);
  } finally {
    display.stop();
    release();
  }
}

async function namesOf(data: string | undefined): Promise<string[]> {
  if (data === undefined) return [];
  const { loadDataset } = await import("../dataset/load_dataset.ts");
  const { lawsOfReferences } = await import("../rag/corpus/laws_of_references.ts");
  const { questions } = await loadDataset(data);
  const names = lawsOfReferences(questions.flatMap(({ references }) => references));
  if (names.length > 0) return names;
  throw new UsageError(
    `No question of ${data} refers to a law of e-Gov (https://laws.e-gov.go.jp/law/…). ` +
      "Name laws with --law.",
  );
}

function showProgress(
  { doneBytes, totalBytes }: BulkProgress,
  update: (progress: { file: string; doneBytes: number; totalBytes: number }) => void,
): void {
  // Without a length there is no share to show.
  if (totalBytes !== undefined && totalBytes > 0) {
    update({ file: "all laws", doneBytes, totalBytes });
  }
}
