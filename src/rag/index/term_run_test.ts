import assert from "node:assert/strict";
import fc from "fast-check";
import { ByteWriter } from "./byte_writer.ts";
import { termKey } from "./law_bigrams.ts";
import { mergeRuns } from "./merge_runs.ts";
import { MOST_OCCURRENCES, PostingList } from "./postings.ts";
import { FIELDS, TermRun, type TermRunSize } from "./term_run.ts";

/** Rows and occurrences by term. */
type Lists = Map<number, [row: number, occurrences: number][]>;

const pairsOf = ({ documents, occurrences, length }: PostingList) =>
  Array.from({ length }, (_, at): [number, number] => [documents[at]!, occurrences[at]!]);

/** Gathers rows of terms in runs of some size, merges them, and reads the result. */
async function runAndMerge(
  rows: Iterable<readonly number[]>,
  size: TermRunSize,
): Promise<{ lists: Lists; runs: number }> {
  const folder = await Deno.makeTempDir();
  try {
    const run = new TermRun(size);
    const paths: string[] = [];
    const write = () => run.writeTo(paths[paths.push(`${folder}/run-${paths.length}`) - 1]!);
    let rowCount = 0;
    for (const terms of rows) {
      if (run.isFull) write();
      for (const term of terms) {
        run.add(Math.floor(term / 2 ** 21), term % 2 ** 21, FIELDS.body, rowCount);
      }
      rowCount++;
    }
    if (!run.isEmpty) write();
    const writer = new ByteWriter(`${folder}/postings`, 16);
    const lengths: [key: number, bytes: number][] = [];
    const firstRows = Uint32Array.of(0, rowCount);
    mergeRuns(paths, writer, ({ key, rows, bodyBytes }) => {
      assert.ok(rows > 0);
      assert.ok(lengths.length === 0 || key > lengths.at(-1)![0]);
      lengths.push([key, bodyBytes]);
    }, { firstRows, mostRows: rowCount });
    writer.finish(false);
    const bytes = await Deno.readFile(`${folder}/postings`);
    const lists: Lists = new Map();
    const decoded = new PostingList();
    let at = 0;
    for (const [key, length] of lengths) {
      decoded.decode(bytes, at, at += length, rowCount);
      lists.set(key, pairsOf(decoded));
    }
    assert.equal(at, bytes.length);
    return { lists, runs: paths.length };
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

Deno.test("runs of any size merge to what went in", async () => {
  const term = fc.nat({ max: 40 }).map((number) => termKey(1 + number, number % 5));
  const rows = fc.array(fc.array(term, { maxLength: 30 }), { minLength: 1, maxLength: 300 });
  await fc.assert(
    fc.asyncProperty(rows, fc.integer({ min: 1, max: 500 }), async (rows, postings) => {
      const expected: Lists = new Map();
      rows.forEach((terms, row) => {
        for (const term of terms) {
          const list = expected.get(term) ?? [];
          if (list.at(-1)?.[0] === row) list.at(-1)![1]++;
          else list.push([row, 1]);
          expected.set(term, list);
        }
      });
      const { lists } = await runAndMerge(rows, { bytes: 1, lists: 2 ** 17, postings });
      assert.deepEqual(
        new Map([...lists].sort(([a], [b]) => a - b)),
        new Map(
          [...expected].sort(([a], [b]) => a - b),
        ),
      );
    }),
    { numRuns: 60 },
  );
});

Deno.test("documents of as many terms as there may be fit wherever a run is full", async () => {
  const all = Array.from({ length: MOST_OCCURRENCES }, (_, term) => termKey(1 + term % 999, term));
  const other = all.map((term) => term + termKey(2000, 0));
  const rows = Array.from({ length: 90 }, (_, row) => row % 30 < 29 ? all : other);
  const { lists, runs } = await runAndMerge(rows, { bytes: 6 << 20, lists: 2 ** 18 });
  assert.ok(runs > 1);
  assert.equal(lists.size, 2 * MOST_OCCURRENCES);
  const rowsOf = (terms: readonly number[]) => rows.flatMap((row, at) => row === terms ? [at] : []);
  for (const terms of [all, other]) {
    const expected = rowsOf(terms).map((row) => [row, 1]);
    for (const term of [terms[0]!, terms[5000]!, terms.at(-1)!]) {
      assert.deepEqual(lists.get(term), expected);
    }
  }
  const count = [...lists.values()].reduce((sum, list) => sum + list.length, 0);
  assert.equal(count, rows.length * MOST_OCCURRENCES);
});
