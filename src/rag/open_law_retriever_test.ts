import assert from "node:assert/strict";
import { join } from "node:path";
import { loadDataset } from "../dataset/load_dataset.ts";
import { buildDemoIndex } from "./demo_index_double.ts";
import { openLawRetriever } from "./open_law_retriever.ts";
import { searchConfigDouble, writeSearchDouble } from "./search/law_search_double.ts";

const QUESTIONS = "datasets/demo/questions.json";

async function withFolder(body: (folder: string) => Promise<void>): Promise<void> {
  const folder = await Deno.makeTempDir({ prefix: "houqa_laws_" });
  try {
    await body(folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

Deno.test("an index gives articles, and tells where the right ones stand", () =>
  withFolder(async (folder) => {
    const index = await buildDemoIndex(folder);
    const { questions: [first] } = await loadDataset(QUESTIONS);
    for (const type of ["bm25", "cite"] as const) {
      const laws = await openLawRetriever(searchConfigDouble(index, { retriever: type }));
      try {
        const found = await laws.retrieve(first!.question, { limit: 3 });
        const { contexts } = found;
        assert.ok(contexts.length >= 1 && contexts.length <= 3);
        assert.deepEqual(contexts.map(({ rank }) => rank), contexts.map((_, place) => place + 1));
        assert.deepEqual(laws.judge!(first!, found), {
          isGold: contexts.map((_, place) => place === 0),
          gold: { count: 1, ranks: [1], notInCorpus: [] },
        });
        // Asked about something else, it is not among the first, or not the first.
        const other = await laws.retrieve("この法律の目的", { limit: 3 });
        assert.notEqual(laws.judge!(first!, other).gold!.ranks[0], 1);
        assert.equal(laws.judge!({ ...first!, context: "" }, found).gold, undefined);
        assert.match(laws.corpus, /^laws [0-9a-f]{16}$/);
        assert.equal(laws.description!.index.folder, index);
      } finally {
        await laws.close!();
      }
    }
  }));

Deno.test("right articles that the index lacks count, and are named", () =>
  withFolder(async (folder) => {
    const laws = await openLawRetriever(searchConfigDouble(await buildDemoIndex(folder)));
    try {
      const { questions: [first] } = await loadDataset(QUESTIONS);
      const found = await laws.retrieve(first!.question, { limit: 3 });
      const goldOf = (context: string) => laws.judge!({ ...first!, context }, found).gold;
      const missing = "## 会社法\n### 第1条\n一\n### 第2条\n二";
      assert.deepEqual(goldOf(`${first!.context}\n${missing}`), {
        count: 3,
        ranks: [1],
        notInCorpus: ["会社法 第1条", "会社法 第2条"],
      });
      assert.deepEqual(goldOf(missing), {
        count: 2,
        ranks: [],
        notInCorpus: ["会社法 第1条", "会社法 第2条"],
      });
    } finally {
      await laws.close!();
    }
  }));

Deno.test("articles are cut to the tokens there are, and it is said", () =>
  withFolder(async (folder) => {
    const laws = await openLawRetriever(searchConfigDouble(await buildDemoIndex(folder)), {
      countTokens: (text) => text.length,
    });
    try {
      const query = "霧中茶屋警備事業規制法第二条の定義";
      const { contexts, leftOut } = await laws.retrieve(query, { limit: 3, budgetTokens: 200 });
      const length = contexts.reduce((sum, { text }) => sum + text.length, 0);
      assert.ok(contexts.length > 0 && length <= 200, `${length}`);
      assert.ok(leftOut.length > 0 || contexts.some(({ cut }) => cut !== undefined));
    } finally {
      await laws.close!();
    }
  }));

Deno.test("a search by meaning says which model runs where, and stops with the signal", () =>
  withFolder(async (folder) => {
    const { index, model } = await writeSearchDouble(folder);
    const config = searchConfigDouble(index, { retriever: "hybrid" });
    const notes: string[] = [];
    const laws = await openLawRetriever(config, { onNote: (note) => notes.push(note) });
    try {
      assert.ok(notes.some((note) => note.includes(model) && /cpu/.test(note)), notes.join("\n"));
      assert.equal(laws.type, "cite+hybrid");
      const signal = AbortSignal.abort();
      await assert.rejects(laws.retrieve("免許", { limit: 1, signal }), { name: "AbortError" });
    } finally {
      await laws.close!();
    }
    await assert.rejects(openLawRetriever(config, { signal: AbortSignal.abort() }), {
      name: "AbortError",
    });
  }));

Deno.test("what an index can't do is refused with what to do", () =>
  withFolder(async (folder) => {
    const index = await buildDemoIndex(folder);
    await assert.rejects(
      openLawRetriever(searchConfigDouble(index, { retriever: "vector" })),
      /houqa laws embed/,
    );
    await assert.rejects(
      openLawRetriever(searchConfigDouble(join(index, "nothing"))),
      /houqa laws build/,
    );
  }));
