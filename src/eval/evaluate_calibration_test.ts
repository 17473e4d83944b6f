import assert from "node:assert/strict";
import { LETTERS } from "../dataset/question.ts";
import { formatSampleFile, makeSampleQuestions } from "../dataset/sample_questions.ts";
import { FakeLlm, type FakeReply } from "../llm/fake_llm.ts";
import { type LetterLogprobs, LlmError, type Prompt } from "../llm/llm.ts";
import { normaliseEvaluation } from "../settings/evaluation_config.ts";
import { resolveSettings, type SettingSources } from "../settings/resolve_settings.ts";
import { BLANK } from "./ask_blank_question.ts";
import { evaluate } from "./evaluate.ts";
import { journalPath } from "./journal.ts";
import { readResult } from "./read_result.ts";
import type { ResultFile } from "./result_schema.ts";

type Options = SettingSources["options"];

function configOf(options: Options) {
  const sources = { options, dotenv: {}, environment: () => undefined };
  return normaliseEvaluation(resolveSettings(sources)).config;
}

async function withBench(
  action: (
    ask: (llm: FakeLlm, options?: Options) => Promise<ResultFile>,
    output: string,
  ) => Promise<void>,
): Promise<void> {
  const folder = await Deno.makeTempDir();
  const [data, output] = [`${folder}/q.json`, `${folder}/r.json`];
  await Deno.writeTextFile(data, formatSampleFile(makeSampleQuestions(8)));
  try {
    await action(async (llm, options = {}) => {
      await evaluate(configOf({ data, output, context: "gold", calibrate: true, ...options }), {
        settings: {},
        overwrite: true,
        createLlm: () => Promise.resolve(llm),
      });
      return (await readResult(output))!;
    }, output);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

const isBlank = (prompt: Prompt) => prompt.parts.question === BLANK;
const logs = (shares: readonly number[]): LetterLogprobs =>
  Object.fromEntries(LETTERS.map((letter, at) => [letter, Math.log(shares[at]!)]));
/** Likes `a` for its own sake, and in the first three questions the letter after it a little. */
const likesA = (prompt: Prompt): FakeReply => {
  if (isBlank(prompt)) return { text: "a", letterLogprobs: logs([0.7, 0.1, 0.1, 0.1]) };
  const at = Number(/第(\d+)条/.exec(prompt.parts.question)![1]) - 1;
  const shares = at < 3 ? [0.5, 0.3, 0.1, 0.1] : [0.7, 0.1, 0.1, 0.1].map((x, i) => i ? x : 0.71);
  return { text: "a", letterLogprobs: logs(shares) };
};

Deno.test("the calibrated answer stands beside the plain one, never in its place", () =>
  withBench(async (ask) => {
    const llm = new FakeLlm(likesA);
    const { results, summary, config, provenance } = await ask(llm);
    assert.equal(config.calibrate, true);
    assert.ok(results.every((result) => result.predicted_answer === "a"));
    assert.equal(summary.correct_count, 2);
    assert.deepEqual(results.map((result) => result.calibrated!.predicted_answer), [
      ...["b", "b", "b"],
      ...["a", "a", "a", "a", "a"],
    ]);
    assert.deepEqual(results.map((result) => result.calibrated!.is_correct), [
      ...[false, true, false],
      ...[false, true, false, false, false],
    ]);
    const { calibration } = summary;
    assert.deepEqual(calibration, {
      accuracy: 0.25,
      correct_count: 2,
      total_count: 8,
      accuracy_interval: summary.accuracy_interval,
      plain_correct_count: 2,
      changed_count: 3,
      gained_count: 1,
      lost_count: 1,
      not_calibrated_count: 0,
      predicted_letters: { a: 5, b: 3, c: 0, d: 0 },
      prior: calibration!.prior,
    });
    assert.ok(Math.abs(calibration!.prior.a - 0.7) < 1e-12);
    assert.equal(provenance.calibration!.placeholder, BLANK);
    assert.equal(provenance.calibration!.response, "a");
  }));

Deno.test("the blank question is asked once, before all others, in their shape without content", () =>
  withBench(async (ask) => {
    for (const [context, hasContext] of [["gold", true], ["none", false]] as const) {
      const llm = new FakeLlm(likesA);
      const { provenance } = await ask(llm, { context });
      assert.equal(llm.calls.length, 9);
      assert.deepEqual(llm.calls.map(({ prompt }) => isBlank(prompt)), [
        true,
        ...Array(8).fill(false),
      ]);
      const [blank, first] = llm.calls.map(({ prompt }) => prompt);
      assert.deepEqual(blank!.messages.slice(0, -1), first!.messages.slice(0, -1));
      const text = blank!.messages.at(-1)!.content;
      assert.equal(provenance.calibration!.prompt, text);
      assert.equal(/【参照条文】\nN\/A\n/.test(text), hasContext);
      assert.match(text, /【問題】\nN\/A\n/);
      assert.match(text, /【選択肢】\na N\/A\nb N\/A\nc N\/A\nd N\/A\n/);
      assert.ok(!text.includes("届出"));
    }
  }));

Deno.test("a model without letter probabilities is refused before any question, and leaves nothing", () =>
  withBench(async (ask, output) => {
    const cases: [FakeReply, RegExp][] = [
      ["a", /m gave none for a blank question \(its answer: "a"\)\. Leave --calibrate out, or use/],
      [{ text: "N/A", letterLogprobs: { a: -1, c: -2 } }, /gave only those of a, c .*"N\/A"/],
    ];
    for (const [reply, expected] of cases) {
      const llm = new FakeLlm(() => reply, { model: "m" });
      await assert.rejects(ask(llm), expected);
      assert.equal(llm.calls.length, 1);
      assert.equal(await Deno.stat(journalPath(output)).catch(() => "gone"), "gone");
    }
    const hf = new FakeLlm(() => "a", { backend: "hf" });
    await assert.rejects(ask(hf), /Use --answer-mode score, or leave --calibrate out/);
    const gone = new FakeLlm(() => new LlmError("connection", "no server"));
    await assert.rejects(ask(gone), /no server/);
    // The same command without --calibrate is not another run's.
    await ask(new FakeLlm(() => "a"), { calibrate: false });
  }));

Deno.test("a question without all four letters' probabilities is counted apart", () =>
  withBench(async (ask) => {
    let asked = 0;
    const llm = new FakeLlm((prompt) => {
      if (isBlank(prompt)) return likesA(prompt);
      asked++;
      if (asked === 2) return new LlmError("server", "500");
      return asked === 3 ? { text: "b", letterLogprobs: { a: -1, b: -0.5 } } : likesA(prompt);
    });
    const { results, summary } = await ask(llm);
    assert.deepEqual(results.slice(0, 3).map(({ calibrated }) => calibrated === undefined), [
      ...[false, true, true],
    ]);
    const { calibration } = summary;
    assert.deepEqual([calibration!.total_count, calibration!.not_calibrated_count], [6, 2]);
    const rest = await ask(new FakeLlm(likesA));
    assert.equal(rest.summary.calibration!.total_count, 7);
  }));

Deno.test("with orders one prior is taken off in each, before the letters are mapped back", () =>
  withBench(async (ask) => {
    const llm = new FakeLlm((prompt) => {
      if (isBlank(prompt)) return likesA(prompt);
      const { choices } = makeSampleQuestions(8)[
        Number(/第(\d+)条/.exec(prompt.parts.question)![1]) - 1
      ]!;
      // Knows the third choice, and likes the first place more than it.
      const known = LETTERS.find((letter) => prompt.parts.choices[letter] === choices.c)!;
      const shares = LETTERS.map((letter) =>
        (letter === "a" ? 0.6 : 0.05) +
        (letter === known ? 0.25 : 0)
      );
      return { text: "a", letterLogprobs: logs(shares) };
    });
    const { results, summary } = await ask(llm, { orders: "4" });
    assert.equal(llm.calls.length, 33);
    assert.equal(summary.orders!.position_bias!.count, 32);
    for (const result of results) {
      assert.deepEqual(result.orders!.map((one) => one.calibrated!.predicted_answer), [
        ...["c", "c", "c", "c"],
      ]);
      assert.deepEqual(result.calibrated, result.orders![0]!.calibrated);
      assert.deepEqual(result.calibrated_majority!.votes, { c: 4 });
      assert.equal(result.majority!.votes.c, 1);
    }
    assert.deepEqual(
      [summary.calibration!.majority!.correct_count, summary.calibration!.majority!.total_count],
      [2, 8],
    );
  }));

Deno.test("settings that leave nothing to calibrate are refused", () => {
  const cases: [Options, RegExp][] = [
    [{ use_cot: true }, /--calibrate can't go with --use-cot/],
    [{ think: true }, /can't go with --think/],
    [{ ensemble: "3" }, /can't go with --ensemble/],
    [{ baseline: "longest" }, /can't go with --baseline/],
  ];
  for (const [options, expected] of cases) {
    assert.throws(() => configOf({ calibrate: true, ...options }), expected);
    configOf(options);
  }
  assert.equal(configOf({ calibrate: true, orders: "4" }).orders, 4);
  for (const orders of ["0", "2", "24", "4.0", ""]) {
    assert.throws(() => configOf({ orders }), /1 \(as in the file\) or 4/);
  }
});
