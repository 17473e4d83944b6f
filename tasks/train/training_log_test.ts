/** summary.json is rendered twice: by the training script and by `houqa docs log training`. */
import assert from "node:assert/strict";
import fc from "fast-check";
import { renderTrainingLog } from "../../src/report/training_log.ts";
import { trainingSummarySchema } from "../../src/report/training_summary.ts";
import { PYTHON, TASKS } from "./training_double.ts";

/** Rendering needs no packages, so any Python serves. */
const ANY_PYTHON = PYTHON ?? (await isThere("python3") ? "python3" : undefined);

const RENDER = "import json, sys; from train.markdown_log import render_markdown_log; " +
  "print(json.dumps([render_markdown_log(json.loads(one)) for one in json.load(sys.stdin)]))";

async function isThere(program: string): Promise<boolean> {
  try {
    return (await new Deno.Command(program, { args: ["--version"] }).output()).success;
  } catch {
    return false;
  }
}

/** What the training script makes of the texts of some summaries. */
async function renderInPython(texts: readonly string[]): Promise<string[]> {
  const child = new Deno.Command(ANY_PYTHON!, {
    args: ["-B", "-c", RENDER],
    cwd: TASKS,
    stdin: "piped",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  const writer = child.stdin.getWriter();
  await writer.write(new TextEncoder().encode(JSON.stringify(texts)));
  await writer.close();
  const { code, stdout, stderr } = await child.output();
  assert.equal(code, 0, new TextDecoder().decode(stderr));
  return JSON.parse(new TextDecoder().decode(stdout));
}

function render(text: string): string {
  return renderTrainingLog(trainingSummarySchema.parse(JSON.parse(text)));
}

const LETTERS = { a: 1, b: 2, c: 3, d: 4 };

function evaluation(step: number, correct: number, total: number, more: object = {}) {
  return {
    ...{ step, epoch: step / 8, accuracy: correct / total, correct, total, loss: 0.03125 },
    ...{ predicted: LETTERS, letter_mass: 0.03125, given_reasoning: 0, ...more },
  };
}

/** Numbers that JSON.stringify would write otherwise than Python does stand as `#text`. */
function summaryText(settings: object, evaluations: readonly { step: number }[], more: object) {
  const [base, ...later] = evaluations;
  const data = { path: "a|b.jsonl", sha256: "f".repeat(64), records: 9, letters: LETTERS };
  const summary = {
    ...{ schema_version: 1, kind: "qwen_law_ft", stopped_because: "steps", optimizer: "adamw" },
    settings: { train_file: "a|b.jsonl", model_name: "Org/M", output_dir: "runs/版/", ...settings },
    data: { train: { ...data, tokens_longest: 9 } },
    base: { name: "Org/M", revision: null },
    precision: { weights: "nf4", compute: "bfloat16" },
    versions: { python: "3.11.7", torch: "2.10.0" },
    machine: { threads: 2 },
    peak: { host_rss_bytes: 1_125_000_000 },
    ...{ seconds: 2.5, sittings: 1, warnings: [{ step: 8, text: "all 'a' | $x ${y}" }] },
    steps: { done: 8, planned: 8, per_epoch: 8, records_per_step: 4 },
    ...(base === undefined ? {} : { base_evaluation: base, best: later.at(-1) }),
    ...{ evaluations, ...more },
  };
  return JSON.stringify(summary).replaceAll(/"#([^"]*)"/g, "$1");
}

Deno.test({
  name: "Python and TypeScript write the same training log, ties and Python's numbers included",
  ignore: ANY_PYTHON === undefined,
  async fn() {
    const settings = {
      ...{ learning_rate: "#1e-05", other_rate: "#2.5e-07", weight_decay: "#0.0", huge: "#1e+16" },
      ...{ use_4bit: null, do_train: true, lora_dropout: 0.05, seed: 42, resume: "latest" },
    };
    const texts = [
      summaryText(settings, [evaluation(0, 17, 80), evaluation(1, 21, 80)], {}),
      summaryText(settings, [evaluation(0, 23, 80, { given_reasoning: 3 }), evaluation(3, 1, 3)], {
        machine: { gpu: "A100", threads: 8 },
        peak: { gpu_allocated_bytes: 8_125_000_000, gpu_reserved_bytes: 0 },
        ...{ seconds: 0.5, stopped_because: "early_stopping", warnings: [] },
      }),
      summaryText({ do_train: false }, [], { stopped_because: "signal" }),
    ];
    const made = await renderInPython(texts);
    assert.deepEqual(made, texts.map(render));
    for (
      const part of [
        "| 1 | 0.13 | 21/80 (26.3 %) | 0.0313 | a 1 b 2 c 3 d 4 | 3.1 % |",
        "| 0（素のモデル） | 0.00 | 17/80 (21.3 %) |",
        "正答は 26.3 %（素のモデルは 21.3 %）です。",
        "| `--train-file` | a\\|b.jsonl |\n| `--model-name` | Org/M |\n| `--output-dir` | runs/版/ |",
        "| `--learning-rate` | 0.00001 |\n| `--other-rate` | 2.5e-7 |\n| `--weight-decay` | 0 |",
        "| `--huge` | 10000000000000000 |\n| `--use-4bit` |  |\n| `--do-train` | true |",
        "- 時間: 3 秒",
        "all 'a' | $x ${y}",
      ]
    ) assert.ok(made[0]!.includes(part), `${part}\n${made[0]}`);
    assert.match(made[1]!, /23\/80 \(28\.8 %\)/);
    assert.match(made[1]!, /33\.3 %（素のモデルは 28\.8 %）/);
    assert.match(made[2]!, /（開発データなし）/);
  },
});

Deno.test({
  name: "Python and TypeScript write the same training log, whatever was measured",
  ignore: ANY_PYTHON === undefined,
  async fn() {
    const share = fc.double({ min: 0, max: 1, noNaN: true });
    const positive = fc.double({ min: 0, max: 1e6, noNaN: true });
    const measured = fc.record({
      counts: fc.integer({ min: 1, max: 2000 }).chain((total) =>
        fc.tuple(fc.integer({ min: 0, max: total }), fc.constant(total))
      ),
      // Eighths and sixteenths are ties.
      loss: fc.oneof(positive, fc.integer({ min: 0, max: 1600 }).map((n) => n / 32)),
      letter_mass: fc.oneof(share, fc.integer({ min: 0, max: 1600 }).map((n) => n / 1600)),
    });
    const cases = fc.sample(
      fc.tuple(fc.array(measured, { minLength: 2, maxLength: 4 }), positive, positive, share),
      { numRuns: 300, seed: 1 },
    );
    const texts = cases.map(([evaluations, seconds, rate, tiny]) =>
      summaryText(
        { learning_rate: rate, weight_decay: tiny / 1e6 },
        evaluations.map(({ counts, ...rest }, i) => evaluation(i, ...counts, rest)),
        { seconds, peak: { host_rss_bytes: Math.round(rate * 1e6) } },
      )
    );
    assert.deepEqual(await renderInPython(texts), texts.map(render));
  },
});
