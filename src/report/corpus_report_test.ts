import assert from "node:assert/strict";
import { emptyCounts } from "../rag/corpus/corpus.ts";
import type { BuildReport } from "../rag/index/build_index.ts";
import { createCorpusLines, renderCorpusReport } from "./corpus_report.ts";

const BUILT = {
  folder: "data/egov_laws",
  sizeBytes: 128_400_000,
  seconds: 91.26,
  runs: 4,
  manifest: {
    corpus: { sha256: "ab12", cut_rows: 0 },
    terms: { indexed: 1_234_567, left_out: 89, most_rows: 27_520 },
  },
} as BuildReport;

Deno.test("every number of the corpus is told, and the sums are right", () => {
  const counts = emptyCounts();
  Object.assign(counts, {
    found: 10_702,
    laws: 8_990,
    units: 430_000,
    articles: 400_000,
    deleted: 12_000,
    rows: 1_376_000,
  });
  counts.others = new Map([[".csv", 1], ["hidden", 2]]);
  counts.skipped.set("broken XML", 8).set("not yet in force", 1704);
  Object.assign(counts.text.found, { pieces: 9, characters: 1000 });
  Object.assign(counts.text.inRows, { characters: 900 });
  Object.assign(counts.text.inTitles, { characters: 70 });
  counts.text.skip("Rt", { pieces: 1, characters: 10 });
  counts.text.skip("TOC", { pieces: 1, characters: 20 });
  assert.deepEqual(renderCorpusReport("data/egov_xml", counts, BUILT).split("\n"), [
    "read    data/egov_xml: 10,702 laws found = 8,990 read + 1,712 left out",
    "          1,704 not yet in force",
    "          8 broken XML",
    "others  3 that are no laws, by ending",
    "          2 hidden",
    "          1 .csv",
    "text    1,000 characters found = 900 in rows + 70 in titles + 30 left out",
    "          20 TOC",
    "          10 Rt",
    "corpus  8,990 laws, 430,000 units (400,000 articles, 12,000 deleted), 1,376,000 rows",
    "terms   1,234,567 are searched; 89 left out: each in more than 27,520 rows",
    "index   data/egov_laws: 128.4 MB in 91.3 s, corpus sha256 ab12",
  ]);
  Object.assign(counts, emptyCounts(), { lines: 12, rows: 10 });
  counts.skippedLines.set("blank", 2);
  const text = renderCorpusReport("x.jsonl", counts, {
    ...BUILT,
    sizeBytes: 400,
    manifest: {
      ...BUILT.manifest,
      corpus: { ...BUILT.manifest.corpus, cut_rows: 3 },
      terms: { indexed: 5, left_out: 0, most_rows: 1000 },
    },
  });
  assert.match(text, /^terms {3}5 are searched$/m);
  assert.match(text, /^cut {5}3 rows are so long that their last words are not searched/m);
  assert.doesNotMatch(text, /^others/m);
  assert.match(text, /^lines {3}12 found = 10 rows \+ 2 left out\n {10}2 blank$/m);
  assert.match(text, /egov_laws: 1 kB in/);
});

Deno.test("lines come once for every tenth, with the time left", () => {
  const lines: string[] = [];
  let time = 0;
  const display = createCorpusLines((line) => lines.push(line), () => time);
  for (const share of [0, 0.05, 0.1, 0.15, 0.4, 1]) {
    time = 10_000 * share;
    display.update({ share, laws: 1000 * share, rows: 20_000 * share });
  }
  display.stop();
  assert.deepEqual(lines, [
    "10 %  100 laws  2,000 rows  ETA 9 s",
    "40 %  400 laws  8,000 rows  ETA 6 s",
    "100 %  1,000 laws  20,000 rows",
  ]);
});
