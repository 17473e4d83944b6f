import { dirname } from "node:path";
import type { CorpusBuildDisplay } from "../report/corpus_report.ts";
import { canDraw } from "./can_draw.ts";
import type { CliContext } from "./cli_context.ts";
import { EXIT } from "./exit_code.ts";
import { listenForSignals } from "./listen_for_signals.ts";
import { printError, printNews } from "./print.ts";
import { type Need, requirePermissions } from "./require_permissions.ts";

/** The options of `houqa laws build`. */
export interface LawsBuildFlags {
  readonly in: string;
  readonly out: string;
  /** Day as `20240401`. */
  readonly asOf?: string;
  readonly jsonl?: string;
}

/** Problems that are told one by one; further ones are in the counts. */
const MOST_PROBLEMS = 50;

/** Runs `houqa laws build`. */
export async function runLawsBuild(flags: LawsBuildFlags, context: CliContext): Promise<number> {
  const needs: Need[] = [
    { name: "read", path: flags.in },
    { name: "read", path: flags.out },
    { name: "write", path: flags.out },
  ];
  if (flags.jsonl !== undefined) needs.push({ name: "write", path: dirname(flags.jsonl) });
  await requirePermissions(needs, "laws", context.words.slice(1));

  const { openCorpus } = await import("../rag/corpus/open_corpus.ts");
  const { dayInJapan } = await import("../rag/corpus/law_revision.ts");
  const { alsoWriteJsonl } = await import("../rag/corpus/write_jsonl.ts");
  const { buildIndex } = await import("../rag/index/build_index.ts");
  const { renderCorpusReport } = await import("../report/corpus_report.ts");
  const display = await createDisplay();
  let problems = 0;
  let isMerging = false;
  const corpus = await openCorpus(flags.in, {
    today: flags.asOf ?? dayInJapan(new Date()),
    onProblem(message) {
      if (++problems <= MOST_PROBLEMS) printError(`WARNING: ${message}`);
      if (problems === MOST_PROBLEMS) printError("Further warnings are only counted.");
    },
    onProgress({ doneBytes, totalBytes }) {
      const { laws, rows } = corpus.counts;
      display.update({ share: totalBytes === 0 ? 1 : doneBytes / totalBytes, laws, rows });
    },
  });
  const { signal, exitOf, release } = listenForSignals(() => display.stop());
  try {
    const laws = corpus.laws();
    const built = await buildIndex(
      flags.jsonl === undefined ? laws : alsoWriteJsonl(laws, flags.jsonl),
      flags.out,
      {
        source: flags.in,
        ...(flags.asOf === undefined ? {} : { asOf: withDashes(flags.asOf) }),
        signal,
        onWait: printError,
        onProgress({ phase }) {
          if (phase !== "merging" || isMerging) return;
          isMerging = true;
          display.stop();
          printError("All laws are read; putting their terms together …");
        },
      },
    );
    display.stop();
    printNews(renderCorpusReport(flags.in, corpus.counts, built));
    if (flags.jsonl !== undefined) printNews(`jsonl   ${flags.jsonl}`);
    return problems > 0 ? EXIT.finding : EXIT.done;
  } catch (error) {
    return exitOf(error);
  } finally {
    display.stop();
    release();
    await corpus.close();
  }
}

/** `20240401` → `2024-04-01`. */
function withDashes(day: string): string {
  return day.replace(/^(\d{4})(\d{2})(\d{2})$/, "$1-$2-$3");
}

async function createDisplay(): Promise<CorpusBuildDisplay> {
  const { createCorpusBar, createCorpusLines } = await import("../report/corpus_report.ts");
  return canDraw(Deno.stderr) ? createCorpusBar() : createCorpusLines(printError);
}
