import type { BuildCost, BuildProgress } from "../rag/vector/build_cost.ts";
import type { Grain } from "../rag/vector/passage_text.ts";
import type { VectorManifest } from "../rag/vector/vector_manifest.ts";
import { duration } from "./duration.ts";

/** What is counted, in words. */
export const COUNTED: Readonly<Record<Grain, string>> = {
  unit: "articles",
  row: "paragraphs and items",
};

/** What a build will cost, in a sentence. */
export function renderBuildCost(
  { passages, done, seconds, sizeBytes, trial }: BuildCost,
  grain: Grain,
): string {
  return `${count(passages - done)} of ${count(passages)} ${COUNTED[grain]} are left: about ` +
    `${duration(seconds)} (${count(trial.passages)} took ${trial.seconds.toFixed(1)} s). All ` +
    `vectors together take ${size(sizeBytes)}.`;
}

/** What is not lost when a build ends early. */
export function renderKept(
  { done, total }: Omit<BuildProgress, "secondsLeft">,
  grain: Grain,
): string {
  return `${count(done)} of ${count(total)} ${COUNTED[grain]} are embedded and kept. The same ` +
    "command goes on.";
}

/** What was built, and what became of long texts. */
export function renderVectorReport(
  folder: string,
  { count: vectors, grain, embedder, cut_passages, vectors: file, neighbours }: VectorManifest,
  embedded: { readonly passages: number; readonly seconds: number },
): string {
  const { model, dimensions, max_tokens, backend } = embedder;
  const report = [
    `vectors  ${folder}: ${count(vectors)} of ${dimensions} numbers, one for each of the ` +
    `${COUNTED[grain]}, ${size(file.size_bytes)}`,
    `model    ${
      backend === "ollama" ? "ollama:" : ""
    }${model}, at most ${max_tokens} tokens of a ` +
    "text",
  ];
  if (cut_passages > 0) report.push(`cut      ${renderCut(cut_passages, max_tokens, grain)}`);
  if (neighbours !== undefined) {
    report.push(`graph    of neighbours, ${size(neighbours.size_bytes)}: searches may miss a few`);
  }
  const { passages, seconds } = embedded;
  if (passages > 0) {
    report.push(`time     ${count(passages)} embedded in ${duration(seconds)}`);
  }
  return report.join("\n");
}

/** What became of texts that the model does not read to their end. */
export function renderCut(cut: number, maxTokens: number, grain: Grain): string {
  return `${count(cut)} of the ${COUNTED[grain]}, longer than ${maxTokens} tokens: only their ` +
    "beginnings were read";
}

function size(bytes: number): string {
  return bytes < 1e6 ? `${Math.ceil(bytes / 1000)} kB` : `${(bytes / 1e6).toFixed(1)} MB`;
}

function count(value: number): string {
  return value.toLocaleString("en-US");
}
