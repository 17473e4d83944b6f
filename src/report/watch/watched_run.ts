import { journalPath } from "../../eval/journal.ts";
import { UsageError } from "../../settings/usage_error.ts";
import { readReportRun, type ReportRun } from "../html/report_run.ts";
import { isJournalHeld } from "./is_journal_held.ts";
import { liveFigures, secondsAnAnswer } from "./live_figures.ts";
import type { LiveRun, LiveState } from "../html/page/live_data.ts";
import { type JournalledAnswer, JournalTail, type JournalView } from "./tail_journal.ts";

/** A journal that does not grow for so long may be nobody's any more. */
const QUIET_MS = 3_000;

/** How a run is watched. */
export interface WatchOptions {
  readonly now?: () => Date;
  readonly isHeld?: typeof isJournalHeld;
}

/** One run: its result file, and the journal beside it while the run goes on. */
export class WatchedRun {
  readonly path: string;
  readonly #tail: JournalTail;
  readonly #now: () => Date;
  readonly #isHeld: typeof isJournalHeld;
  #result: { readonly stamp: string; readonly run: ReportRun } | undefined;
  #answers: ReadonlyMap<number, JournalledAnswer> = new Map();
  #asked: { readonly at: number; readonly mtimeMs: number; readonly held?: boolean } | undefined;

  /** @param path of the result file, or of its journal. */
  constructor(path: string, options: WatchOptions = {}) {
    this.path = path.replace(/\.journal\.jsonl$/, "");
    this.#tail = new JournalTail(journalPath(this.path));
    this.#now = options.now ?? (() => new Date());
    this.#isHeld = options.isHeld ?? isJournalHeld;
  }

  /** The finished result, as far as it was seen by {@linkcode look}. */
  get result(): ReportRun | undefined {
    return this.#result?.run;
  }

  /** Its answers until now, by index. */
  get answers(): ReadonlyMap<number, JournalledAnswer> {
    return this.#answers;
  }

  /** Where the run stands. */
  async look(name: string): Promise<LiveRun> {
    const common = { name, path: this.path };
    try {
      const journal = this.#tail.look();
      const result = await this.#readResult();
      if (journal === undefined) {
        return result === undefined
          ? { ...common, state: "waiting", ...liveFigures([]) }
          : this.#finished(common, result);
      }
      const isOfResult = result?.file?.provenance.started_at === journal.startedAt;
      const held = await this.#held();
      // A result with errors keeps its journal; the run is asked to go on by the same command.
      if (isOfResult && held !== true) return this.#finished(common, result!);
      return this.#journalled(common, journal, held === false ? "stopped" : "running");
    } catch (error) {
      if (!(error instanceof UsageError)) throw error;
      return { ...common, state: "damaged", message: error.message, ...liveFigures([]) };
    }
  }

  #finished(common: Pick<LiveRun, "name" | "path">, { run }: ReportRun): LiveRun {
    this.#answers = new Map(run.questions.map((question) => [question.index, {
      index: question.index,
      question: question.question,
      correct_answer: question.correct,
      predicted_answer: question.predicted ?? "unknown",
      outcome: question.outcome,
    }]));
    return {
      ...common,
      state: "finished",
      model: run.model,
      total: run.questions.length,
      ...liveFigures(this.#answers.values()),
    };
  }

  #journalled(
    common: Pick<LiveRun, "name" | "path">,
    { fingerprint, answers, elapsedSeconds, damagedLine }: JournalView,
    state: LiveState,
  ): LiveRun {
    this.#answers = answers;
    const total = typeof fingerprint["questions"] === "number"
      ? fingerprint["questions"]
      : undefined;
    const seconds = secondsAnAnswer(elapsedSeconds);
    const figures = liveFigures(answers.values());
    const since = this.#sinceLastMs();
    return {
      ...common,
      state: damagedLine === undefined ? state : "damaged",
      ...(damagedLine === undefined
        ? {}
        : { message: `The journal is damaged at line ${damagedLine}.` }),
      model: describe(fingerprint),
      ...(total === undefined ? {} : { total }),
      ...figures,
      ...(seconds === undefined || state !== "running" ? {} : {
        secondsAnAnswer: seconds,
        ...(total === undefined ? {} : { secondsLeft: seconds * (total - figures.done) }),
      }),
      ...(since === undefined ? {} : { secondsSinceAnswer: since / 1000 }),
    };
  }

  #sinceLastMs(): number | undefined {
    const mtime = this.#asked?.mtimeMs;
    return mtime === undefined ? undefined : Math.max(0, this.#now().getTime() - mtime);
  }

  /** Whether a run holds the journal; asked seldom, and not of one that grows. */
  async #held(): Promise<boolean | undefined> {
    const path = journalPath(this.path);
    const mtimeMs = (await Deno.stat(path).catch(() => undefined))?.mtime?.getTime() ?? 0;
    const now = this.#now().getTime();
    const before = this.#asked;
    const isKnown = before !== undefined && before.mtimeMs === mtimeMs &&
      now - before.at < QUIET_MS;
    const held = now - mtimeMs < QUIET_MS ? true : isKnown ? before.held : await this.#isHeld(path);
    this.#asked = {
      at: isKnown ? before.at : now,
      mtimeMs,
      ...(held === undefined ? {} : { held }),
    };
    return held;
  }

  async #readResult(): Promise<ReportRun | undefined> {
    const stat = await Deno.stat(this.path).catch(() => undefined);
    if (stat === undefined) {
      this.#result = undefined;
      return undefined;
    }
    const stamp = `${stat.size} ${stat.mtime?.getTime()} ${stat.ino}`;
    if (this.#result?.stamp !== stamp) {
      this.#result = { stamp, run: await readReportRun(this.path) };
    }
    return this.#result.run;
  }
}

function describe(fingerprint: JournalView["fingerprint"]): string {
  const { llm_backend: backend, llm_model: model, adapter_digest: adapter, dtype, context } =
    fingerprint;
  const details = [
    dtype,
    adapter === null || adapter === undefined ? undefined : "with an adapter",
    context === undefined ? undefined : `context ${context}`,
  ].filter((detail) => detail !== undefined && detail !== null);
  return `${backend ?? "?"} / ${model ?? "?"}${
    details.length === 0 ? "" : ` (${details.join(", ")})`
  }`;
}
