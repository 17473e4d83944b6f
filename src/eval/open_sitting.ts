import { getLogger } from "@logtape/logtape";
import { UsageError } from "../settings/usage_error.ts";
import { type ExistingOutput, inspectOutput } from "./inspect_output.ts";
import {
  type Fingerprint,
  fingerprintDifferences,
  Journal,
  type JournalContent,
  journalPath,
  readJournal,
} from "./journal.ts";

/** A journal ready for new results, and what earlier sittings left. */
export interface Sitting {
  readonly journal: Journal;
  readonly previous?: JournalContent;
  /** When the first sitting began, ISO 8601. */
  readonly startedAt: string;
}

/**
 * Refuses to overwrite a finished result. A result with errors counts as unfinished as long as its
 * journal is there.
 * @returns what stands in the output's place and may be replaced.
 * @throws {UsageError}
 */
export async function refuseFinishedResult(
  output: string,
  overwrite: boolean,
): Promise<ExistingOutput | undefined> {
  const existing = await inspectOutput(output);
  if (existing === undefined || overwrite) return existing;
  if (existing.errorCount === 0) {
    throw new UsageError(
      `${output} is a finished result and is not overwritten. Use another --output, or --overwrite.`,
    );
  }
  if (readJournal(journalPath(output)) === undefined) {
    throw new UsageError(
      `${output} holds ${existing.errorCount} errors, but its journal ${journalPath(output)} is ` +
        "gone, so it can't be completed. Use --overwrite to ask all questions again.",
    );
  }
  return existing;
}

/**
 * Goes on in the journal of a result file where an earlier sitting of the same run ended.
 * With `overwrite`, a journal that is damaged, of another run, or of the finished result that is to
 * be replaced is dropped; the journal of an interrupted run with the same settings is not.
 * @throws {UsageError} when the journal belongs to a run with other settings, data or model: the
 * message lists what differs. Also when a run beside this one has finished meanwhile. The journal
 * stays open.
 */
export async function openSitting(
  journal: Journal,
  output: string,
  run: { readonly fingerprint: Fingerprint; readonly versions: Readonly<Record<string, string>> },
  overwrite: boolean,
  now: string,
): Promise<Sitting> {
  const { path } = journal;
  // Looked at again now that nobody else can write.
  const existing = await refuseFinishedResult(output, overwrite);
  const previous = readPrevious(path, overwrite);
  const differences = previous === undefined
    ? []
    : fingerprintDifferences(previous.fingerprint, run.fingerprint);
  if (differences.length > 0 && !overwrite) {
    throw new UsageError(
      `The journal ${path} belongs to another run:\n  ${differences.join("\n  ")}\n` +
        "Use the same settings to go on, another --output, or --overwrite to start over.",
    );
  }
  const isOfFinished = existing?.errorCount === 0 && existing.startedAt === previous?.startedAt;
  if (previous === undefined || differences.length > 0 || isOfFinished) {
    journal.start(run.fingerprint, run.versions, now);
    return { journal, startedAt: now };
  }
  const newer = fingerprintDifferences(previous.versions, run.versions);
  if (newer.length > 0) {
    getLogger(["houqa", "eval"]).warn(
      "Going on with other versions, which may answer differently: {newer}.",
      { newer: newer.join("; ") },
    );
  }
  journal.resume(previous, now);
  return { journal, previous, startedAt: previous.startedAt };
}

function readPrevious(path: string, overwrite: boolean): JournalContent | undefined {
  try {
    return readJournal(path);
  } catch (error) {
    if (overwrite && error instanceof UsageError) return undefined;
    throw error;
  }
}
