import assert from "node:assert/strict";
import { Command, CommanderError } from "commander";
import { formatSampleFile, makeSampleQuestions } from "../dataset/sample_questions.ts";
import { buildIndex } from "../rag/index/build_index.ts";
import { formatChoices } from "../dataset/parse_choices.ts";
import { LawNames } from "../rag/cite/law_names.ts";
import { articleKey } from "../rag/recall/article_key.ts";
import { GoldLocator } from "../rag/recall/gold_articles.ts";
import { openLawSearch } from "../rag/search/open_law_search.ts";
import { resolveSettings } from "../settings/resolve_settings.ts";
import { searchConfig } from "../settings/search_config.ts";
import { writeCrossEncoderDouble } from "../rag/rerank/cross_encoder_double.ts";
import { embedInto } from "../rag/search/law_search_double.ts";
import { writeEmbeddingDouble } from "../rag/vector/embedding_model_double.ts";
import { createContextStore } from "../rag/recall/context_store.ts";
import { UsageError } from "../settings/usage_error.ts";
import { registerRetrieve } from "./retrieve.ts";

const QUESTIONS = makeSampleQuestions(8);

/** Runs the command in a folder that holds the sample questions as q.json. */
async function withPlace(
  action: (
    folder: string,
    run: (...args: string[]) => Promise<{ code?: number; text: string }>,
  ) => Promise<void>,
  questions = QUESTIONS,
): Promise<void> {
  const folder = await Deno.makeTempDir();
  try {
    await Deno.writeTextFile(`${folder}/q.json`, formatSampleFile(questions));
    await action(folder, async (...args) => {
      const words = ["retrieve", "--data", `${folder}/q.json`, ...args];
      const lines: string[] = [];
      let code: number | undefined;
      const program = new Command("houqa").exitOverride().configureOutput({ writeErr: () => {} });
      registerRetrieve(
        program,
        { words, exit: (given) => code = given },
        (line) => lines.push(line),
      );
      for (const command of program.commands) command.copyInheritedSettings(program);
      await program.parseAsync(words, { from: "user" });
      return { ...(code === undefined ? {} : { code }), text: lines.join("\n") };
    });
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

Deno.test("without an index the file's own contexts are searched, by every search there is", () =>
  withPlace(async (_, run) => {
    const { code, text } = await run();
    assert.equal(code, 0);
    assert.match(text, /^Corpus +dataset\nQuestions +8, searched for by 問題文 with 選択肢\n/);
    assert.match(text, /\ncite +8 \(100\.0 %\)/);
    assert.match(text, /\ncite\+bm25 +8 \(100\.0 %\)/);
    assert.ok(!text.includes("not first"));
  }));

Deno.test("searches are named, each once; the question alone is searched for; first n only", () =>
  withPlace(async (_, run) => {
    const args = ["--retriever", "cite", "--retriever", "bm25", "--retriever", "cite"];
    const { text } = await run(...args, "--query", "question", "--samples", "3", "--json");
    const json = JSON.parse(text);
    assert.deepEqual(
      json.retrievers.map(({ retriever }: { retriever: string }) => retriever),
      ["cite", "bm25"],
    );
    assert.equal(json.query, "question");
    assert.equal(json.question_count, 3);
    assert.match(json.data_sha256, /^[0-9a-f]{64}$/);
  }));

Deno.test("vectors beside an index are measured too, and a reranker where one is asked for", () =>
  withPlace(async (folder, run) => {
    const index = `${folder}/index`;
    await buildIndex(createContextStore(QUESTIONS).laws, index);
    await embedInto(`${index}_vectors`, index, await writeEmbeddingDouble(`${folder}/model`));
    const { text } = await run("--index", index, "--embedding-device", "cpu");
    const names = text.split("\n").map((line) => line.split(" ")[0]);
    for (const name of ["cite", "bm25", "cite+bm25", "vector", "cite+vector", "hybrid"]) {
      assert.ok(names.includes(name), `${name}: ${text}`);
    }
    // What needs no model loads none.
    const words = await run("--index", index, "--retriever", "bm25", "--vector-store", "nowhere");
    assert.match(words.text, /\nbm25 /);
    const reranker = await writeCrossEncoderDouble(`${folder}/reranker`);
    const args = ["--use-reranker", "--reranker-model", reranker, "--embedding-device", "cpu"];
    const one = await run("--index", index, "--retriever", "cite+hybrid+rerank", "--json", ...args);
    assert.deepEqual(
      JSON.parse(one.text).retrievers.map(({ retriever }: { retriever: string }) => retriever),
      ["cite+hybrid+rerank"],
    );
  }));

Deno.test("by default every search ranks as an evaluation's does, and the JSON says what it is", () =>
  withPlace(async (folder, run) => {
    const index = `${folder}/index`;
    await buildIndex(createContextStore(QUESTIONS).laws, index);
    await embedInto(`${index}_vectors`, index, await writeEmbeddingDouble(`${folder}/model`));
    const options = { law_index: index, embedding_device: "cpu" };
    for (const retriever of ["vector", "hybrid", "bm25"] as const) {
      const settings = resolveSettings({
        options: { ...options, retriever_type: retriever, citations: false },
        environment: () => undefined,
        dotenv: {},
      });
      const { search, store, description, close } = await openLawSearch(
        searchConfig(settings, index),
      );
      const { text } = await run(
        ...["--index", index, "--embedding-device", "cpu", "--retriever", retriever, "--json"],
      );
      try {
        const [measured] = JSON.parse(text).retrievers;
        assert.deepEqual(measured.search, description);
        const locator = new GoldLocator(store, new LawNames(store.laws()));
        for (const [at, question] of QUESTIONS.entries()) {
          const query = `${question.question}\n${formatChoices(question.choices)}`;
          const hits = await search.search(query, 10);
          const { keys } = locator.locate(question);
          const rank = hits.findIndex(({ unit }) => keys.has(articleKey(store.unit(unit)))) + 1;
          const { article_rank, hits: listed } = measured.questions[at];
          assert.equal(article_rank, rank || null, `${retriever} ${at}`);
          assert.deepEqual(
            listed.map(({ unit, row, score }: Record<string, unknown>) => ({
              unit,
              bestRow: row,
              score,
            })),
            hits.map(({ unit, bestRow, score }) => ({ unit, bestRow, score })),
            `${retriever} ${at}`,
          );
          assert.deepEqual(
            listed.findIndex(({ is_gold }: { is_gold: boolean }) => is_gold) + 1,
            rank,
          );
        }
      } finally {
        await close();
      }
    }
  }));

Deno.test("an index is measured, and misses are listed", () =>
  withPlace(async (folder, run) => {
    await buildIndex(createContextStore(QUESTIONS.slice(0, 6)).laws, `${folder}/index`);
    const { code, text } = await run(
      "--index",
      `${folder}/index`,
      "--retriever",
      "cite",
      "--misses",
    );
    assert.equal(code, 0);
    assert.match(text, /Counted +6 with a right article/);
    assert.match(text, /Right article not first with cite \(0 of 6\)/);
    assert.match(text, /Not counted \(2\)\n {2}6 .*: the corpus has none of 試験用法 第7条/);
  }));

Deno.test("wrong options and files are usage errors that say what to do", () =>
  withPlace(async (folder, run) => {
    const cases: [string[], RegExp][] = [
      [["--use-reranker"], /--use-reranker: there is nothing to rerank without --index/],
      [["--retriever", "vector"], /"vector", only by bm25, cite, cite\+bm25.*--index/],
      [["--samples", "0"], /option --samples is "0", but must be/],
      [["--data", "missing.json"], /missing\.json does not exist/],
      [["--index", `${folder}/nowhere`], /nowhere/],
    ];
    for (const [args, expected] of cases) {
      await assert.rejects(
        run(...args),
        (error: Error) => error instanceof UsageError && expected.test(error.message),
        args.join(" "),
      );
    }
    await assert.rejects(run("--query", "answer"), CommanderError);
    await assert.rejects(run("extra"), CommanderError);
  }));

Deno.test("a corpus with none of the right articles is refused", () =>
  withPlace(async (folder, run) => {
    const other = QUESTIONS.map((question) => ({
      ...question,
      context: question.context.replaceAll("試験用法", "別の法"),
    }));
    await buildIndex(createContextStore(other).laws, `${folder}/index`);
    await assert.rejects(
      run("--index", `${folder}/index`),
      /has no article that a コンテキスト.*the corpus has no 試験用法. Check --index and --data/,
    );
  }));
