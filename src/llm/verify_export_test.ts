import assert from "node:assert/strict";
import { join } from "node:path";
import type { Letter } from "../dataset/question.ts";
import { renderVerification } from "../report/verification_report.ts";
import { inTempFolder } from "../onnx/checkpoint_double.ts";
import { openCheckpoint } from "../onnx/checkpoint.ts";
import { exportTo } from "../onnx/exported_double.ts";
import { openLoraAdapter } from "../onnx/open_lora_adapter.ts";
import { SMALLEST_QWEN3, writeTinyAdapter, writeTinyModel } from "../onnx/tiny_model_double.ts";
import { judge, type VerifiedPrompt, verifyExport } from "./verify_export.ts";

type Letters = Readonly<Record<Letter, number>>;

/** Log-probabilities of the letters. */
function letters(a: number, b: number, c: number, d: number): Letters {
  return { a: Math.log(a), b: Math.log(b), c: Math.log(c), d: Math.log(d) };
}

const PLAIN = letters(0.1, 0.2, 0.3, 0.05);

function prompt(exported: Letters, reference = PLAIN, base?: Letters): VerifiedPrompt {
  return { tokens: 10, exported, reference, ...(base === undefined ? {} : { base }) };
}

Deno.test("judge: the same letters are no finding, in any precision", () => {
  for (const dtype of ["fp32", "fp16", "q8", "q4", "q4f16"] as const) {
    assert.deepEqual(judge([prompt(PLAIN)], dtype), {
      prompts: [prompt(PLAIN)],
      largestDifference: 0,
      agreeing: 1,
      meanDivergence: 0,
      findings: [],
    });
  }
});

Deno.test("judge: differences and divergences are those of their definitions", () => {
  const other = letters(0.2, 0.1, 0.3, 0.4);
  const { largestDifference, agreeing, meanDivergence } = judge(
    [prompt(other), prompt(PLAIN)],
    "q4",
  );
  assert.ok(Math.abs(largestDifference - Math.log(8)) < 1e-12);
  assert.equal(agreeing, 1);
  // KL(reference ‖ export) over the four, each summing to one.
  const [p, q] = [[0.1, 0.2, 0.3, 0.05], [0.2, 0.1, 0.3, 0.4]].map((values) => {
    const total = values.reduce((a, b) => a + b);
    return values.map((value) => value / total);
  });
  const expected = p!.reduce((sum, one, i) => sum + one * Math.log(one / q![i]!), 0) / 2;
  assert.ok(Math.abs(meanDivergence - expected) < 1e-12);
});

Deno.test("judge: floats are held to a difference, integers to a divergence", () => {
  const off = (factor: number) => prompt(letters(0.1 * factor, 0.2, 0.3, 0.05));
  const findings = (factor: number, dtype: Parameters<typeof judge>[1]) =>
    judge([off(factor)], dtype).findings;
  assert.deepEqual(findings(1.0009, "fp32"), []);
  assert.match(
    findings(1.002, "fp32").join(),
    /off by 0\.0020; at most 0\.001 is expected of fp32/,
  );
  assert.deepEqual(findings(1.04, "fp16"), []);
  assert.match(findings(1.06, "fp16").join(), /off by 0\.058; at most 0\.05 is expected of fp16/);
  assert.deepEqual(findings(1.3, "q8"), []);
  assert.match(
    findings(2, "q8").join(),
    /mean divergence is 0\.\d+; at most 0\.010 is expected of q8/,
  );
  assert.deepEqual(findings(2, "q4"), []);
  assert.match(findings(6, "q4").join(), /at most 0\.10 is expected of q4/);
  assert.equal(findings(6, "q4f16").length, 1);
  // No number is worse than any.
  assert.equal(findings(NaN, "fp32").length, 1);
  assert.equal(findings(NaN, "q8").length, 1);
});

Deno.test("judge: an adapter that moves less than rounding does is a finding", () => {
  const near = letters(0.11, 0.2, 0.3, 0.05);
  const far = letters(0.3, 0.2, 0.1, 0.05);
  const moved = judge([prompt(near, PLAIN, far)], "q4");
  assert.ok(moved.adapterDivergence! > moved.meanDivergence);
  assert.deepEqual(moved.findings, []);
  const lost = judge([prompt(far, PLAIN, near)], "q4f16");
  assert.match(lost.findings.at(-1)!, /changes the letters .* as much as the adapter does/);
  const text = renderVerification(lost);
  assert.match(
    text,
    /^Verified on: {4}1 prompts of 10 tokens, against float32\nLetters agree: {2}0\/1\n/,
  );
  assert.match(text, /\nAdapter moves: {2}mean divergence 0\.\d+\n(Finding: .*\n?)+$/);
});

Deno.test("an export is compared with a float32 pass through its own weights", () =>
  inTempFolder(async (folder) => {
    const model = await writeTinyModel(join(folder, "m"), { config: SMALLEST_QWEN3 });
    const adapterFolder = await writeTinyAdapter(join(folder, "a"), { config: SMALLEST_QWEN3 });
    const checkpoint = await openCheckpoint(model);
    const adapter = await openLoraAdapter(adapterFolder, checkpoint);
    await exportTo(join(folder, "fp32"), model, "fp32", { adapterFolder });
    const common = { dtype: "fp32", device: "cpu", checkpoint } as const;
    const same = await verifyExport({ ...common, folder: join(folder, "fp32"), adapter });
    assert.ok(same.largestDifference < 1e-4, `${same.largestDifference}`);
    assert.equal(same.agreeing, same.prompts.length);
    assert.ok(same.prompts.length >= 2);
    assert.deepEqual(same.findings, []);
    assert.ok(same.adapterDivergence! > 1e-6);
    // Against other weights, it is seen.
    const other = await verifyExport({ ...common, folder: join(folder, "fp32") });
    assert.equal(other.findings.length, 1);
    const signal = AbortSignal.abort(new DOMException("x", "AbortError"));
    await assert.rejects(
      verifyExport({ ...common, folder: join(folder, "fp32"), signal }),
      { name: "AbortError" },
    );
  }));
