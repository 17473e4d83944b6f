"""
training_log.md: the run for people, in Japanese. `houqa docs log training` fills the same template
from the same summary.json with the same bytes (src/report/training_log.ts).
"""

import os
import re
from pathlib import Path
from string import Template

from .figures import fixed, percent, setting_text
from .records import LETTERS

TEMPLATE = Path(__file__).parents[2] / "docs" / "templates" / "学習ログ.md"
STOPPED = {
    "steps": "予定のステップまで終了",
    "early_stopping": "早期終了（開発データで改善が続かなかったため）",
}


def render_markdown_log(summary):
    """Fills the template; what was not measured is shown as 未測定."""
    settings, steps = summary["settings"], summary["steps"]
    data = summary["data"]
    peak = summary["peak"]
    return Template(TEMPLATE.read_text(encoding="utf-8")).substitute(
        name=os.path.basename(settings["output_dir"].rstrip("/")),
        status=STOPPED.get(summary["stopped_because"], f"途中（{summary['stopped_because']}）"),
        base=summary["base"]["name"],
        revision=summary["base"].get("revision") or "フォルダ",
        weights=summary["precision"]["weights"],
        compute=summary["precision"]["compute"],
        optimizer=summary["optimizer"],
        machine=summary["machine"].get("gpu") or f"CPU（{summary['machine']['threads']} スレッド）",
        gpu_peak=gigabytes(peak.get("gpu_allocated_bytes")),
        gpu_reserved=gigabytes(peak.get("gpu_reserved_bytes")),
        host_peak=gigabytes(peak.get("host_rss_bytes")),
        seconds=fixed(summary["seconds"], 0),
        sittings=summary["sittings"],
        done=steps["done"],
        planned=steps["planned"],
        per_epoch=steps["per_epoch"],
        records_per_step=steps["records_per_step"],
        data=table(
            ("データ", "ファイル", "件数", "正解の記号", "最長（トークン）", "SHA-256 の先頭"),
            [data_row(name, data[name]) for name in ("train", "dev") if name in data],
        ),
        settings=table(
            ("オプション", "値"),
            [
                (f"`--{name.replace('_', '-')}`", setting_text(value))
                for name, value in settings.items()
            ],
        ),
        evaluations=table(
            (
                "ステップ",
                "エポック",
                "開発データの正答",
                "損失",
                "予測した記号",
                "記号を書く確率",
            ),
            [evaluation_row(one) for one in summary["evaluations"]],
        )
        if summary["evaluations"]
        else "（開発データなし）",
        verdict=verdict(summary),
        warnings="\n".join(f"- ステップ {one['step']}: {one['text']}" for one in summary["warnings"])
        or "なし",
        versions="、".join(f"{name} {one}" for name, one in summary["versions"].items()),
        adapter=settings["output_dir"],
        model=settings["model_name"],
    )


def table(titles, rows):
    """A Markdown table; signs that would end a cell or a line are made harmless."""
    lines = [titles, ["---"] * len(titles), *rows]
    return "\n".join(f"| {' | '.join(map(cell, line))} |" for line in lines)


def cell(value):
    return re.sub(r"\s*\n\s*", " ", str(value).replace("|", "\\|"))


def letters_of(counts):
    return " ".join(f"{letter} {counts[letter]}" for letter in LETTERS)


def data_row(name, data):
    return (
        {"train": "学習", "dev": "開発"}[name],
        f"`{data['path']}`",
        data["records"],
        letters_of(data["letters"]),
        data["tokens_longest"],
        f"`{data['sha256'][:16]}`",
    )


def evaluation_row(one):
    return (
        "0（素のモデル）" if one["step"] == 0 else one["step"],
        fixed(one["epoch"], 2),
        f"{one['correct']}/{one['total']} ({percent(one['correct'], one['total'])})",
        fixed(one["loss"], 4),
        letters_of(one["predicted"]),
        f"{fixed(100 * one['letter_mass'], 1)} %",
    )


def verdict(summary):
    """One sentence about the best adapter against the base, on dev only."""
    best, base = summary.get("best"), summary.get("base_evaluation")
    if not best or not base:
        return "開発データで測っていないので、良し悪しは分かりません。最後のアダプタを保存しました。"
    kept = next(one for one in summary["evaluations"] if one["step"] == best["step"])
    lines = [
        f"残したアダプタはステップ {best['step']} のもので、開発データの正答は "
        f"{percent(kept['correct'], kept['total'])}"
        f"（素のモデルは {percent(base['correct'], base['total'])}）です。"
    ]
    if kept["correct"] <= base["correct"]:
        lines.append("**開発データでは、素のモデルより良くなっていません。**")
    lines.append("開発データで選んだアダプタなので、この数字は甘めです。判断は試験データの評価で行います。")
    if base["given_reasoning"]:
        lines.append(
            f"{base['given_reasoning']} 問は記録にある推論を読ませたうえでの記号の正答で、"
            "自分で推論したときの正答率ではありません。"
        )
    return "".join(lines)


def gigabytes(size):
    return "未測定" if size is None else f"{fixed(size / 1e9, 2)} GB"
