import { basename } from "node:path";
import { DOCUMENT_TEXTS } from "../docs/document_texts.ts";
import { BLANK, fillTemplate } from "../docs/fill_template.ts";
import { markdownTable } from "./markdown_table.ts";
import { type DevEvaluation, letterText, type TrainingSummary } from "./training_summary.ts";

/** Reasons for an end as the training script names them. */
const ENDS: Readonly<Record<string, string>> = {
  steps: "予定のステップまで終了",
  early_stopping: "早期終了（開発データで改善が続かなかったため）",
};
const UNMEASURED = "未測定";
const TITLES = {
  evaluations: [
    "ステップ",
    "エポック",
    "開発データの正答",
    "損失",
    "予測した記号",
    "記号を書く確率",
  ],
  data: ["データ", "ファイル", "件数", "正解の記号", "最長（トークン）", "SHA-256 の先頭"],
  settings: ["オプション", "値"],
};

/**
 * The training log in Markdown; without a summary a form to fill in by hand. The training script
 * renders the same template itself (tasks/train/markdown_log.py); both give the same bytes, rounded
 * half up: shares by their counts, measured values as the number that is stored.
 */
export function renderTrainingLog(summary: TrainingSummary | undefined): string {
  const template = DOCUMENT_TEXTS["templates/学習ログ.md"]!;
  if (summary === undefined) {
    const blanks = Object.entries(TITLES).map(([name, titles]) => [
      name,
      markdownTable(titles, [titles.map(() => BLANK)]),
    ]);
    return fillTemplate(template, Object.fromEntries(blanks));
  }
  const { settings, steps, peak, base, machine } = summary;
  return fillTemplate(template, {
    name: basename(settings.output_dir),
    status: ENDS[summary.stopped_because] ?? `途中（${summary.stopped_because}）`,
    verdict: verdict(summary),
    evaluations: summary.evaluations.length === 0
      ? "（開発データなし）"
      : markdownTable(TITLES.evaluations, summary.evaluations.map(evaluationRow)),
    warnings: summary.warnings.map(({ step, text }) => `- ステップ ${step}: ${text}`).join("\n") ||
      "なし",
    base: base.name,
    revision: base.revision ?? "フォルダ",
    weights: summary.precision.weights,
    compute: summary.precision.compute,
    optimizer: summary.optimizer,
    machine: machine.gpu ?? `CPU（${machine.threads} スレッド）`,
    gpu_peak: gigabytes(peak.gpu_allocated_bytes),
    gpu_reserved: gigabytes(peak.gpu_reserved_bytes),
    host_peak: gigabytes(peak.host_rss_bytes),
    seconds: summary.seconds.toFixed(0),
    sittings: String(summary.sittings),
    done: String(steps.done),
    planned: String(steps.planned),
    per_epoch: String(steps.per_epoch),
    records_per_step: String(steps.records_per_step),
    versions: Object.entries(summary.versions).map((pair) => pair.join(" ")).join("、"),
    data: markdownTable(TITLES.data, dataRows(summary)),
    settings: markdownTable(
      TITLES.settings,
      Object.entries(settings).map((
        [name, value],
      ) => [`\`--${name.replaceAll("_", "-")}\``, String(value ?? "")]),
    ),
    model: settings.model_name,
    adapter: settings.output_dir,
  });
}

function evaluationRow(one: DevEvaluation): string[] {
  return [
    one.step === 0 ? "0（素のモデル）" : String(one.step),
    one.epoch.toFixed(2),
    `${one.correct}/${one.total} (${percent(one)})`,
    one.loss.toFixed(4),
    letterText(one.predicted),
    `${(100 * one.letter_mass).toFixed(1)} %`,
  ];
}

function dataRows({ data }: TrainingSummary): string[][] {
  const sides = [["学習", data.train], ["開発", data.dev]] as const;
  return sides.flatMap(([title, side]) =>
    side === undefined ? [] : [[
      title,
      `\`${side.path}\``,
      String(side.records),
      letterText(side.letters),
      String(side.tokens_longest),
      `\`${side.sha256.slice(0, 16)}\``,
    ]]
  );
}

/** What the dev file says about the adapter against its base, and what it does not. */
function verdict({ best, base_evaluation: base, evaluations }: TrainingSummary): string {
  const kept = evaluations.find(({ step }) => step === best?.step);
  if (kept === undefined || base === undefined) {
    return "開発データで測っていないので、良し悪しは分かりません。最後のアダプタを保存しました。";
  }
  return [
    `残したアダプタはステップ ${kept.step} のもので、開発データの正答は ${percent(kept)}` +
    `（素のモデルは ${percent(base)}）です。`,
    kept.correct <= base.correct ? "**開発データでは、素のモデルより良くなっていません。**" : "",
    "開発データで選んだアダプタなので、この数字は甘めです。判断は試験データの評価で行います。",
    base.given_reasoning > 0
      ? `${base.given_reasoning} 問は記録にある推論を読ませたうえでの記号の正答で、自分で推論したときの正答率ではありません。`
      : "",
  ].join("");
}

/** One decimal, rounded half up: 21 of 80 is 26.3 %. */
function percent({ correct, total }: DevEvaluation): string {
  const tenths = Math.floor((2000 * correct + total) / (2 * total));
  return `${Math.floor(tenths / 10)}.${tenths % 10} %`;
}

function gigabytes(bytes: number | undefined): string {
  return bytes === undefined ? UNMEASURED : `${(bytes / 1e9).toFixed(2)} GB`;
}
