import { formCommand } from "../build/form_command.ts";
import { DOCUMENT_TEXTS } from "../docs/document_texts.ts";
import { BLANK, fillTemplate } from "../docs/fill_template.ts";
import type { ResultFile } from "../eval/result_schema.ts";
import { describeRun, isSameAsking } from "./describe_asking.ts";
import { markdownTable } from "./markdown_table.ts";
import { letterText } from "./training_summary.ts";

/** A result file and where it is. */
export interface LoggedRun {
  readonly path: string;
  readonly result: ResultFile;
}

const TEMPLATES = { baseline: "ベースライン結果", evaluation: "評価ログ" } as const;

const TITLES = {
  results: [
    "モデル",
    "尋ね方",
    "正答率（95 % 区間）",
    "読めない・切れた・エラー",
    "予測した記号",
    "床",
    "時間",
    "ファイル",
  ],
  origins: ["ファイル", "問題", "プロンプト", "重み", "アダプタ", "版", "終了"],
  pairs: ["素のモデル", "アダプタ", "違い"],
};

const ADAPTER_ONLY = "アダプタだけ";

/** A log of evaluations in Markdown; without runs a form to fill in by hand. */
export function renderResultLog(
  kind: keyof typeof TEMPLATES,
  runs: readonly LoggedRun[],
): string {
  const template = DOCUMENT_TEXTS[`templates/${TEMPLATES[kind]}.md`]!;
  const isForm = runs.length === 0;
  const table = (titles: readonly string[], rows: readonly (readonly string[])[]) =>
    markdownTable(titles, isForm ? [titles.map(() => BLANK)] : rows);
  const values: Record<string, string> = {
    results: table(TITLES.results, runs.map(resultRow)),
    origins: table(TITLES.origins, runs.map(originRow)),
  };
  if (!isForm) values.warnings = warningsOf(runs).map((line) => `- ${line}`).join("\n") || "なし";
  if (kind === "evaluation" && !isForm) values.pairs = pairLines(runs);
  return fillTemplate(template, values);
}

function resultRow({ path, result }: LoggedRun): string[] {
  const { summary } = result;
  const { low, high } = summary.accuracy_interval;
  const { model, asking } = describeRun(result);
  const floors = summary.floors.toSorted((x, y) => y.correct_count - x.correct_count).slice(0, 2);
  return [
    model,
    asking,
    `${percent(summary.accuracy)}（${summary.correct_count}/${summary.total_count}）` +
    (summary.answered_count === 0 ? "" : ` ${percent(low)}〜${percent(high)}`),
    `${summary.unparsed_count}・${summary.truncated_count}・${summary.error_count}`,
    letterText(summary.predicted_letters),
    floors.map(({ baseline, accuracy, correct_count: correct, total_count: total }) =>
      `${baseline} ${percent(accuracy)}（${correct}/${total}）`
    ).join("、"),
    `${summary.seconds.toFixed(0)} 秒`,
    `\`${path}\``,
  ];
}

function originRow({ path, result: { provenance } }: LoggedRun): string[] {
  const { dataset, prompt, llm, runtime } = provenance;
  const versions = Object.entries(llm.versions).map((pair) => pair.join(" "));
  return [
    `\`${path}\``,
    `\`${dataset.path}\`（${dataset.question_count} 問、${digest(dataset.sha256)}）`,
    `版 ${prompt.version}、${digest(prompt.sha256)}`,
    llm.model_digest === undefined ? "" : digest(llm.model_digest),
    llm.adapter_digest === undefined ? "なし" : digest(llm.adapter_digest),
    [`houqa ${provenance.houqa_version}`, `Deno ${runtime.deno}`, ...versions].join("、"),
    provenance.finished_at +
    (provenance.sittings > 1 ? `（${provenance.sittings} 回に分けて）` : ""),
  ];
}

/** What forbids to read a figure as it stands. */
function warningsOf(runs: readonly LoggedRun[]): string[] {
  return runs.flatMap(({ path, result: { summary } }) => {
    const takeover = summary.letter_takeover;
    return [
      summary.error_count > 0
        ? `\`${path}\`: ${summary.error_count} 問がエラーのままです。同じコマンドで尋ね直してください。`
        : "",
      summary.unparsed_count > 0
        ? `\`${path}\`: ${summary.unparsed_count} 問は答えから記号を読めません（不正解とは別）。`
        : "",
      summary.truncated_count > 0
        ? `\`${path}\`: ${summary.truncated_count} 問は長さの上限で切れました（不正解とは別）。`
        : "",
      takeover === undefined ? "" : `\`${path}\`: 答えた ${takeover.answered} 問のうち ` +
        `${takeover.count} 問が ${takeover.letter} です（崩壊の疑い）。`,
    ].filter((line) => line !== "");
  });
}

/**
 * Runs with an adapter beside those of a base that were asked the same. Where one differs in nothing
 * but the adapter, others are left out.
 */
function pairLines(runs: readonly LoggedRun[]): string {
  const isAdapted = ({ result }: LoggedRun) => result.provenance.llm.adapter !== undefined;
  const pairs = runs.filter(isAdapted).flatMap((adapted) => {
    const found = runs
      .filter((base) => !isAdapted(base) && isSameAsking(base.result, adapted.result))
      .map((base) => ({ base, adapted, difference: differenceOf(base.result, adapted.result) }));
    const clean = found.filter(({ difference }) => difference === ADAPTER_ONLY);
    return clean.length > 0 ? clean : found;
  });
  if (pairs.length === 0) {
    return "同じ問題と同じ尋ね方の、素のモデルとアダプタの組がありません。";
  }
  const rows = pairs.map(({ base, adapted, difference }) => [
    `\`${base.path}\``,
    `\`${adapted.path}\``,
    difference,
  ]);
  const commands = pairs.map(({ base, adapted }) =>
    formCommand("houqa", ["compare", base.path, adapted.path])
  );
  return [markdownTable(TITLES.pairs, rows), "", "```sh", ...commands, "```"].join("\n");
}

/** What but the adapter differs between two runs: then a difference is not the adapter's alone. */
function differenceOf(base: ResultFile, adapted: ResultFile): string {
  const facts = ({ provenance: { llm, prompt, extraction_version: rules } }: ResultFile) => ({
    "モデル": llm.model,
    "精度": llm.dtype,
    "装置": llm.device,
    "プロンプト": prompt.sha256,
    "読み取りの規則の版": rules,
  });
  const [before, after] = [facts(base), facts(adapted)];
  const names = Object.keys(before) as (keyof typeof before)[];
  const different = names.filter((name) => before[name] !== after[name]);
  return different.length === 0 ? ADAPTER_ONLY : `**${different.join("、")}も違います**`;
}

function digest(text: string): string {
  return `\`${text.replace(/^sha256:/, "").slice(0, 16)}\``;
}

function percent(value: number): string {
  return `${(100 * value).toFixed(1)} %`;
}
