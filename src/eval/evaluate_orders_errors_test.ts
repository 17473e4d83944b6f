import assert from "node:assert/strict";
import { ORDER_NAMES, type OrderName } from "../dataset/choice_orders.ts";
import { LETTERS } from "../dataset/question.ts";
import { formatSampleFile, makeSampleQuestions } from "../dataset/sample_questions.ts";
import { FakeLlm, type FakeReply } from "../llm/fake_llm.ts";
import { LlmError, type Prompt } from "../llm/llm.ts";
import { BLANK } from "./ask_blank_question.ts";
import { journalPath, readJournal } from "./journal.ts";
import {
  letterOfText,
  numberOf,
  type Options,
  orderOf,
  SAMPLE_FILE,
  SAMPLES,
  takes,
  withBench,
} from "./orders_bench_double.ts";
import { readResult } from "./read_result.ts";

Deno.test("an unreadable, a cut and a failed answer are told apart in each order", () =>
  withBench(SAMPLE_FILE, async ({ ask, run, output }) => {
    const broken = new FakeLlm((prompt) => {
      const [at, order] = [numberOf(prompt), orderOf(prompt)];
      if (at === 1 && order === "1302") return new LlmError("timeout", "no answer in 5 s");
      if (at === 2 && order === "2031") return "わかりません。";
      if (at === 3 && order === "3210") return { text: "条文によれば、", finishReason: "length" };
      return letterOfText(prompt, SAMPLES[at]!.choices[SAMPLES[at]!.answer]);
    });
    const { results, summary } = await ask(broken);
    assert.equal(results[1]!.outcome, "error");
    assert.equal(results[1]!.error, "order 1302: no answer in 5 s");
    assert.equal(results[1]!.error_kind, "timeout");
    assert.deepEqual(results[1]!.orders!.map((one) => one.outcome), [
      "correct",
      "correct",
      "error",
    ]);
    assert.equal(results[1]!.majority, undefined);
    assert.equal(results[2]!.outcome, "correct");
    assert.equal(results[2]!.is_consistent, false);
    assert.deepEqual(results[2]!.majority!.votes, { c: 3, unknown: 1 });
    assert.deepEqual(results[3]!.orders!.map((one) => one.outcome).at(-1), "truncated");
    const counts = summary.orders!.by_order.map((one) => [
      one.correct_count,
      one.wrong_count,
      one.unparsed_count,
      one.truncated_count,
      one.error_count,
      one.not_asked_count,
    ]);
    assert.deepEqual(counts, [
      [8, 0, 0, 0, 0, 0],
      [7, 0, 1, 0, 0, 0],
      [7, 0, 0, 0, 1, 0],
      [6, 0, 0, 1, 0, 1],
    ]);
    const { consistent_correct: all, consistent, majority, position_bias: bias } = summary.orders!;
    assert.deepEqual([all.count, all.total_count], [5, 8]);
    assert.deepEqual([consistent!.count, consistent!.total_count], [5, 7]);
    assert.deepEqual([majority.correct_count, majority.total_count, majority.error_count], [
      7,
      8,
      1,
    ]);
    assert.equal(bias!.question_count, 7);
    assert.equal(summary.correct_count, 7);

    const healthy = takes(({ answer }) => answer);
    await run(healthy);
    assert.deepEqual(healthy.calls.map(({ prompt }) => numberOf(prompt)), [1, 1, 1, 1]);
    assert.equal((await readResult(output))!.summary.orders!.consistent_correct.count, 6);
  }));

Deno.test("stopped at any call and resumed, no question is asked with some orders only", () =>
  withBench(SAMPLE_FILE, async ({ run, output }) => {
    const text = (prompt: Prompt): FakeReply => ({
      text: LETTERS[(numberOf(prompt) + Number(orderOf(prompt)[2])) % 4]!,
      letterLogprobs: { a: -1, b: -1.1, c: -1.9, d: -2 },
    });
    const reply = (prompt: Prompt): FakeReply =>
      prompt.parts.question === BLANK
        ? { text: "a", letterLogprobs: { a: -0.5, b: -1.5, c: -2, d: -3 } }
        : text(prompt);
    const options = { calibrate: true };
    await run(new FakeLlm(reply), options);
    const undisturbed = (await readResult(output))!;
    for (const stopAfter of [0, 1, 2, 6, 17, 32]) {
      await Deno.remove(output);
      const controller = new AbortController();
      let asked = 0;
      const interrupted = new FakeLlm((prompt) => {
        if (asked++ < stopAfter) return reply(prompt);
        controller.abort();
        return Promise.reject(controller.signal.reason);
      });
      const ended = run(interrupted, options, { signal: controller.signal });
      if (stopAfter === 0) {
        await assert.rejects(ended, { name: "AbortError" });
        assert.equal(readJournal(journalPath(output)), undefined);
      } else assert.equal("stopped" in await ended, true);
      const rest = new FakeLlm(reply);
      await run(rest, options);
      const answered = Math.floor(Math.max(0, stopAfter - 1) / 4);
      assert.equal(rest.calls.length, 4 * (8 - answered) + (stopAfter === 0 ? 1 : 0));
      const { results, summary, provenance } = (await readResult(output))!;
      assert.deepEqual(results, undisturbed.results);
      assert.deepEqual(summary.orders, undisturbed.summary.orders);
      assert.deepEqual(summary.calibration, undisturbed.summary.calibration);
      assert.deepEqual(provenance.calibration, undisturbed.provenance.calibration);
    }
  }));

Deno.test("a journal of one order, or without a calibration, is another run's", () =>
  withBench(SAMPLE_FILE, async ({ run }) => {
    const stop = async (options: Options) => {
      const controller = new AbortController();
      const llm = new FakeLlm((prompt) => {
        if (prompt.parts.question !== BLANK) controller.abort();
        return { text: "a", letterLogprobs: { a: -1, b: -1, c: -2, d: -2 } };
      });
      await run(llm, options, { signal: controller.signal });
    };
    const refused = (options: Options, expected: RegExp) =>
      assert.rejects(run(new FakeLlm(() => "a"), options, { overwrite: false }), expected);
    await stop({});
    await refused({ orders: "1" }, /orders: 4 then, null now/);
    await refused({ calibrate: true }, /calibrate: null then, true now/);
    await stop({ calibrate: true, seed: "2" });
    await refused({ seed: "2" }, /calibrate: true then, null now/);
  }));

Deno.test("on a backend with a queue of its own all orders of a question are handed over at once", () =>
  withBench(SAMPLE_FILE, async ({ run, output }) => {
    const waiting: (() => void)[] = [];
    const inFlight: number[] = [];
    const llm = new FakeLlm(async (prompt) => {
      inFlight.push(numberOf(prompt));
      if (inFlight.length % 4 === 0) waiting.splice(0).forEach((go) => go());
      else await new Promise<void>((go) => waiting.push(go));
      return letterOfText(prompt, SAMPLES[numberOf(prompt)]!.choices.b);
    }, { backend: "hf" });
    // One question at a time would wait for ever if its orders were asked one by one.
    await run(llm, { llm_backend: "hf", hf_model_name: "m", concurrency: "1" });
    assert.deepEqual(inFlight, SAMPLES.flatMap((_, at) => [at, at, at, at]));
    const { results } = (await readResult(output))!;
    assert.ok(results.every((result) => result.is_consistent && result.predicted_answer === "b"));
  }));

Deno.test("one of several orders in flight that fails makes the question an error", () =>
  withBench(formatSampleFile(makeSampleQuestions(1)), async ({ ask }) => {
    const llm = new FakeLlm(
      (prompt) => orderOf(prompt) === "2031" ? new LlmError("out_of_memory", "full") : "a",
      { backend: "hf" },
    );
    const { results, summary } = await ask(llm, { llm_backend: "hf", hf_model_name: "m" });
    assert.equal(results[0]!.error, "order 2031: full");
    assert.deepEqual(results[0]!.orders!.map(({ order }: { order: OrderName }) => order), [
      ...ORDER_NAMES,
    ]);
    assert.equal(summary.orders!.consistent, undefined);
    assert.equal(summary.orders!.position_bias, undefined);
  }));
