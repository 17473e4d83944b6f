import assert from "node:assert/strict";
import fc from "fast-check";
import type { Law } from "../corpus/law.ts";
import { createBm25Search } from "../search/bm25_search.ts";
import { type Bm25Parameters, DEFAULT_BM25 } from "./bm25_parameters.ts";
import { buildIndex, type BuildOptions } from "./build_index.ts";
import { lawDouble, unitDouble, withIndexFolder } from "./index_double.ts";
import { openIndex } from "./open_index.ts";
import { referenceBm25 } from "./reference_bm25_double.ts";

/** Few pieces, so that they meet: letters, numbers of all kinds, separators, a kanji beyond the BMP. */
const text = fc.array(
  fc.constantFrom(
    ...["法", "律", "の", "商品", "第二条", "第１２条", "十", "0", "007", "1,000", "123456", "12"],
    ...["、", "。", " ", "\n", "あっ", "あつ", "Ａb", "𠮷", "ー", "（", "取引"],
  ),
  { minLength: 1, maxLength: 12 },
).map((pieces) => pieces.join(""));

const unit = fc.tuple(text, text, fc.array(text, { minLength: 1, maxLength: 4 }));
const corpus = fc.array(
  fc.tuple(text, fc.array(text, { maxLength: 2 }), fc.array(unit, { maxLength: 5 })),
  { minLength: 1, maxLength: 4 },
).map((laws) =>
  laws.map(([title, abbreviations, units], index): Law =>
    lawDouble(title, [], {
      lawId: `law${index}`,
      abbreviations,
      units: units.map(([title, caption, rows], index) =>
        unitDouble(String(index), rows, { title, caption })
      ),
    })
  )
).filter((laws) => laws.some((law) => law.units.length > 0));

const parameters: fc.Arbitrary<Bm25Parameters> = fc.record({
  k1: fc.double({ min: 0, max: 3, noNaN: true }),
  b: fc.double({ min: 0, max: 1, noNaN: true }),
  k3: fc.double({ min: 0, max: 10, noNaN: true }),
  headingWeight: fc.integer({ min: 1, max: 9 }),
});

const options: fc.Arbitrary<BuildOptions> = fc.record({
  leaveOut: fc.record({
    share: fc.constantFrom(0, 0.3, 0.6, 1),
    keptRows: fc.nat({ max: 6 }),
  }),
  runSize: fc.record({
    bytes: fc.constant(1000),
    lists: fc.constant(2 ** 17),
    postings: fc.constantFrom(1, 7, 40, 1000),
  }),
});

/** Compares two lists of hits; units whose scores agree to 1e-9 may stand in either order. */
function assertSameHits(
  found: readonly { unit: number; score: number }[],
  expected: readonly { unit: number; score: number }[],
  limit: number,
): void {
  const scoreOf = new Map(expected.map(({ unit, score }) => [unit, score]));
  const isClose = (a: number, b: number) => Math.abs(a - b) <= 1e-9 * Math.abs(b);
  assert.equal(found.length, Math.min(limit, expected.length));
  assert.equal(new Set(found.map(({ unit }) => unit)).size, found.length);
  for (const [place, { unit, score }] of found.entries()) {
    assert.ok(isClose(score, scoreOf.get(unit)!), `unit ${unit}: ${score}, ${scoreOf.get(unit)}`);
    assert.ok(isClose(score, expected[place]!.score), `place ${place}`);
  }
}

Deno.test("ids and scores equal those of a plain BM25, whatever the corpus and the parameters", async () => {
  await withIndexFolder(async (folder) => {
    let hits = 0;
    let leftOut = 0;
    let merged = 0;
    await fc.assert(
      fc.asyncProperty(
        corpus,
        fc.array(text, { minLength: 1, maxLength: 4 }),
        parameters,
        options,
        fc.integer({ min: 1, max: 12 }),
        async (laws, queries, parameters, options, limit) => {
          const { manifest, runs } = await buildIndex(laws, folder, options);
          leftOut += manifest.terms.left_out;
          if (runs > 1) merged++;
          const search = createBm25Search(await openIndex(folder, { parameters }));
          try {
            for (const query of queries) {
              const found = await search.search(query, limit);
              const { most_rows } = manifest.terms;
              assertSameHits(found, referenceBm25(laws, query, parameters, most_rows), limit);
              hits += found.length;
            }
          } finally {
            await search.close();
          }
        },
      ),
      { numRuns: 400 },
    );
    assert.ok(hits > 1000 && leftOut > 100 && merged > 100, `${hits} ${leftOut} ${merged}`);
  });
});

Deno.test("a score is what the formula gives by hand", async () => {
  const laws = [
    lawDouble("甲法", [["株券", "株券株券の売買"]], {
      units: [unitDouble("1", ["株券", "株券株券の売買"], { title: "一", caption: "株券" })],
    }),
  ];
  await withIndexFolder(async (folder) => {
    await buildIndex(laws, folder);
    const index = await openIndex(folder, {
      parameters: { k1: 2, b: 0.5, k3: 0, headingWeight: 3 },
    });
    // Heading: 甲法, 1 and 株券 are a term each; rows: 1 term, and 株券 券株 株券 券の の売 売買.
    const [first, second] = [1 + 3 * 3, 6 + 3 * 3];
    const mean = (first + second) / 2;
    const idf = Math.fround(Math.log(1 + (2 - 2 + 0.5) / (2 + 0.5)));
    const score = (f: number, length: number) =>
      idf * f * 3 / (f + 2 * (1 - 0.5 + 0.5 * length / mean));
    const [one, two] = index.scoreRows("株券").scores;
    assert.ok(Math.abs(one! - score(1 + 3, first)) < 1e-12);
    assert.ok(Math.abs(two! - score(2 + 3, second)) < 1e-12);
    index.close();
  });
});

Deno.test("scores do not depend on what was asked before", async () => {
  await withIndexFolder(async (folder) => {
    await buildIndex(
      [lawDouble("甲法", [["届出をする"], ["許可を受ける"], ["届出と許可"]])],
      folder,
    );
    const index = await openIndex(folder);
    const before = index.scoreRows("届出").scores.slice();
    index.scoreRows("許可を受ける届出");
    assert.deepEqual(index.scoreRows("届出").scores, before);
    assert.ok(index.scoreRows("、").scores.every((score) => score === 0));
    assert.ok(index.scoreRows("").scores.every((score) => score === 0));
    index.close();
  });
});

Deno.test("in a corpus of a few laws no term is left out", async () => {
  await withIndexFolder(async (folder) => {
    const { manifest } = await buildIndex([lawDouble("甲法", [["届出"], ["届出"]])], folder);
    assert.equal(manifest.terms.left_out, 0);
    const search = createBm25Search(await openIndex(folder, { parameters: DEFAULT_BM25 }));
    assert.deepEqual((await search.search("届出", 5)).map(({ unit }) => unit), [0, 1]);
    await search.close();
  });
});
