/** The wall clock may be set while a run goes on: only what it says of itself comes from it. */
import assert from "node:assert/strict";
import { formatSampleFile, makeSampleQuestions } from "../dataset/sample_questions.ts";
import { FakeLlm } from "../llm/fake_llm.ts";
import { normaliseEvaluation } from "../settings/evaluation_config.ts";
import { resolveSettings } from "../settings/resolve_settings.ts";
import { evaluate } from "./evaluate.ts";
import { readResult } from "./read_result.ts";

Deno.test("a wall clock that jumps back and forth changes no duration and keeps nobody from going on", async () => {
  const folder = await Deno.makeTempDir();
  const [data, output] = [`${folder}/q.json`, `${folder}/r.json`];
  await Deno.writeTextFile(data, formatSampleFile(makeSampleQuestions(6)));
  const { config } = normaliseEvaluation(
    resolveSettings({
      options: { data, output, context: "gold" },
      dotenv: {},
      environment: () => undefined,
    }),
  );
  // Ten years forward, then before the first sitting.
  const clocks = ["2036-01-01", "2046-01-01", "2006-01-01"].map((day) => new Date(day));
  let looks = 0;
  const now = () => clocks[looks++ % clocks.length]!;
  let timeMs = 0;
  const monotonicMs = () => timeMs += 500;
  const stop = new AbortController();
  let asked = 0;
  const createLlm = () =>
    Promise.resolve(
      new FakeLlm(() => {
        if (++asked === 3) stop.abort();
        return "a";
      }),
    );
  const world = { settings: {}, overwrite: false, now, monotonicMs, createLlm };
  try {
    const first = await evaluate(config, { ...world, signal: stop.signal });
    assert.ok("stopped" in first && first.answered > 0 && first.answered < 6);
    const second = await evaluate(config, world);
    assert.ok("result" in second);
    const { summary, provenance, results } = (await readResult(output))!;
    assert.equal(provenance.sittings, 2);
    assert.equal(provenance.started_at, "2036-01-01T00:00:00.000Z");
    assert.ok(provenance.finished_at < provenance.started_at);
    assert.ok(summary.seconds > 0 && summary.seconds < 60);
    assert.ok(results.every(({ seconds }) => seconds === undefined || seconds >= 0));
    assert.equal(results.length, 6);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});
