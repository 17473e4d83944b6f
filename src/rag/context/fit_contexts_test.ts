import assert from "node:assert/strict";
import fc from "fast-check";
import type { CorpusStore } from "../index/corpus_store.ts";
import { lawDouble } from "../index/index_double.ts";
import { createMemoryCorpusStore } from "../recall/memory_corpus_store.ts";
import type { ArticleHit } from "../search/article_search.ts";
import { sentenceEnds } from "../vector/cut_at_sentence.ts";
import { COUNTERS, lawArbitrary } from "./context_double.ts";
import { joinContexts } from "./fit_contexts.ts";
import { gatherContexts, type GatherOptions } from "./gather_contexts.ts";
import { renderUnit } from "./render_unit.ts";

/** Every row of every unit is in a text, in what a text says it lacks, or in what was left out. */
function assertHonest(store: CorpusStore, hits: readonly ArticleHit[], options: GatherOptions) {
  const gathered = gatherContexts(store, hits, options);
  const { contexts, leftOut, tokens } = gathered;
  const texts = contexts.map(({ text }) => text);
  assert.equal(tokens, texts.length === 0 ? 0 : options.countTokens(joinContexts(texts)));
  assert.ok(tokens <= options.budgetTokens!, `${tokens} of ${options.budgetTokens}`);
  const wanted = hits.map(({ unit }) => unit);
  const found = [...contexts, ...leftOut].filter(({ expanded }) => expanded === undefined);
  assert.deepEqual(found.map(({ unit }) => unit).sort(), wanted.toSorted());

  for (const { unit, text, bestRow, cut, rank } of contexts) {
    assert.equal(hits[rank - 1]?.unit, unit);
    const rows = store.rowsOf(unit);
    const kept = keptOf(store, unit, text);
    rows.forEach((row, at) => {
      assert.ok(
        kept[at] === 0 ||
          sentenceEnds(row.text).some((end) =>
            row.text.slice(0, end).trimEnd().length === kept[at]
          ),
        `${row.text.slice(0, kept[at])} is no whole sentence`,
      );
    });
    const best = rows.findIndex(({ row }) => row === bestRow.row);
    assert.equal(bestRow.row, hits[rank - 1]!.bestRow);
    assert.ok(kept[best]! > 0);
    assert.equal(
      text.slice(bestRow.span.start, bestRow.span.end),
      rows[best]!.text.slice(0, kept[best]),
    );
    const total = rows.reduce((sum, row) => sum + row.text.length, 0);
    const lost = rows.reduce((sum, row, at) => sum + row.text.length - kept[at]!, 0);
    if (cut === undefined) {
      assert.equal(lost, 0);
      assert.equal(text, renderUnit(store.unit(unit), rows).text);
      continue;
    }
    assert.equal(cut.charactersTotal, total);
    // A line break at the end of what was kept is not shown.
    assert.ok(lost - cut.charactersLeftOut >= 0 && lost - cut.charactersLeftOut <= 1);
    assert.equal(cut.rowsLeftOut, kept.filter((length) => length === 0).length);
    assert.equal(cut.isBestRowShortened, kept[best]! < rows[best]!.text.length);
    const shortened = rows.filter(({ text }, at) => kept[at]! > 0 && kept[at]! < text.length);
    assert.equal(cut.rowsShortened, shortened.length);
    assert.ok(shortened.length <= 1);
    if (cut.isBestRowShortened) assert.equal(cut.rowsLeftOut, rows.length - 1);
    assert.ok(text.includes("（略）"));
  }
  for (const { unit, rows, characters, reason } of leftOut) {
    assert.equal(reason, "budget");
    assert.equal(rows, store.rowsOf(unit).length);
    assert.equal(characters, store.rowsOf(unit).reduce((sum, { text }) => sum + text.length, 0));
  }
  return gathered;
}

/** Length of each row in a text, read out of the text itself. */
function keptOf(store: CorpusStore, unit: number, text: string): number[] {
  const body = text.split("\n").filter((line) => !line.startsWith("#")).map((line) =>
    line.replace(/^ *- . /, "")
  ).join("\n");
  let from = 0;
  const rows = store.rowsOf(unit);
  return rows.map((row, at) => {
    for (const end of sentenceEnds(row.text).toReversed()) {
      const part = row.text.slice(0, end).trimEnd();
      const place = body.indexOf(part, from);
      // Two rows may begin alike: what stands here must be followed by a row's end.
      const isHere = place >= 0 && /^(\n|$)/.test(body.slice(place + part.length));
      const isNext = place === from ||
        body.slice(from, place).replace(/（略）|（削除）|\n/g, "") === "";
      if (part !== "" && isHere && isNext) {
        from = place + part.length;
        return part.length;
      }
    }
    assert.ok(at >= 0);
    return 0;
  });
}

/** Rows that can't be mistaken for one another. */
function numbered(store: CorpusStore): CorpusStore {
  const name = (row: { row: number; text: string }) => ({
    ...row,
    text: `${row.row}番${row.text}`,
  });
  return {
    ...store,
    rowsOf: (unit) => store.rowsOf(unit).map((row) => ({ ...row, ...name(row) })),
  };
}

for (const [name, countTokens] of Object.entries(COUNTERS)) {
  Deno.test(`contexts keep to the budget and say what they lack, counting ${name}`, () => {
    const cases = fc.tuple(
      lawArbitrary,
      fc.integer({ min: 0, max: 700 }),
      fc.infiniteStream(fc.nat()),
    );
    let cutCount = 0;
    let leftOutCount = 0;
    fc.assert(
      fc.property(cases, ([law, budgetTokens, stream]) => {
        const store = numbered(createMemoryCorpusStore([law]));
        const pick = (count: number) => stream.next().value! % count;
        const units = [...Array(store.unitCount).keys()];
        const hits: ArticleHit[] = [];
        while (units.length > 0) {
          const [unit] = units.splice(pick(units.length), 1);
          const { firstRow, rowCount } = store.unit(unit!);
          hits.push({ unit: unit!, score: 1, bestRow: firstRow + pick(rowCount) });
        }
        const gathered = assertHonest(store, hits, { budgetTokens, countTokens });
        cutCount += gathered.contexts.filter(({ cut }) => cut !== undefined).length;
        leftOutCount += gathered.leftOut.length;
      }),
      { numRuns: 400 },
    );
    assert.ok(cutCount > 100 && leftOutCount > 100, `${cutCount} cut, ${leftOutCount} left out`);
  });
}

const LONG = lawDouble("長大法", [
  Array.from({ length: 50 }, (_, at) => `${at + 1}番目の規定は、長い規定である。なお書きもある。`),
  ["短い条文。"],
  ["中くらいの条文は、少しだけ長い。続きもある。"],
]);
const STORE = createMemoryCorpusStore([LONG]);
const countTokens = COUNTERS.characters!;

Deno.test("a long article does not crowd out the others", () => {
  const hits = [{ unit: 0, score: 3, bestRow: 20 }, { unit: 1, score: 2, bestRow: 50 }, {
    unit: 2,
    score: 1,
    bestRow: 51,
  }];
  const { contexts, leftOut } = assertHonest(STORE, hits, { budgetTokens: 400, countTokens });
  assert.deepEqual(contexts.map(({ unit }) => unit), [0, 1, 2]);
  assert.deepEqual(leftOut, []);
  assert.deepEqual(contexts.map(({ cut }) => cut !== undefined), [true, false, false]);
  // The best row and those around it.
  assert.match(contexts[0]!.text, /#### 第20項\n.*\n#### 第21項\n.*\n#### 第22項/);
  assert.ok(contexts[0]!.text.length > 250, contexts[0]!.text);
});

Deno.test("where shares would be scraps, low ranks give way and are named", () => {
  const laws = Array.from(
    { length: 8 },
    (_, at) =>
      lawDouble(`法${at}`, [
        Array.from({ length: 20 }, (_, row) => `${row}番の規定は、目的を定める。`),
      ]),
  );
  const store = createMemoryCorpusStore(laws);
  const hits = laws.map((_, unit) => ({ unit, score: 8 - unit, bestRow: unit * 20 + 10 }));
  const { contexts, leftOut } = assertHonest(store, hits, { budgetTokens: 300, countTokens });
  assert.deepEqual(contexts.map(({ rank }) => rank), [1, 2]);
  assert.deepEqual(leftOut.map(({ rank }) => rank), [3, 4, 5, 6, 7, 8]);
});

Deno.test("a first sentence that is longer than a share takes the room of lower ranks", () => {
  const store = createMemoryCorpusStore([
    lawDouble("甲法", [[`${"長".repeat(250)}。短い。`], [`${"並".repeat(140)}。短い。`]]),
  ]);
  const hits = [{ unit: 0, score: 2, bestRow: 0 }, { unit: 1, score: 1, bestRow: 1 }];
  const { contexts, leftOut } = assertHonest(store, hits, { budgetTokens: 280, countTokens });
  assert.deepEqual(contexts.map(({ rank }) => rank), [1]);
  assert.deepEqual(leftOut.map(({ rank }) => rank), [2]);
  assert.deepEqual(
    assertHonest(store, hits, { budgetTokens: 100, countTokens }).contexts,
    [],
  );
});

Deno.test("huge articles are not counted whole", () => {
  const store = createMemoryCorpusStore([
    lawDouble("巨大法", [Array.from({ length: 20_000 }, (_, at) => `${at}の規定は、これである。`)]),
  ]);
  let counted = 0;
  const counting = (text: string) => {
    counted += text.length;
    return text.length;
  };
  const hits = [{ unit: 0, score: 1, bestRow: 10_000 }];
  const { contexts } = gatherContexts(store, hits, { budgetTokens: 500, countTokens: counting });
  assert.ok(contexts[0]!.text.length > 400);
  assert.ok(counted < 20_000, String(counted));
});
