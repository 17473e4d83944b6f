import assert from "node:assert/strict";
import { configureSync, resetSync } from "@logtape/logtape";
import { join } from "node:path";
import { loadDataset } from "../dataset/load_dataset.ts";
import type { Question } from "../dataset/question.ts";
import { formatSampleFile } from "../dataset/sample_questions.ts";
import { FakeLlm } from "../llm/fake_llm.ts";
import { buildDemoIndex } from "../rag/demo_index_double.ts";
import { buildIndex } from "../rag/index/build_index.ts";
import { lawDouble, unitDouble } from "../rag/index/index_double.ts";
import { openIndexSource } from "../rag/recall/index_source.ts";
import { measureRetrieval } from "../rag/recall/measure_retrieval.ts";
import { writeCrossEncoderDouble } from "../rag/rerank/cross_encoder_double.ts";
import { embedInto } from "../rag/search/law_search_double.ts";
import { writeEmbeddingDouble } from "../rag/vector/embedding_model_double.ts";
import { renderDryRun } from "../report/dry_run_report.ts";
import { normaliseEvaluation } from "../settings/evaluation_config.ts";
import { resolveSettings, type SettingSources } from "../settings/resolve_settings.ts";
import { UsageError } from "../settings/usage_error.ts";
import { fingerprintOf } from "./describe_run.ts";
import { evaluate, type EvaluationWorld } from "./evaluate.ts";
import { prepareEvaluation } from "./prepare_evaluation.ts";
import { readResult } from "./read_result.ts";
import type { ResultFile } from "./result_schema.ts";

type Options = SettingSources["options"];

function configOf(options: Options) {
  const { config, warnings } = normaliseEvaluation(resolveSettings({
    options: { context: "retrieved", ...options },
    environment: () => undefined,
    dotenv: {},
  }));
  assert.deepEqual(warnings, []);
  return config;
}

interface Bench {
  readonly folder: string;
  readonly index: string;
  /** Runs with a fake model, and reads the result from its file. */
  run(options?: Options, world?: Partial<EvaluationWorld>): Promise<ResultFile>;
}

/** Demo questions, or others, over an index in a folder that is removed afterwards. */
async function withBench(
  body: (bench: Bench) => Promise<void>,
  { questions, build = buildDemoIndex }: {
    readonly questions?: readonly Question[];
    readonly build?: (folder: string) => Promise<string>;
  } = {},
): Promise<void> {
  const folder = await Deno.makeTempDir({ prefix: "houqa_eval_" });
  try {
    const index = await build(folder);
    const data = join(folder, "q.json");
    const asked = questions ?? (await loadDataset("datasets/demo/questions.json")).questions
      .slice(0, 4);
    await Deno.writeTextFile(data, formatSampleFile(asked));
    const output = join(folder, "r.json");
    await body({
      folder,
      index,
      run: async (options = {}, world = {}) => {
        await evaluate(configOf({ data, output, law_index: index, ...options }), {
          settings: {},
          overwrite: true,
          createLlm: () => Promise.resolve(new FakeLlm(() => "a")),
          ...world,
        });
        return (await readResult(output))!;
      },
    });
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

Deno.test("a run over an index records articles, ranks, the room, and what was searched", () =>
  withBench(async ({ index, run }) => {
    const { config, summary, provenance, results } = await run();
    assert.deepEqual(
      [config.retriever_type, config.top_k, config.context_tokens, config.reranker_enabled],
      ["cite+bm25", 3, 6000, false],
    );
    assert.deepEqual([config.reranker_model, config.rerank_top_n], [null, null]);
    assert.equal(provenance.search!.index.folder, index);
    assert.equal(provenance.search!.index.laws, 5);
    assert.equal(provenance.search!.citations, true);
    for (const { retrieved, gold_articles: gold, left_out: out } of results) {
      assert.equal(retrieved!.length, 3);
      assert.equal(retrieved!.findIndex(({ is_gold }) => is_gold) + 1, gold!.ranks[0]);
      assert.deepEqual([gold!.count, gold!.not_in_corpus, out], [1, undefined, undefined]);
    }
    assert.equal(summary.recall!.questions, 4);
    assert.equal(summary.recall!.not_in_corpus, undefined);
    assert.equal(summary.statutes_cut, undefined);
  }));

Deno.test("of reranked articles as many are shown as are kept, and the run says so", async () => {
  const { questions: [question] } = await loadDataset("datasets/demo/questions.json");
  // The double reads few characters.
  const short = { ...question!, question: "許可", choices: { a: "有", b: "無", c: "可", d: "否" } };
  await withBench(async ({ folder, run }) => {
    const model = await writeCrossEncoderDouble(join(folder, "reranker"));
    const { config, provenance, results } = await run({
      reranker_enabled: true,
      reranker_model: model,
      rerank_top_n: "2",
      top_k: "4",
      embedding_device: "cpu",
    });
    assert.deepEqual(
      [config.reranker_enabled, config.reranker_model, config.rerank_top_n, config.top_k],
      [true, model, 2, 4],
    );
    assert.ok(results.every(({ retrieved }) => retrieved!.length === 2));
    assert.equal(provenance.search!.reranker!.candidates, 4);
  }, { questions: [short] });
});

Deno.test("added articles are recorded with their relation", () =>
  withBench(async ({ run }) => {
    const { results } = await run({ expand: "neighbours", top_k: "1" });
    const added = results.flatMap(({ retrieved }) => retrieved!.slice(1));
    assert.ok(added.length >= 4);
    for (const { is_expanded: isExpanded, relation, of_rank: ofRank } of added) {
      assert.deepEqual([isExpanded, ofRank], [true, 1]);
      assert.ok(relation === "previous" || relation === "next");
    }
    assert.ok(results.every(({ retrieved: [first] = [] }) => first!.relation === undefined));
  }));

Deno.test("statutes that are cut or left out are recorded by question and counted", () =>
  withBench(async ({ run }) => {
    const { config, summary, results } = await run({ context_tokens: "250" });
    assert.equal(config.context_tokens, 250);
    const isCut = results.filter(({ retrieved, left_out: out = [] }) =>
      out.length > 0 || retrieved!.some(({ is_cut }) => is_cut)
    );
    assert.ok(isCut.length > 0);
    assert.equal(summary.statutes_cut!.question_count, isCut.length);
    assert.equal(summary.statutes_cut!.without_any_count, 0);
    const out = results.flatMap(({ left_out = [] }) => left_out);
    assert.ok(out.length > 0);
    for (const { article, rank, reason } of out) {
      assert.match(article.law_id, /^599AC/);
      assert.ok(rank! >= 1 && rank! <= 3);
      assert.equal(reason, "budget");
    }
  }));

Deno.test("without room for any statute a run is refused before a model is loaded", () =>
  withBench(async ({ run }) => {
    const never = { createLlm: () => Promise.reject(new Error("loaded")) };
    const refused = (options: Options, message: RegExp) =>
      assert.rejects(
        run(options, never),
        (error: Error) => error instanceof UsageError && message.test(error.message),
      );
    await refused({ context_tokens: "5" }, /^--context-tokens 5 has room for no statute/);
    await refused({ num_ctx: "512" }, /^--num-ctx 512 leaves no room .*, the examples .*16 tokens/);
  }));

Deno.test("--num-ctx leaves statutes less room", () =>
  withBench(async ({ run }) => {
    const { config } = await run({ num_ctx: "4096" });
    assert.ok(config.context_tokens! > 500 && config.context_tokens! < 4096);
    const given = await run({ num_ctx: "4096", context_tokens: "5000" });
    assert.equal(given.config.context_tokens, 5000);
  }));

Deno.test("right articles that the index lacks stay in the recall", async () => {
  const { questions } = await loadDataset("datasets/demo/questions.json");
  const missing = "## 会社法\n### 第1条\n一";
  const asked = [
    questions[0]!,
    { ...questions[1]!, context: `${questions[1]!.context}\n${missing}` },
    { ...questions[2]!, context: missing },
  ];
  await withBench(async ({ run }) => {
    const { summary, results } = await run({ top_k: "10" });
    assert.deepEqual(results.map(({ gold_articles: gold }) => gold!.count), [1, 2, 1]);
    assert.deepEqual(results[1]!.gold_articles!.not_in_corpus, ["会社法 第1条"]);
    const { questions: counted, recall_at, not_in_corpus } = summary.recall!;
    assert.equal(counted, 2);
    assert.equal(recall_at!["10"], (1 + 1 / 2) / 2);
    assert.deepEqual(not_in_corpus, { articles: 1, questions: 1 });
    assert.equal(summary.accuracy_by_retrieval!.not_in_corpus!.total_count, 1);
  }, { questions: asked });
});

/** Laws whose 附則 is in many parts that have the words of every question. */
async function buildWithParts(folder: string): Promise<string> {
  const index = join(folder, "laws");
  const part = (at: number) => ({
    ...unitDouble("", [`業者が守る届出の期間はどれかについての経過措置その${at}。`], {
      provision: "supplementary",
      title: "附則",
    }),
    num: undefined,
  });
  const parts = Array.from({ length: 30 }, (_, at) => part(at)).map(({ num: _, ...unit }) => unit);
  const articles = Array.from(
    { length: 25 },
    (_, at) =>
      unitDouble(String(at + 1), [`第${at + 1}の業者は、届出の期間として${at + 3}日を守る。`]),
  );
  await buildIndex([{ ...lawDouble("甲法", []), units: [...articles, ...parts] }], index);
  await embedInto(`${index}_vectors`, index, await writeEmbeddingDouble(join(folder, "model")));
  return index;
}

Deno.test("an evaluation and a measurement agree about the same search", async () => {
  const { questions } = await loadDataset("datasets/demo/questions.json");
  const asked = Array.from({ length: 25 }, (_, at): Question => ({
    ...questions[at]!,
    question: `第${at + 1}の業者が守る届出の期間はどれか。`,
    choices: { a: "3日", b: `${at + 3}日`, c: "50日", d: "60日" },
    context: `## 甲法\n### 第${at + 1}条\n一\n### 第${(at * 7) % 30 + 1}条\n二`,
    references: [],
  }));
  await withBench(async ({ index, folder, run }) => {
    for (
      const options of [
        { retriever_type: "bm25", citations: false },
        { retriever_type: "hybrid", top_k: "5" },
        { retriever_type: "hybrid", top_k: "25", embedding_device: "cpu" },
      ]
    ) {
      const { summary, config: { retriever_type: name } } = await run(options);
      const data = join(folder, "q.json");
      const config = configOf({ data, law_index: index, ...options }).search!;
      const source = await openIndexSource({ config, hasVectors: true });
      try {
        const { retrievers: [measured] } = await measureRetrieval(asked, source, {
          retrievers: [name!],
          query: "full",
          keep: config.keep,
        });
        assert.deepEqual(summary.recall, measured!.articles, name!);
      } finally {
        await source.close();
      }
      const { questions: counted, recall_at: recall, not_in_corpus: missing } = summary.recall!;
      assert.equal(counted, 25);
      assert.ok(recall!["10"] > recall!["1"] && recall!["10"] < 1);
      assert.ok(missing!.articles > 0);
    }
  }, { questions: asked, build: buildWithParts });
});

Deno.test("the log tells which model of the search runs where, and what had no room", () =>
  withBench(async ({ index, folder, run }) => {
    await embedInto(`${index}_vectors`, index, await writeEmbeddingDouble(join(folder, "model")));
    const lines: string[] = [];
    configureSync({
      reset: true,
      sinks: { list: ({ level, message }) => void lines.push(`${level} ${message.join("")}`) },
      loggers: [
        { category: ["logtape"], sinks: [] },
        { category: ["houqa"], lowestLevel: "info", sinks: ["list"] },
      ],
    });
    try {
      await run({ retriever_type: "hybrid", embedding_device: "cpu", context_tokens: "250" });
    } finally {
      resetSync();
    }
    const places = [
      /^info Embedding model .*model: Device: cpu/,
      /^warning \d of 4 questions are asked with statutes cut or left out .*250 tokens/,
      /^info Backend: ollama$/,
      /^info Retriever: cite\+hybrid over laws/,
      /^info Room for statutes: 250 tokens a question/,
    ].map((line) => lines.findIndex((one) => line.test(one)));
    assert.ok(places.every((place) => place >= 0), lines.join("\n"));
    assert.deepEqual(places, places.toSorted((x, y) => x - y));
  }));

Deno.test("a dry run shows the room for statutes", () =>
  withBench(async ({ index, folder }) => {
    const data = join(folder, "q.json");
    const config = configOf({ data, law_index: index, context_tokens: "250", baseline: "overlap" });
    const text = await renderDryRun(config, await prepareEvaluation(config));
    assert.match(text, /\nStatutes +at most 250 tokens a question, .* left out for \d of 4\n/);
  }));

Deno.test("a signal ends a run while statutes are looked up", () =>
  withBench(async ({ run }) => {
    const stop = new AbortController();
    setTimeout(() => stop.abort(), 1);
    const world = {
      signal: stop.signal,
      createLlm: () => Promise.reject(new Error("loaded")),
    };
    await assert.rejects(run({}, world), { name: "AbortError" });
  }));

Deno.test("answers over other laws, by another search or with less room are another run's", () =>
  withBench(async ({ index }) => {
    const fingerprint = async (options: Options) => {
      const config = configOf({
        data: "datasets/demo/questions.json",
        samples: "1",
        baseline: "overlap",
        ...options,
      });
      const prepared = await prepareEvaluation(config);
      return JSON.stringify(
        fingerprintOf(config, prepared, "", { backend: "baseline", model: "m", versions: {} }),
      );
    };
    const all = await Promise.all([
      {},
      { law_index: index },
      { law_index: index, retriever_type: "cite" },
      { law_index: index, context_tokens: "300" },
      { law_index: index, context_tokens: "400" },
    ].map(fingerprint));
    assert.equal(new Set(all).size, all.length);
    assert.equal(await fingerprint({ law_index: `${index}/.` }), all[1]);
  }));
