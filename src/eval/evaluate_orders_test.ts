import assert from "node:assert/strict";
import { inAllOrders, ORDER_NAMES, originalLetter } from "../dataset/choice_orders.ts";
import { loadDataset } from "../dataset/load_dataset.ts";
import { type Letter, LETTERS } from "../dataset/question.ts";
import { formatSampleFile, makeSampleQuestions } from "../dataset/sample_questions.ts";
import { formatShuffledFile } from "../dataset/shuffled_file_double.ts";
import { FakeLlm, type FakeReply } from "../llm/fake_llm.ts";
import type { LetterLogprobs, Prompt } from "../llm/llm.ts";
import {
  letterOfText,
  numberOf,
  orderOf,
  SAMPLE_FILE,
  SAMPLES,
  takes,
  withBench,
} from "./orders_bench_double.ts";
import { renderDryRun } from "../report/dry_run_report.ts";
import { drawOrder } from "./draw_order.ts";
import { normaliseEvaluation } from "../settings/evaluation_config.ts";
import { resolveSettings } from "../settings/resolve_settings.ts";
import { prepareEvaluation } from "./prepare_evaluation.ts";
import type { ResultFile } from "./result_schema.ts";

Deno.test("a model that knows the content is right in all orders, and its letters are mapped back", () =>
  withBench(SAMPLE_FILE, async ({ ask }) => {
    const llm = takes(({ answer }) => answer);
    const { results, summary, config } = await ask(llm);
    assert.equal(config.orders, 4);
    assert.deepEqual(llm.calls.map(({ prompt }) => [numberOf(prompt), orderOf(prompt)]), [
      ...SAMPLES.flatMap((_, at) => ORDER_NAMES.map((order) => [at, order])),
    ]);
    for (const [at, result] of results.entries()) {
      const { answer, choices } = SAMPLES[at]!;
      assert.equal(result.predicted_answer, answer);
      assert.deepEqual(result.orders!.map(({ order }) => order), [...ORDER_NAMES]);
      assert.deepEqual(
        result.orders!.map((one) => one.shown_answer).toSorted(),
        [...LETTERS],
        "the right choice stands at each letter once",
      );
      for (const one of result.orders!) {
        assert.equal(one.predicted_answer, answer);
        assert.equal(one.shown_answer, one.shown_correct_answer);
        assert.equal(
          choices[originalLetter(one.order, one.shown_answer as Letter)],
          choices[answer],
        );
      }
      assert.deepEqual(result.majority, {
        predicted_answer: answer,
        is_correct: true,
        outcome: "correct",
        votes: { [answer]: 4 },
        decided_by: "majority",
      });
      assert.deepEqual([result.is_consistent, result.is_correct_in_all_orders], [true, true]);
    }
    const {
      by_order: byOrder,
      consistent_correct: all,
      consistent,
      majority,
      position_bias: bias,
    } = summary.orders!;
    assert.deepEqual(byOrder.map(({ order, correct_count: count }) => [order, count]), [
      ...ORDER_NAMES.map((order) => [order, 8]),
    ]);
    assert.deepEqual([all.count, all.total_count, all.rate], [8, 8, 1]);
    assert.equal(consistent!.count, 8);
    assert.deepEqual([majority.correct_count, majority.tie_count], [8, 0]);
    assert.deepEqual([bias!.letters, bias!.p_value], [{ a: 8, b: 8, c: 8, d: 8 }, 1]);
    assert.equal(summary.accuracy, 1);
  }));

Deno.test("a model that takes the third choice of the file is as consistent, and right where c is", () =>
  withBench(SAMPLE_FILE, async ({ ask }) => {
    const { results, summary } = await ask(takes(() => "c"));
    assert.ok(results.every((result) => result.is_consistent && result.predicted_answer === "c"));
    // In 2031 the third choice stands first, in 1302 last.
    const [own, second, third, last] = results[0]!.orders!;
    assert.deepEqual(
      [own, second, third, last].map((one) => one!.shown_answer),
      ["c", "a", "d", "b"],
    );
    assert.equal(summary.orders!.consistent_correct.count, 2);
    assert.equal(summary.orders!.position_bias!.p_value, 1);
  }));

Deno.test("a model that always writes b is right in one order of each question, and seen as that", () =>
  withBench(SAMPLE_FILE, async ({ ask }) => {
    const { results, summary } = await ask(new FakeLlm(() => "b"));
    const { orders } = summary;
    assert.deepEqual(orders!.by_order.map((one) => one.shown_letters.b), [8, 8, 8, 8]);
    assert.equal(orders!.by_order.reduce((sum, one) => sum + one.correct_count, 0), 8);
    assert.equal(orders!.consistent_correct.count, 0);
    assert.equal(orders!.consistent!.count, 0);
    const bias = orders!.position_bias!;
    assert.deepEqual([bias.letter, bias.count, bias.answer_count, bias.share], ["b", 32, 32, 1]);
    assert.ok(bias.p_value < 1e-9);
    // Four letters with one vote each: the order drawn for the question decides.
    for (const [at, result] of results.entries()) {
      assert.deepEqual(result.majority!.votes, { a: 1, b: 1, c: 1, d: 1 });
      assert.equal(result.majority!.decided_by, "drawn_order");
      const drawn = result.orders![await drawOrder(SAMPLES[at]!)]!;
      assert.equal(result.majority!.predicted_answer, drawn.predicted_answer);
    }
    assert.deepEqual([orders!.majority.tie_count, orders!.majority.drawn_tie_count], [8, 8]);
  }));

Deno.test("a majority keeps nothing of a liked place: its letters are every choice alike", () =>
  withBench(formatSampleFile(makeSampleQuestions(200)), async ({ ask }) => {
    // Without log-probabilities, and with ones that know places only.
    const replies = ["c", {
      text: "c",
      letterLogprobs: { a: -0.1, b: -0.3, c: -0.05, d: -0.2 },
    }];
    for (const reply of replies) {
      const { results } = await ask(new FakeLlm(() => reply));
      const given = Map.groupBy(results, ({ majority }) => majority!.predicted_answer);
      for (const letter of LETTERS) {
        const count = given.get(letter)?.length ?? 0;
        assert.ok(count > 30 && count < 70, `${letter} ${count}`);
      }
    }
  }));

Deno.test("the plain answer is that of an ordinary run, whatever the other orders got", () =>
  withBench(SAMPLE_FILE, async ({ ask }) => {
    const reply = (prompt: Prompt): FakeReply => ({
      text: LETTERS[(numberOf(prompt) * 3 + Number(orderOf(prompt)[1])) % 4]!,
      promptTokens: 100,
      completionTokens: 2,
      letterLogprobs: { a: -1, b: -1.2, c: -1.5, d: -2 },
    });
    const plain = await ask(new FakeLlm(reply), { orders: "1" });
    const four = await ask(new FakeLlm(reply));
    const withoutOrders = four.results.map((
      { orders: _, majority: _m, is_consistent: _c, is_correct_in_all_orders: _a, ...rest },
    ) => rest);
    assert.deepEqual(withoutOrders, plain.results);
    const { orders: _, completion_tokens: tokens, prompt_tokens: read, ...summary } = four.summary;
    const { completion_tokens: one, prompt_tokens: oneRead, ...plainSummary } = plain.summary;
    const figures = ({ seconds: _s, tokens_per_second: _t, ...rest }: typeof plainSummary) => rest;
    assert.deepEqual(figures(summary), figures(plainSummary));
    assert.deepEqual([tokens, read], [4 * one!, 4 * oneRead!]);
    assert.equal(plain.config.orders, undefined);
    assert.equal(plain.summary.orders, undefined);
  }));

Deno.test("log-probabilities are mapped back too, and break the majority's ties", () =>
  withBench(formatSampleFile(makeSampleQuestions(1)), async ({ ask }) => {
    // Twice the first choice of the file, twice the third, which is the more certain one.
    const taken: Record<string, string> = { "0123": "a", "2031": "c", "1302": "a", "3210": "c" };
    const llm = new FakeLlm((prompt) => {
      const order = orderOf(prompt);
      const choice = taken[order]!;
      const [own, other] = choice === "c" ? [-0.1, -3] : [-0.6, -0.8];
      const at = (letter: string) => letterOfText(prompt, SAMPLES[0]!.choices[letter as Letter]);
      const logprobs: LetterLogprobs = {
        [at(choice)]: own,
        [at(choice === "c" ? "a" : "c")]: other,
        [at("b")]: -8,
        [at("d")]: -9,
      };
      return { text: at(choice), letterLogprobs: logprobs };
    });
    const [result] = (await ask(llm)).results;
    for (const one of result!.orders!) {
      assert.equal(one.letter_logprobs!.b, -8, one.order);
      assert.equal(one.letter_logprobs!.d, -9, one.order);
      assert.equal(
        one.shown_logprobs![one.shown_answer as Letter],
        one.letter_logprobs![
          one.predicted_answer as Letter
        ],
      );
    }
    assert.deepEqual(result!.majority!.votes, { a: 2, c: 2 });
    assert.equal(result!.majority!.predicted_answer, "c");
    assert.equal(result!.majority!.decided_by, "logprobs");
    assert.equal(result!.predicted_answer, "a");
  }));

Deno.test("every order has its own ensemble, and votes with one letter", () =>
  withBench(formatSampleFile(makeSampleQuestions(1)), async ({ ask }) => {
    const llm = new FakeLlm((_, { seed }) => seed === 42 ? "b" : "a");
    const [result] = (await ask(llm, { ensemble: "3" })).results;
    assert.equal(llm.calls.length, 12);
    assert.deepEqual(result!.orders!.map((one) => one.shown_answer), ["a", "a", "a", "a"]);
    assert.deepEqual(result!.orders!.map((one) => one.predicted_answer), ["a", "c", "b", "d"]);
    for (const one of result!.orders!) {
      assert.deepEqual(one.ensemble_votes, { b: 1, a: 2 });
      assert.equal(one.samples!.length, 3);
    }
    assert.deepEqual(result!.majority!.votes, { a: 1, b: 1, c: 1, d: 1 });
  }));

Deno.test("a shuffled file is asked once a question, as the unshuffled file is", async () => {
  const { questions } = await loadDataset("datasets/demo/questions.json");
  const some = questions.slice(0, 6);
  // The orders of a question need not stand together.
  const variants = inAllOrders(some).toSorted((x, y) => Number(x.orderMap) - Number(y.orderMap));
  const reply = (prompt: Prompt) => LETTERS[[...prompt.parts.choices.a].length % 4]!;
  let unshuffled: ResultFile | undefined;
  await withBench(formatSampleFile(some), async ({ ask }) => {
    unshuffled = await ask(new FakeLlm(reply), { samples: "5" });
  });
  await withBench(formatShuffledFile(variants), async ({ ask }) => {
    const llm = new FakeLlm(reply);
    const { results, summary, provenance } = await ask(llm, { samples: "5" });
    assert.equal(llm.calls.length, 20);
    assert.equal(provenance.dataset.question_count, 24);
    assert.deepEqual(summary.orders, unshuffled!.summary.orders);
    assert.deepEqual(
      results.map(({ order_map: map, ...rest }) => ({ map, ...rest })),
      unshuffled!.results.map((rest) => ({ map: "1", ...rest })),
    );
  });
  await withBench(formatShuffledFile(variants.slice(1)), async ({ ask }) => {
    const llm = new FakeLlm(reply);
    await assert.rejects(ask(llm), /there is no variant with .*"1" \(order 0123\)/);
    assert.equal(llm.calls.length, 0);
  });
});

Deno.test("a dry run counts every order, and the blank question", () =>
  withBench(SAMPLE_FILE, async ({ folder }) => {
    const options = { data: `${folder}/q.json`, context: "gold", orders: "4", calibrate: true };
    const sources = { options, dotenv: {}, environment: () => undefined };
    const { config } = normaliseEvaluation(resolveSettings(sources));
    const text = await renderDryRun(config, await prepareEvaluation(config));
    assert.match(
      text,
      /Questions +8, answers 32 \(orders of the choices: 0123, 2031, 1302, 3210\), and one of a blank/,
    );
    assert.match(text, /All answers +at most 512 tokens/);
  }));

Deno.test("statutes are looked up once: all orders of a question see the same", () =>
  withBench(SAMPLE_FILE, async ({ ask }) => {
    const llm = takes(({ answer }) => answer);
    const { results } = await ask(llm, { context: "retrieved", top_k: "2" });
    assert.ok(results.every(({ retrieved }) => retrieved!.length === 2));
    for (let at = 0; at < llm.calls.length; at += 4) {
      const contexts = llm.calls.slice(at, at + 4).map(({ prompt }) => prompt.parts.context);
      assert.equal(new Set(contexts).size, 1);
    }
  }));
