import unittest

from .markdown_log import render_markdown_log

LETTERS = {"a": 1, "b": 2, "c": 3, "d": 4}


def evaluation(step, correct, **more):
    return {
        "step": step,
        "epoch": step / 10,
        "accuracy": correct / 10,
        "correct": correct,
        "total": 10,
        "loss": 1.5,
        "predicted": LETTERS,
        "letter_mass": 0.5,
        "given_reasoning": 0,
        **more,
    }


def summary(**more):
    base, later = evaluation(0, 4), evaluation(10, 6)
    data = {"path": "t.jsonl", "sha256": "f" * 64, "records": 10, "letters": LETTERS}
    return {
        "stopped_because": "early_stopping",
        "settings": {"output_dir": "runs/x/名前", "model_name": "Org/M", "lora_r": 16, "resume": None},
        "data": {"train": {**data, "tokens_longest": 900}},
        "base": {"name": "Org/M", "revision": "abc"},
        "precision": {"weights": "nf4", "compute": "bfloat16"},
        "optimizer": "paged_adamw_8bit",
        "machine": {"gpu": "NVIDIA A100"},
        "peak": {"gpu_allocated_bytes": 8_120_000_000},
        "seconds": 61.4,
        "sittings": 2,
        "steps": {"done": 10, "planned": 30, "per_epoch": 10, "records_per_step": 16},
        "versions": {"torch": "1"},
        "base_evaluation": base,
        "best": {"step": 10, "accuracy": 0.6, "loss": 1.5},
        "evaluations": [base, later],
        "warnings": [],
        **more,
    }


class MarkdownLogTest(unittest.TestCase):
    def test_figures_stand_where_they_belong_and_missing_ones_are_said(self):
        text = render_markdown_log(summary())
        for line in (
            "# 学習ログ: 名前",
            "| 0（素のモデル） | 0.00 | 4/10 (40.0 %) | 1.5000 | a 1 b 2 c 3 d 4 | 50.0 % |",
            "| 10 | 1.00 | 6/10 (60.0 %) | 1.5000 | a 1 b 2 c 3 d 4 | 50.0 % |",
            "| 学習 | `t.jsonl` | 10 | a 1 b 2 c 3 d 4 | 900 | `ffffffffffffffff` |",
            "| `--lora-r` | 16 |",
            "- 機械: NVIDIA A100",
            "- メモリの最大: GPU 割り当て 8.12 GB、GPU 確保 未測定、ホスト 未測定",
        ):
            self.assertIn(f"\n{line}\n", f"\n{text}")
        self.assertIn("早期終了", text)
        self.assertIn("正答は 60.0 %（素のモデルは 40.0 %）", text)
        self.assertNotIn("良くなっていません", text)
        self.assertNotIn("$", text)

    def test_no_better_than_the_base_is_said(self):
        same = [evaluation(0, 4), evaluation(10, 4)]
        self.assertIn("良くなっていません", render_markdown_log(summary(evaluations=same)))

    def test_without_dev_nothing_is_claimed(self):
        nothing = summary(evaluations=[])
        del nothing["best"], nothing["base_evaluation"]
        text = render_markdown_log(nothing)
        self.assertIn("良し悪しは分かりません", text)
        self.assertIn("（開発データなし）", text)

    def test_given_reasoning_is_said(self):
        reasoned = summary(base_evaluation=evaluation(0, 4, given_reasoning=7))
        self.assertIn("7 問は記録にある推論", render_markdown_log(reasoned))

    def test_signs_that_would_end_a_cell_are_made_harmless(self):
        named = summary()
        named["settings"]["model_name"] = "a|b\n c"
        self.assertIn("| `--model-name` | a\\|b c |\n", render_markdown_log(named))
