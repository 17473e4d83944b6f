import type { FinetuneManifest } from "../dataset/finetune/finetune_manifest.ts";
import type { TokenLengths } from "../dataset/finetune/token_lengths.ts";
import { LETTERS } from "../dataset/question.ts";
import { columns, countWithShare } from "./columns.ts";

/** Records by their manifest, as lines of text without a final newline. */
export function renderFinetuneReport(manifest: FinetuneManifest, paths: {
  readonly records: string;
  readonly manifest: string;
}): string {
  const { dataset, records, letters, tokens, prompt, retrieval } = manifest;
  const { question_count: all, used_count: used, split_side: side } = dataset;
  const lines = [
    `Data     ${dataset.path}: ${used === all ? all : `the first ${used} of ${all}`} questions` +
    `${side === undefined ? "" : `, the ${side} side of a split`}, sha256 ${dataset.sha256}`,
    `Records  ${records.count}: ${manifest.mode}, context ${manifest.context}, ${
      manifest.few_shot ? "with" : "without"
    } worked examples` +
    (manifest.orders === null ? "" : `, choices in the orders ${manifest.orders.join(" ")}`),
    `Prompt   version ${prompt.version}, sha256 ${prompt.sha256}`,
  ];
  if (retrieval !== undefined) {
    const corpus = retrieval.search?.index.folder ?? "the question file's own contexts";
    lines.push(
      `Search   ${retrieval.type}, top ${retrieval.top_k} of ${corpus}` +
        (retrieval.search === undefined
          ? ""
          : `, corpus sha256 ${retrieval.search.index.corpus_sha256}`),
    );
  }
  lines.push(
    `Letters  ${
      LETTERS.map((letter) => `${letter} ${countWithShare(letters[letter], records.count)}`)
        .join("  ")
    }`,
    "",
    ...columns([
      ["Tokens", "min", "median", "p95", "max"],
      tokenRow("whole record", tokens.record),
      tokenRow("answer and end", tokens.answer),
    ]),
    tokens.tokenizer === null
      ? "Estimated, rather too many than too few; --hf-model-name FOLDER counts them."
      : `Counted with the tokenizer and chat template of ${tokens.tokenizer}.`,
    ...leftOutLines(manifest),
    "",
    `${paths.records} (sha256 ${records.sha256})`,
    paths.manifest,
  );
  return lines.join("\n");
}

function tokenRow(name: string, { min, median, p95, max }: TokenLengths): string[] {
  return [name, ...[min, median, p95, max].map(String)];
}

function leftOutLines({ left_out: leftOut, reasonings, dataset }: FinetuneManifest): string[] {
  if (reasonings === undefined) return [];
  const reasons = [
    [leftOut.no_reasoning_count, "no right response or line in --reasonings"],
    [leftOut.other_prompt_count, "right responses to another prompt only"],
    [
      leftOut.unusable_count,
      "reasonings that can't be used (empty, for another letter, with marks of a chat template, or " +
      "not read as the letter)",
    ],
  ] as const;
  const total = reasons.reduce((sum, [count]) => sum + count, 0);
  return [
    "",
    `Left out: ${countWithShare(total, dataset.used_count)} of the questions`,
    ...reasons.filter(([count]) => count > 0).map(([count, what]) => `  ${count}: ${what}`),
    ...reasonings.files.map(({ path, count, used_count }) =>
      `Reasonings: ${path}: ${used_count} used of ${count}`
    ),
    ...(reasonings.unknown_id_count === 0
      ? []
      : [`Lines with an id that no question has: ${reasonings.unknown_id_count}`]),
  ];
}
