import assert from "node:assert/strict";
import fc from "fast-check";
import { visitBigrams } from "../index/law_bigrams.ts";
import { bigramRuns, bigramText, countTerms } from "./bigram_runs.ts";
import { analyse, type AnalyserSettings } from "./lucene_field_double.ts";
import { createIndexBody, wantedAbout } from "./opensearch_schema.ts";

const body = createIndexBody(wantedAbout({ sha256: "", units: 1, rows: 1 }), {
  shards: 1,
  replicas: 0,
});
const { settings } = body as {
  settings: {
    analysis: {
      analyzer: Record<string, { tokenizer: string }>;
      filter: Record<string, AnalyserSettings["filter"]>;
    };
  };
};
const analyser = {
  tokenizer: settings.analysis.analyzer.law_bigrams!.tokenizer,
  filter: settings.analysis.filter.law_bigrams!,
};

/** The terms that the server makes of a text. */
const onServer = (text: string) => bigramRuns(text).flatMap((run) => analyse(run, analyser));

/** The terms of the local index, as texts. */
function locally(text: string): string[] {
  const terms: string[] = [];
  visitBigrams(text, (first, second) => terms.push(bigramText(first, second)));
  return terms;
}

Deno.test("the analyser makes the bigrams of the local index, numbers whole", () => {
  assert.deepEqual(bigramRuns("第二十一条の２、前項 A"), ["第 #21 条 の #2", "前 項", "a"]);
  assert.deepEqual(onServer("第15条"), ["第 #15", "#15 条"]);
  assert.deepEqual(onServer("5・５、1234567"), [
    "#5",
    "#5",
    "1 2",
    "2 3",
    "3 4",
    "4 5",
    "5 6",
    "6 7",
  ]);
  assert.deepEqual(bigramRuns("、。 "), []);
  // Two runs that meet in one symbol, and a symbol alone behind its own pair.
  assert.deepEqual(onServer("甲乙、乙丙、丙、丙"), ["甲 乙", "乙 丙", "丙", "丙"]);
});

Deno.test("any text has the same terms on the server and locally", () => {
  const piece = fc.constantFrom(
    "第",
    "条",
    "の",
    "1",
    "５",
    "二十",
    "12345",
    "123456",
    "、",
    " ",
    "𠮷",
    "a",
  );
  const text = fc.oneof(
    fc.array(piece, { maxLength: 12 }).map((pieces) => pieces.join("")),
    fc.string({ unit: "binary", maxLength: 20 }),
  );
  fc.assert(
    fc.property(text, (text) => {
      assert.deepEqual(onServer(text), locally(text));
      const counted = [...countTerms(text).values()].reduce((sum, count) => sum + count, 0);
      assert.equal(counted, locally(text).length);
    }),
    { numRuns: 3000 },
  );
});
