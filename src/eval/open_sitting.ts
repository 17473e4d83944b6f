import { UsageError } from "../settings/usage_error.ts";
import {
  type Fingerprint,
  fingerprintDifferences,
  Journal,
  type JournalContent,
  journalPath,
  readJournal,
} from "./journal.ts";
import { readResult } from "./read_result.ts";

/** A journal ready for new results, and what earlier sittings left. */
export interface Sitting {
  readonly journal: Journal;
  readonly previous?: JournalContent;
  /** When the first sitting began, ISO 8601. */
  readonly startedAt: string;
}

/**
 * Refuses to overwrite a finished result, before anything is asked. A result with errors counts as
 * unfinished as long as its journal is there.
 * @throws {UsageError}
 */
export async function refuseFinishedResult(output: string, overwrite: boolean): Promise<void> {
  if (overwrite) return;
  let errorCount: number;
  try {
    const result = await readResult(output);
    if (result === undefined) return;
    errorCount = result.summary.error_count;
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    throw new UsageError(
      `${output} exists and is not overwritten (${error.message}). ` +
        "Use another --output, or --overwrite.",
    );
  }
  if (errorCount === 0) {
    throw new UsageError(
      `${output} is a finished result and is not overwritten. Use another --output, or --overwrite.`,
    );
  }
  if (readJournal(journalPath(output)) === undefined) {
    throw new UsageError(
      `${output} holds ${errorCount} errors, but its journal ${journalPath(output)} is gone, ` +
        "so it can't be completed. Use --overwrite to ask all questions again.",
    );
  }
}

/**
 * Opens the journal of a result file and goes on where an earlier sitting of the same run ended.
 * With `overwrite`, a journal of another run or of a completed one is dropped.
 * @param questionCount how many questions the whole run has.
 * @throws {UsageError} when the journal belongs to a run with other settings, data or model: the
 * message lists what differs.
 */
export async function openSitting(
  output: string,
  fingerprint: Fingerprint,
  questionCount: number,
  overwrite: boolean,
  now: string,
): Promise<Sitting> {
  const path = journalPath(output);
  const journal = await Journal.open(path);
  try {
    const previous = readJournal(path);
    const differences = previous === undefined
      ? []
      : fingerprintDifferences(previous.fingerprint, fingerprint);
    if (differences.length > 0 && !overwrite) {
      throw new UsageError(
        `The journal ${path} belongs to another run:\n  ${differences.join("\n  ")}\n` +
          "Use the same settings to go on, another --output, or --overwrite to start over.",
      );
    }
    const complete = overwrite && previous?.results.size === questionCount;
    if (previous === undefined || differences.length > 0 || complete) {
      journal.start(fingerprint, now);
      return { journal, startedAt: now };
    }
    journal.resume(previous, now);
    return { journal, previous, startedAt: previous.startedAt };
  } catch (error) {
    journal.close();
    throw error;
  }
}
