import assert from "node:assert/strict";
import { configureSync, resetSync } from "@logtape/logtape";
import { LETTERS } from "../dataset/question.ts";
import { formatSampleFile, makeSampleQuestions } from "../dataset/sample_questions.ts";
import { FakeLlm } from "../llm/fake_llm.ts";
import { LlmError, type Prompt } from "../llm/llm.ts";
import { type EvaluationConfig, normaliseEvaluation } from "../settings/evaluation_config.ts";
import { resolveSettings, type SettingSources } from "../settings/resolve_settings.ts";
import { evaluate, type EvaluationWorld } from "./evaluate.ts";
import { journalPath, readJournal } from "./journal.ts";
import { readResult } from "./read_result.ts";

interface Bench {
  readonly folder: string;
  readonly output: string;
  run(
    llm: FakeLlm,
    options?: SettingSources["options"],
    world?: Partial<EvaluationWorld>,
  ): ReturnType<typeof evaluate>;
}

async function withBench(count: number, action: (bench: Bench) => Promise<void>): Promise<void> {
  const folder = await Deno.makeTempDir();
  const data = `${folder}/q.json`;
  const output = `${folder}/r.json`;
  await Deno.writeTextFile(data, formatSampleFile(makeSampleQuestions(count)));
  const configOf = (options: SettingSources["options"]): EvaluationConfig => {
    const sources = { options: { data, output, context: "gold", ...options }, dotenv: {} };
    return normaliseEvaluation(
      resolveSettings({ ...sources, environment: () => undefined }),
    ).config;
  };
  try {
    await action({
      folder,
      output,
      run: (llm, options = {}, world = {}) =>
        evaluate(configOf(options), {
          settings: {},
          overwrite: false,
          createLlm: () => Promise.resolve(llm),
          ...world,
        }),
    });
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

const always = (letter: string) => new FakeLlm(() => letter);
const indexOf = (prompt: Prompt) => Number(/第(\d+)条/.exec(prompt.parts.question)![1]) - 1;
const exists = (path: string) => Deno.stat(path).then(() => true, () => false);

Deno.test("a finished run leaves one valid result and no journal", () =>
  withBench(8, async ({ output, run }) => {
    const llm = always("a");
    const end = await run(llm);
    assert.ok("result" in end);
    const written = await readResult(output);
    assert.deepEqual(written, end.result);
    assert.equal(written!.summary.accuracy, 0.25);
    assert.deepEqual(written!.summary.gold_letters, { a: 2, b: 2, c: 2, d: 2 });
    assert.equal(written!.config.total_samples, 8);
    assert.equal(written!.config.rag_enabled, false);
    assert.equal(written!.provenance.sittings, 1);
    assert.match(written!.provenance.dataset.sha256, /^[0-9a-f]{64}$/);
    assert.equal(await exists(journalPath(output)), false);
    assert.equal(llm.closed, 1);
    const names = [...Deno.readDirSync(output.replace(/r\.json$/, ""))].map((entry) => entry.name);
    assert.deepEqual(names.toSorted(), ["q.json", "r.json"]);
  }));

Deno.test("a finished result is refused before a model is asked, and replaced with --overwrite", () =>
  withBench(4, async ({ output, run }) => {
    await run(always("a"));
    const second = always("b");
    await assert.rejects(run(second), /finished result and is not overwritten/);
    assert.equal(second.calls.length, 0);
    await run(second, {}, { overwrite: true });
    assert.equal((await readResult(output))!.results[0]!.predicted_answer, "b");
  }));

Deno.test("a file that is no result is never replaced, nor is the question file or a folder", () =>
  withBench(4, async ({ folder, output, run }) => {
    for (const overwrite of [false, true]) {
      await Deno.writeTextFile(output, '{"accuracy": 0.5}');
      await assert.rejects(run(always("a"), {}, { overwrite }), /is no result file/);
      assert.equal(await Deno.readTextFile(output), '{"accuracy": 0.5}');
      const data = `${folder}/./q.json`;
      await assert.rejects(run(always("a"), { output: data }, { overwrite }), /no result file/);
      await assert.rejects(run(always("a"), { output: folder }, { overwrite }), /is a folder/);
    }
  }));

Deno.test("data and output can't be one file under two names", () =>
  withBench(2, async ({ folder, output, run }) => {
    await run(always("a"));
    await Deno.symlink(output, `${folder}/link.json`);
    const options = { data: `${folder}/link.json` };
    await assert.rejects(run(always("a"), options, { overwrite: true }), /question file itself/);
  }));

Deno.test("a result of the older evaluator counts as finished", () =>
  withBench(2, async ({ output, run }) => {
    await Deno.writeTextFile(output, '{"config": {}, "summary": {"accuracy": 0.5}, "results": []}');
    await assert.rejects(run(always("a")), /finished result and is not overwritten/);
    await run(always("a"), {}, { overwrite: true });
    assert.equal((await readResult(output))!.summary.total_count, 2);
  }));

Deno.test("an output that is a link replaces what it names, not the link", () =>
  withBench(2, async ({ folder, output, run }) => {
    await run(always("a"));
    await Deno.symlink(output, `${folder}/link.json`);
    await run(always("b"), { output: `${folder}/link.json` }, { overwrite: true });
    assert.ok((await Deno.lstat(`${folder}/link.json`)).isSymlink);
    assert.equal((await readResult(output))!.results[0]!.predicted_answer, "b");
  }));

Deno.test("a second run on the same output is refused before its model is loaded", () =>
  withBench(3, async ({ output, run }) => {
    const loaded = Promise.withResolvers<FakeLlm>();
    const loading = Promise.withResolvers<void>();
    const first = run(always("a"), {}, {
      createLlm: () => {
        loading.resolve();
        return loaded.promise;
      },
    });
    await loading.promise;
    let isLoaded = false;
    const createLlm = () => {
      isLoaded = true;
      return Promise.resolve(always("b"));
    };
    await assert.rejects(run(always("b"), {}, { createLlm }), /Another run is writing/);
    assert.equal(isLoaded, false);
    loaded.resolve(always("a"));
    await first;
    assert.equal((await readResult(output))!.results[0]!.predicted_answer, "a");
    assert.equal(await exists(journalPath(output)), false);
  }));

Deno.test("a result that appeared while a model was loaded is not replaced", () =>
  withBench(3, async ({ folder, output, run }) => {
    await run(always("a"), { output: `${folder}/other.json` });
    const late = always("b");
    const createLlm = async () => {
      await Deno.copyFile(`${folder}/other.json`, output);
      return late;
    };
    await assert.rejects(run(late, {}, { createLlm }), /finished result and is not overwritten/);
    assert.equal(late.calls.length, 0);
    assert.equal((await readResult(output))!.results[0]!.predicted_answer, "a");
    assert.equal(await exists(journalPath(output)), false);
  }));

Deno.test("a place that can't be written is found before the model is loaded", () =>
  withBench(3, async ({ folder, run }) => {
    let isLoaded = false;
    const createLlm = () => {
      isLoaded = true;
      return Promise.resolve(always("a"));
    };
    await Deno.writeTextFile(`${folder}/file`, "");
    const options = { output: `${folder}/file/r.json` };
    await assert.rejects(run(always("a"), options, { createLlm }), {
      name: "UsageError",
      message: /Can't write .*file\/r\.json.*Choose a writable place with --output/,
    });
    assert.equal(isLoaded, false);
  }));

Deno.test("a run whose model can't be loaded leaves the journal as it was", () =>
  withBench(3, async ({ output, run }) => {
    const createLlm = () => Promise.reject(new LlmError("connection", "no server"));
    await assert.rejects(run(always("a"), {}, { createLlm }), LlmError);
    assert.equal(await exists(journalPath(output)), false);
    const controller = new AbortController();
    const llm = new FakeLlm((prompt) => {
      if (indexOf(prompt) === 1) controller.abort();
      return "a";
    });
    await run(llm, {}, { signal: controller.signal });
    const left = await Deno.readTextFile(journalPath(output));
    await assert.rejects(run(always("a"), {}, { createLlm }), LlmError);
    assert.equal(await Deno.readTextFile(journalPath(output)), left);
    const rest = always("a");
    await run(rest);
    assert.equal(rest.calls.length, 1);
  }));

Deno.test("--overwrite asks an interrupted run's answered questions no second time", () =>
  withBench(6, async ({ output, run }) => {
    await run(always("a"));
    const world = { overwrite: true };
    const broken = new FakeLlm((prompt) =>
      indexOf(prompt) === 5 ? new LlmError("server", "500") : "b"
    );
    await run(broken, {}, world);
    const rest = always("b");
    const end = await run(rest, {}, world);
    assert.deepEqual(rest.calls.map((call) => indexOf(call.prompt)), [5]);
    assert.ok("result" in end);
    assert.equal(end.result.summary.error_count, 0);
    const again = always("c");
    await run(again, {}, world);
    assert.equal(again.calls.length, 6);
    await Deno.writeTextFile(journalPath(output), "damaged\nin the middle\n{}\n");
    await run(always("d"), {}, world);
    assert.equal((await readResult(output))!.results[0]!.predicted_answer, "d");
  }));

Deno.test("the journal of a finished result that was left behind does not answer for a new run", () =>
  withBench(3, async ({ output, run }) => {
    const controller = new AbortController();
    const llm = new FakeLlm((prompt) => {
      if (indexOf(prompt) === 1) controller.abort();
      return "a";
    });
    await run(llm, {}, { signal: controller.signal });
    const left = await Deno.readTextFile(journalPath(output));
    await run(always("a"));
    await Deno.writeTextFile(journalPath(output), left);
    const again = always("b");
    await run(again, {}, { overwrite: true });
    assert.equal(again.calls.length, 3);
  }));

Deno.test("everything the answers depend on is part of a run's fingerprint", () =>
  withBench(4, async ({ run }) => {
    const stopAtOnce = (options: SettingSources["options"]) => {
      const controller = new AbortController();
      const llm = new FakeLlm(() => {
        controller.abort();
        return Promise.reject(controller.signal.reason);
      });
      return run(llm, options, { signal: controller.signal });
    };
    const base = { context: "retrieved", ensemble: "2" };
    await stopAtOnce(base);
    const changes: [SettingSources["options"], string][] = [
      [{ temperature: "0.3" }, "temperature: 0.7 then, 0.3 now"],
      [{ seed: "1" }, "seed: 42 then, 1 now"],
      [{ max_tokens: "99" }, "max_tokens: 16 then, 99 now"],
      [{ num_ctx: "4096" }, "num_ctx: null then, 4096 now"],
      [{ structured: false }, "structured_output: true then, false now"],
      [{ think: true }, "think: false then, true now"],
      [{ ensemble: "3" }, "ensemble: 2 then, 3 now"],
      [{ top_k: "1" }, "top_k: 3 then, 1 now"],
      [{ context: "gold" }, 'context: "retrieved" then, "gold" now'],
      [{ use_cot: true }, 'prompt_mode: "direct" then, "cot" now'],
      [{ few_shot: false }, "few_shot: true then, false now"],
      [{ samples: "3" }, "questions: 4 then, 3 now"],
    ];
    for (const [change, expected] of changes) {
      await assert.rejects(
        run(always("a"), { ...base, ...change }),
        (error: Error) => error.message.includes(expected),
        expected,
      );
    }
    const identities = {
      modelDigest: "m",
      adapterDigest: "a",
      dtype: "Q4",
      model: "other",
      exporter: "6",
    };
    for (const [key, value] of Object.entries(identities)) {
      const other = new FakeLlm(() => "a", { [key]: value });
      await assert.rejects(run(other, base), /then, "(m|a|Q4|other|6)" now/);
    }
  }));

Deno.test("the time of all sittings is added up", () =>
  withBench(4, async ({ run }) => {
    let clock = 0;
    const controller = new AbortController();
    const slow = (stopAt: number) =>
      new FakeLlm((prompt) => {
        clock += 10_000;
        if (indexOf(prompt) === stopAt) controller.abort();
        return "a";
      });
    const monotonicMs = () => clock;
    await run(slow(1), {}, { signal: controller.signal, monotonicMs });
    clock = 500_000;
    const end = await run(slow(-1), {}, { monotonicMs });
    assert.ok("result" in end);
    assert.equal(end.result.summary.seconds, 40);
  }));

Deno.test("a run with errors keeps its journal; the same command asks only those again", () =>
  withBench(6, async ({ output, run }) => {
    const broken = new FakeLlm((prompt) =>
      indexOf(prompt) > 3 ? new LlmError("connection", "server is gone") : "a"
    );
    const first = await run(broken);
    assert.ok("result" in first);
    assert.equal(first.result.summary.error_count, 2);
    assert.deepEqual(first.result.summary.error_kinds, { connection: 2 });
    assert.equal(first.result.summary.wrong_count, 3);
    assert.equal(readJournal(journalPath(output))!.results.size, 6);
    const healthy = always("a");
    const second = await run(healthy);
    assert.deepEqual(healthy.calls.map((call) => indexOf(call.prompt)), [4, 5]);
    assert.ok("result" in second);
    assert.equal(second.result.summary.error_count, 0);
    assert.equal(second.result.provenance.sittings, 2);
    assert.equal(await exists(journalPath(output)), false);
  }));

Deno.test("a result with errors whose journal is gone can't be completed", () =>
  withBench(2, async ({ output, run }) => {
    await run(new FakeLlm(() => new LlmError("server", "x")));
    await Deno.remove(journalPath(output));
    await assert.rejects(run(always("a")), /journal .* is gone/);
  }));

Deno.test("stopped at any point and resumed, a run ends with the results of an undisturbed one", () =>
  withBench(12, async ({ output, run }) => {
    const answer = (prompt: Prompt) => LETTERS[(indexOf(prompt) * 3) % 4]!;
    await run(new FakeLlm(answer));
    const undisturbed = (await readResult(output))!.results;
    for (let stopAfter = 0; stopAfter <= 12; stopAfter += 3) {
      const controller = new AbortController();
      let asked = 0;
      const interrupted = new FakeLlm((prompt) => {
        if (asked++ < stopAfter) return answer(prompt);
        controller.abort();
        return Promise.reject(controller.signal.reason);
      });
      const world = { overwrite: true, signal: controller.signal };
      const first = await run(interrupted, {}, world);
      assert.equal("stopped" in first ? first.stopped : "none", stopAfter < 12 ? "signal" : "none");
      const rest = new FakeLlm(answer);
      await run(rest, {}, { overwrite: true });
      assert.equal(rest.calls.length, stopAfter < 12 ? 12 - stopAfter : 12);
      assert.deepEqual((await readResult(output))!.results, undisturbed);
    }
  }));

Deno.test("a journal of other settings, data or model is refused with what differs", () =>
  withBench(4, async ({ folder, run }) => {
    const controller = new AbortController();
    const stopAtOnce = new FakeLlm(() => {
      controller.abort();
      return Promise.reject(controller.signal.reason);
    });
    await run(stopAtOnce, {}, { signal: controller.signal });
    await assert.rejects(run(always("a"), { seed: "7" }), /seed: 42 then, 7 now/);
    await assert.rejects(run(always("a"), { context: "none" }), /context: "gold" then, "none" now/);
    await assert.rejects(run(always("a"), { use_cot: true }), /prompt_sha256/);
    const other = new FakeLlm(() => "a", { modelDigest: "sha256:other" });
    await assert.rejects(run(other), /model_digest: null then, "sha256:other" now/);
    await Deno.writeTextFile(
      `${folder}/q.json`,
      formatSampleFile(makeSampleQuestions(4)).replace("example.com", "example.org"),
    );
    await assert.rejects(run(always("a")), /dataset_sha256/);
    const end = await run(always("a"), {}, { overwrite: true });
    assert.ok("result" in end);
    assert.equal(end.result.provenance.sittings, 1);
  }));

Deno.test("settings that change nothing in an answer may differ when a run goes on", () =>
  withBench(4, async ({ run }) => {
    const controller = new AbortController();
    const llm = new FakeLlm((prompt) => {
      if (indexOf(prompt) === 2) controller.abort();
      return "a";
    });
    await run(llm, {}, { signal: controller.signal });
    const rest = always("a");
    await run(rest, { concurrency: "3", timeout: "5", max_errors: "2" });
    assert.ok(rest.calls.length <= 2);
  }));

Deno.test("--max-errors leaves a journal and no result", () =>
  withBench(5, async ({ output, run }) => {
    const end = await run(new FakeLlm(() => new LlmError("server", "x")), { max_errors: "2" });
    assert.deepEqual(end, { stopped: "max_errors", answered: 0, total: 5 });
    assert.equal(await exists(output), false);
    assert.equal(readJournal(journalPath(output))!.results.size, 2);
  }));

Deno.test("retrieved contexts stand in the result with source and score", () =>
  withBench(5, async ({ output, run }) => {
    await run(always("a"), { context: "retrieved", top_k: "2" });
    const { config, results, summary } = (await readResult(output))!;
    assert.equal(config.corpus, "dataset");
    assert.equal(config.retriever_type, "bm25");
    assert.equal(config.rag_enabled, true);
    for (const result of results) {
      assert.equal(result.retrieved_docs_count, 2);
      assert.match(result.retrieved![0]!.source, /^試験用法 第\d条$/);
      assert.ok(result.retrieved![0]!.score > 0);
    }
    assert.equal(summary.recall_at_k, 1);
  }));

Deno.test("the floors are scored on the questions as they were asked", () =>
  withBench(8, async ({ output, run }) => {
    await run(always("a"));
    const floors = (await readResult(output))!.summary.floors;
    assert.deepEqual(
      floors.map((floor) => [floor.baseline, floor.correct_count, floor.total_count]).slice(0, 4),
      LETTERS.map((letter) => [`always:${letter}`, 2, 8]),
    );
    assert.ok(floors.some((floor) => floor.baseline === "overlap" && floor.accuracy === 1));
  }));

Deno.test("a model that can't be had leaves nothing behind", () =>
  withBench(2, async ({ folder, run }) => {
    const failing = { createLlm: () => Promise.reject(new LlmError("connection", "down")) };
    await assert.rejects(run(always("a"), {}, failing), /down/);
    assert.deepEqual([...Deno.readDirSync(folder)].map((entry) => entry.name), ["q.json"]);
  }));

Deno.test("a run that goes on with another version of the server says so", () =>
  withBench(3, async ({ run }) => {
    const warnings: string[] = [];
    configureSync({
      reset: true,
      sinks: { list: (record) => void warnings.push(record.message.join("")) },
      loggers: [
        { category: ["logtape"], sinks: [] },
        { category: ["houqa"], lowestLevel: "warning", sinks: ["list"] },
      ],
    });
    const controller = new AbortController();
    const versions = { ollama_server: "1" };
    const first = new FakeLlm((prompt) => {
      if (indexOf(prompt) === 1) controller.abort();
      return "a";
    }, { versions });
    await run(first, {}, { signal: controller.signal });
    await run(new FakeLlm(() => "a", { versions: { ollama_server: "2" } }));
    resetSync();
    assert.equal(warnings.length, 1);
    assert.match(warnings[0]!, /other versions.*ollama_server: "1" then, "2" now/);
  }));

Deno.test("a damaged result is not read", () =>
  withBench(1, async ({ output }) => {
    await Deno.writeTextFile(output, "{");
    await assert.rejects(readResult(output), /not valid JSON/);
    await Deno.writeTextFile(output, '{"schema_version": 1}');
    await assert.rejects(readResult(output), /is not a houqa result: config/);
    assert.equal(await readResult(`${output}.missing`), undefined);
  }));
