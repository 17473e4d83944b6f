import type { Verification } from "../llm/verify_export.ts";

/** A comparison of an export with float32, as text. */
export function renderVerification(verification: Verification): string {
  const { prompts, agreeing, largestDifference, meanDivergence, adapterDivergence, findings } =
    verification;
  return [
    `Verified on:    ${prompts.length} prompts of ${
      prompts.map(({ tokens }) => tokens).join(", ")
    } tokens, against float32`,
    `Letters agree:  ${agreeing}/${prompts.length}`,
    `Log-prob. off:  at most ${largestDifference.toPrecision(2)}; ` +
    `mean divergence ${meanDivergence.toPrecision(2)}`,
    ...(adapterDivergence === undefined
      ? []
      : [`Adapter moves:  mean divergence ${adapterDivergence.toPrecision(2)}`]),
    ...findings.map((finding) => `Finding:        ${finding}`),
  ].join("\n");
}
