import assert from "node:assert/strict";
import { journalPath } from "../../eval/journal.ts";
import { makeResultFile } from "../html/result_file_double.ts";
import { openJournalDouble } from "./journal_double.ts";
import { JournalTail } from "./tail_journal.ts";

const FILE = makeResultFile({ questions: 12, isRight: (index) => index % 2 === 0 });

async function inFolder(action: (path: string) => Promise<void>): Promise<void> {
  const folder = await Deno.makeTempDir();
  try {
    await action(journalPath(`${folder}/r.json`));
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

const append = (path: string, text: string) => Deno.writeTextFile(path, text, { append: true });
const indices = (tail: JournalTail) => [...tail.look()!.answers.keys()];

Deno.test("a journal is followed while it grows, and read on from where the last look ended", () =>
  inFolder(async (path) => {
    const tail = new JournalTail(path);
    assert.equal(tail.look(), undefined);
    const run = await openJournalDouble(path, FILE);
    assert.equal(tail.look(), undefined);
    run.start();
    assert.deepEqual(indices(tail), []);
    run.answer(0, 2);
    assert.deepEqual(indices(tail), [0, 1]);
    run.answer(2, 5);
    const view = tail.look()!;
    assert.deepEqual([...view.answers.keys()], [0, 1, 2, 3, 4]);
    assert.equal(view.fingerprint["questions"], 12);
    assert.deepEqual(view.elapsedSeconds, [0.5, 1, 1.5, 2, 2.5]);
    assert.equal(view.answers.get(0)!.outcome, "correct");
    run.journal.close();
  }));

Deno.test("a torn last line waits for its rest; a line damaged before the end is told", () =>
  inFolder(async (path) => {
    const run = await openJournalDouble(path, FILE);
    run.start();
    run.answer(0, 3);
    run.journal.close();
    const lines = (await Deno.readTextFile(path)).split("\n");
    const whole = lines[1]!;
    const tail = new JournalTail(path);
    await Deno.writeTextFile(path, `${lines.slice(0, 2).join("\n")}\n${whole.slice(0, 40)}`);
    assert.deepEqual(indices(tail), [0]);
    await append(path, `${whole.slice(40).replace('"index":0', '"index":7')}\n`);
    assert.deepEqual(indices(tail), [0, 7]);
    // Torn with its newline: the last line is dropped and written over by the run that goes on.
    await append(path, `{"type":"result","elapsed\n`);
    assert.deepEqual(indices(tail), [0, 7]);
    assert.equal(tail.look()!.damagedLine, undefined);
    await append(path, `${whole}\n`);
    assert.equal(tail.look()!.damagedLine, 4);
  }));

Deno.test("a run that goes on and a run that begins anew are told apart", () =>
  inFolder(async (path) => {
    const tail = new JournalTail(path);
    const run = await openJournalDouble(path, FILE);
    run.start();
    run.answer(0, 4);
    assert.equal(indices(tail).length, 4);
    await append(path, `{"type":"sitting","started_at":"2026-01-02T00:00:00.000Z"}\n`);
    assert.deepEqual(tail.look()!.elapsedSeconds, []);
    assert.equal(indices(tail).length, 4);
    // As --overwrite begins: shorter, and later longer than what was read.
    run.journal.start({ questions: 3 }, {}, "2026-02-01T00:00:00.000Z");
    run.answer(0, 8);
    const view = tail.look()!;
    assert.equal(view.fingerprint["questions"], 3);
    assert.equal(view.answers.size, 8);
    run.journal.close();
    await Deno.remove(path);
    assert.equal(tail.look(), undefined);
  }));
