import assert from "node:assert/strict";
import { makeSampleQuestions } from "../dataset/sample_questions.ts";
import { UsageError } from "../settings/usage_error.ts";
import { CannotContinueError } from "../settings/cannot_continue_error.ts";
import { fingerprintDifferences, Journal, readJournal } from "./journal.ts";
import type { QuestionResult } from "./result_schema.ts";

const FINGERPRINT = { dataset_sha256: "x", seed: 1, adapter_digest: null };
const NOW = "2030-01-01T00:00:00.000Z";

function resultOf(index: number, text = "a"): QuestionResult {
  const [question] = makeSampleQuestions(1);
  return {
    index,
    question: question!.question,
    choices: "a 1\nb 2\nc 3\nd 4",
    correct_answer: "a",
    predicted_answer: "a",
    is_correct: true,
    outcome: "correct",
    response: text,
    retrieved_docs_count: 0,
    file_name: "名\n前",
    references: [],
    prompt: "p",
  };
}

async function inFolder(action: (path: string) => Promise<void>): Promise<void> {
  const folder = await Deno.makeTempDir();
  try {
    await action(`${folder}/deep/er/r.json.journal.jsonl`);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

Deno.test("what was appended is read again, the last result of a question counting", () =>
  inFolder(async (path) => {
    assert.equal(readJournal(path), undefined);
    const journal = await Journal.open(path);
    journal.start(FINGERPRINT, {}, NOW);
    journal.append(resultOf(0), 1.5);
    journal.append(resultOf(1), 2);
    journal.append(resultOf(0, "second"), 3.25);
    journal.close();
    const content = readJournal(path)!;
    assert.deepEqual(content.fingerprint, FINGERPRINT);
    assert.equal(content.startedAt, NOW);
    assert.deepEqual([...content.results.keys()], [0, 1]);
    assert.equal(content.results.get(0)!.response, "second");
    assert.equal(content.elapsedSeconds, 3.25);
    assert.equal(content.sittings, 1);
  }));

Deno.test("sittings add up", () =>
  inFolder(async (path) => {
    const first = await Journal.open(path);
    first.start(FINGERPRINT, {}, NOW);
    first.append(resultOf(0), 10);
    first.close();
    const second = await Journal.open(path);
    second.resume(readJournal(path)!, NOW);
    second.append(resultOf(1), 5);
    second.close();
    const { sittings, elapsedSeconds, results } = readJournal(path)!;
    assert.deepEqual({ sittings, elapsedSeconds, size: results.size }, {
      sittings: 2,
      elapsedSeconds: 15,
      size: 2,
    });
  }));

Deno.test("cut at any byte, a journal keeps every complete line and goes on behind it", () =>
  inFolder(async (path) => {
    const journal = await Journal.open(path);
    journal.start(FINGERPRINT, {}, NOW);
    for (let i = 0; i < 3; i++) journal.append(resultOf(i), i + 1);
    journal.close();
    const whole = await Deno.readFile(path);
    const ends = [...whole.entries()].filter(([, byte]) => byte === 10).map(([at]) => at + 1);
    for (let cut = 0; cut <= whole.length; cut += 7) {
      await Deno.writeFile(path, whole.subarray(0, cut));
      const lines = ends.filter((end) => end <= cut).length;
      const content = readJournal(path);
      if (lines === 0) {
        assert.equal(content, undefined);
        continue;
      }
      assert.equal(content!.results.size, lines - 1);
      const again = await Journal.open(path);
      again.resume(content!, NOW);
      again.append(resultOf(9), 1);
      again.close();
      const after = readJournal(path)!;
      assert.equal(after.results.size, lines);
      assert.ok(after.results.has(9));
    }
  }));

Deno.test("a last line that is complete but unreadable is dropped, an earlier one refused", () =>
  inFolder(async (path) => {
    const journal = await Journal.open(path);
    journal.start(FINGERPRINT, {}, NOW);
    journal.append(resultOf(0), 1);
    journal.close();
    const text = await Deno.readTextFile(path);
    await Deno.writeTextFile(path, text + "\0\0\0\n");
    assert.equal(readJournal(path)!.results.size, 1);
    await Deno.writeTextFile(path, text + "{}\n" + text.split("\n")[1] + "\n");
    assert.throws(() => readJournal(path), /damaged at line 3/);
  }));

Deno.test("two runs can't hold the same journal", () =>
  inFolder(async (path) => {
    const journal = await Journal.open(path);
    await assert.rejects(Journal.open(path), /Another run is writing/);
    journal.close();
    (await Journal.open(path)).close();
  }));

Deno.test("a journal that can't be opened is a usage error, one that can't be written ends the run", () =>
  inFolder(async (path) => {
    await Deno.mkdir(path, { recursive: true });
    await assert.rejects(Journal.open(path), UsageError);
    await Deno.remove(path, { recursive: true });
    const journal = await Journal.open(path);
    journal.start(FINGERPRINT, {}, NOW);
    journal.close();
    assert.throws(() => journal.append(resultOf(0), 1), CannotContinueError);
  }));

Deno.test("written lines are made durable within a second, and on close", () =>
  inFolder(async (path) => {
    let syncs = 0;
    const journal = await Journal.open(path, () => syncs++);
    journal.start(FINGERPRINT, {}, NOW);
    journal.append(resultOf(0), 1);
    assert.equal(syncs, 0);
    await new Promise((done) => setTimeout(done, 1100));
    assert.equal(syncs, 1);
    journal.append(resultOf(1), 2);
    journal.close();
    assert.equal(syncs, 2);
  }));

Deno.test("an fsync that fails ends the run at the next line", () =>
  inFolder(async (path) => {
    const journal = await Journal.open(path, () => {
      throw new Error("I/O error");
    });
    journal.start(FINGERPRINT, {}, NOW);
    await new Promise((done) => setTimeout(done, 1100));
    assert.throws(() => journal.append(resultOf(0), 1), /I\/O error/);
    assert.throws(() => journal.close(), CannotContinueError);
  }));

Deno.test("an fsync that failed once is not forgotten when the next one succeeds", () =>
  inFolder(async (path) => {
    let calls = 0;
    const journal = await Journal.open(path, () => {
      if (calls++ === 0) throw new Error("I/O error");
    });
    journal.start(FINGERPRINT, {}, NOW);
    await new Promise((done) => setTimeout(done, 1100));
    assert.throws(() => journal.close(), /I\/O error/);
  }));

Deno.test("a journal of another version is not called damaged, nor dropped", () =>
  inFolder(async (path) => {
    const journal = await Journal.open(path);
    journal.start(FINGERPRINT, {}, NOW);
    journal.close();
    const text = await Deno.readTextFile(path);
    await Deno.writeTextFile(path, text.replace('"journal_version":1', '"journal_version":2'));
    assert.throws(() => readJournal(path), /has version 2; this houqa continues version 1/);
  }));

Deno.test("a lock on a journal that was deleted meanwhile is not taken for one", () =>
  inFolder(async (path) => {
    const first = await Journal.open(path);
    first.start(FINGERPRINT, {}, NOW);
    await Deno.remove(path);
    const second = await Journal.open(path);
    second.start(FINGERPRINT, {}, NOW);
    first.close();
    assert.equal(readJournal(path)!.results.size, 0);
    second.close();
  }));

Deno.test("opening without a run leaves no empty file behind", () =>
  inFolder(async (path) => {
    await (await Journal.open(path)).abandon();
    assert.equal(readJournal(path), undefined);
    await assert.rejects(Deno.stat(path), Deno.errors.NotFound);
  }));

Deno.test("removing deletes the file", () =>
  inFolder(async (path) => {
    const journal = await Journal.open(path);
    journal.start(FINGERPRINT, {}, NOW);
    await journal.remove();
    assert.equal(readJournal(path), undefined);
  }));

Deno.test("fingerprints are compared field by field", () => {
  assert.deepEqual(fingerprintDifferences(FINGERPRINT, { ...FINGERPRINT }), []);
  assert.deepEqual(
    fingerprintDifferences(FINGERPRINT, { ...FINGERPRINT, seed: 2, adapter_digest: "d" }),
    ['adapter_digest: null then, "d" now', "seed: 1 then, 2 now"],
  );
});
