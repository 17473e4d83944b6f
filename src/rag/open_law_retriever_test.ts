import assert from "node:assert/strict";
import { join } from "node:path";
import { loadDataset } from "../dataset/load_dataset.ts";
import { fingerprintOf } from "../eval/describe_run.ts";
import { prepareEvaluation } from "../eval/prepare_evaluation.ts";
import { normaliseEvaluation } from "../settings/evaluation_config.ts";
import { resolveSettings } from "../settings/resolve_settings.ts";
import { openCorpus } from "./corpus/open_corpus.ts";
import { buildIndex } from "./index/build_index.ts";
import { openLawRetriever } from "./open_law_retriever.ts";

const QUESTIONS = "datasets/demo/questions.json";

/** The index of the demo statutes, in a folder that is removed afterwards. */
async function withDemoIndex(body: (folder: string) => Promise<void>): Promise<void> {
  const parent = await Deno.makeTempDir({ prefix: "houqa_laws_" });
  const corpus = await openCorpus("datasets/demo/laws", { today: "20260101" });
  try {
    const folder = join(parent, "laws");
    await buildIndex(corpus.laws(), folder);
    await body(folder);
  } finally {
    await corpus.close();
    await Deno.remove(parent, { recursive: true });
  }
}

Deno.test("an index gives articles, and tells where the right ones stand", () =>
  withDemoIndex(async (folder) => {
    const { questions } = await loadDataset(QUESTIONS);
    for (const type of ["bm25", "cite"] as const) {
      const retriever = await openLawRetriever({ folder, type });
      try {
        const [first] = questions;
        const contexts = await retriever.retrieve(first!.question, 3);
        assert.ok(contexts.length >= 1 && contexts.length <= 3);
        assert.deepEqual(contexts.map(({ rank }) => rank), contexts.map((_, place) => place + 1));
        assert.ok(retriever.isGold!(first!, contexts[0]!));
        assert.ok(contexts.slice(1).every((context) => !retriever.isGold!(first!, context)));
        const ranks = await retriever.rankGold!(first!, first!.question);
        assert.deepEqual(ranks, { count: 1, ranks: [1] });
        // Asked about something else, it is not among the first, or not the first.
        const other = await retriever.rankGold!(first!, "この法律の目的");
        assert.notEqual(other!.ranks[0], 1);
        assert.equal(await retriever.rankGold!({ ...first!, context: "" }, "目的"), undefined);
        assert.match(retriever.corpus, /^laws [0-9a-f]{16}$/);
      } finally {
        await retriever.close!();
      }
    }
  }));

Deno.test("articles are cut to the tokens there are, and it is said", () =>
  withDemoIndex(async (folder) => {
    let cuts = 0;
    const retriever = await openLawRetriever({
      folder,
      type: "bm25",
      budgetTokens: 200,
      countTokens: (text) => text.length,
      onCut: () => cuts++,
    });
    try {
      const contexts = await retriever.retrieve("霧中茶屋警備事業規制法第二条の定義", 3);
      const length = contexts.reduce((sum, { text }) => sum + text.length, 0);
      assert.ok(contexts.length > 0 && length <= 200, `${length}`);
      assert.equal(cuts, 1);
    } finally {
      await retriever.close!();
    }
  }));

Deno.test("an evaluation over an index asks with its articles", () =>
  withDemoIndex(async (folder) => {
    const settings = resolveSettings({
      options: {
        data: QUESTIONS,
        context: "retrieved",
        law_index: folder,
        samples: "4",
        baseline: "overlap",
      },
      environment: () => undefined,
      dotenv: {},
    });
    const { config, warnings } = normaliseEvaluation(settings);
    assert.deepEqual(warnings, []);
    const prepared = await prepareEvaluation(config);
    assert.equal(prepared.retriever?.type, "cite+bm25");
    for (const question of prepared.questions) {
      const { retrieved, goldRanks, prompt } = await prepared.pipeline.prepare(question);
      assert.equal(retrieved?.length, config.topK);
      assert.ok(prompt.parts.context.includes(retrieved![0]!.text));
      assert.equal(retrieved!.findIndex(({ isGold }) => isGold) + 1, goldRanks?.ranks[0]);
    }
  }));

Deno.test("answers over other laws, by another search or with less room are another run's", () =>
  withDemoIndex(async (folder) => {
    const fingerprint = async (options: Record<string, string>) => {
      const { config } = normaliseEvaluation(resolveSettings({
        options: {
          data: QUESTIONS,
          context: "retrieved",
          samples: "1",
          baseline: "overlap",
          ...options,
        },
        environment: () => undefined,
        dotenv: {},
      }));
      const prepared = await prepareEvaluation(config);
      return JSON.stringify(
        fingerprintOf(config, prepared, "", { backend: "baseline", model: "m", versions: {} }),
      );
    };
    const all = await Promise.all([
      {},
      { law_index: folder },
      { law_index: folder, retriever_type: "cite" },
      { law_index: folder, context_tokens: "300" },
      { law_index: folder, context_tokens: "400" },
    ].map((options) => fingerprint(options as Record<string, string>)));
    assert.equal(new Set(all).size, all.length);
    assert.equal(await fingerprint({ law_index: `${folder}/.` }), all[1]);
  }));

Deno.test("what an index can't do is refused with what it can", () =>
  withDemoIndex(async (folder) => {
    await assert.rejects(openLawRetriever({ folder, type: "vector" }), /--retriever bm25 or cite/);
    await assert.rejects(
      openLawRetriever({ folder: join(folder, "nothing"), type: "bm25" }),
      /houqa laws build/,
    );
  }));
