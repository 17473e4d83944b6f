import assert from "node:assert/strict";
import { journalPath } from "../../eval/journal.ts";
import { makeResultFile } from "../html/result_file_double.ts";
import { isJournalHeld } from "./is_journal_held.ts";
import { openJournalDouble } from "./journal_double.ts";
import { WatchedRun } from "./watched_run.ts";

const WITHOUT_ERRORS = makeResultFile({ questions: 12, isRight: (index) => index % 4 !== 1 });
const LATER = () => new Date(Date.now() + 60_000);

async function inFolder(action: (path: string) => Promise<void>): Promise<void> {
  const folder = await Deno.makeTempDir();
  try {
    await action(`${folder}/r.json`);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

Deno.test("from its beginning to its end", () =>
  inFolder(async (path) => {
    const watched = new WatchedRun(path);
    assert.equal((await watched.look("A")).state, "waiting");
    const run = await openJournalDouble(journalPath(path), WITHOUT_ERRORS);
    run.start();
    run.answer(0, 5);
    const going = await watched.look("A");
    assert.equal(going.state, "running");
    assert.deepEqual([going.done, going.total], [5, 12]);
    assert.equal(going.secondsAnAnswer, 0.5);
    assert.equal(going.secondsLeft, 3.5);
    assert.match(going.model!, /^hf \/ model \(q8, with an adapter, context gold\)$/);
    run.answer(5, 12);
    await Deno.writeTextFile(path, JSON.stringify(WITHOUT_ERRORS));
    await run.journal.remove();
    const done = await watched.look("A");
    assert.equal(done.state, "finished");
    assert.equal(done.done, 12);
    assert.equal(watched.result!.file!.results.length, 12);
  }));

Deno.test("a run that was killed shows as stopped, one that holds its journal does not", () =>
  inFolder(async (path) => {
    const run = await openJournalDouble(journalPath(path), WITHOUT_ERRORS);
    run.start();
    run.answer(0, 5);
    assert.equal(await isJournalHeld(journalPath(path)), true);
    assert.equal((await new WatchedRun(path, { now: LATER }).look("A")).state, "running");
    run.journal.close();
    assert.equal(await isJournalHeld(journalPath(path)), false);
    // Just now it still grew.
    assert.equal((await new WatchedRun(path).look("A")).state, "running");
    const { state, secondsLeft, secondsSinceAnswer } = await new WatchedRun(path, { now: LATER })
      .look("A");
    assert.equal(state, "stopped");
    assert.equal(secondsLeft, undefined);
    assert.ok(secondsSinceAnswer! > 50);
  }));

Deno.test("a result with errors keeps its journal: finished, or going on with what failed", () =>
  inFolder(async (path) => {
    const file = makeResultFile({ questions: 12, isRight: (index) => index % 4 !== 3 });
    const run = await openJournalDouble(journalPath(path), file);
    run.start();
    run.answer(0, 12);
    await Deno.writeTextFile(path, JSON.stringify(file));
    assert.equal((await new WatchedRun(path, { now: LATER }).look("A")).state, "running");
    run.journal.close();
    assert.equal((await new WatchedRun(path, { now: LATER }).look("A")).state, "finished");
    // The journal of another run over the old result.
    const other = await openJournalDouble(journalPath(path), {
      ...file,
      provenance: { ...file.provenance, started_at: "2026-03-01T00:00:00.000Z" },
    });
    other.start();
    other.journal.close();
    assert.equal((await new WatchedRun(path, { now: LATER }).look("A")).state, "stopped");
  }));

Deno.test("the journal's own name is taken for its result's; damage is told", () =>
  inFolder(async (path) => {
    const watched = new WatchedRun(journalPath(path));
    assert.equal(watched.path, path);
    await Deno.writeTextFile(path, "{}");
    const { state, message } = await watched.look("A");
    assert.equal(state, "damaged");
    assert.match(message!, /is not a houqa result|neither a houqa result/);
  }));
