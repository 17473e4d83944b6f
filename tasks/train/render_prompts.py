"""
Shows how records are rendered and encoded, for comparison with evaluation:

    python tasks/train/render_prompts.py MODEL FILE.jsonl

One JSON line with the folder of the tokenizer, then one for each record: line, prompt,
prompt_ids, completion, trained_ids. Exit codes as train_qwen_law_ft.py.
"""

import json
import sys
from pathlib import Path


def main(model, path):
    from train.base_files import find_base, load_encoder
    from train.failure import Refusal, Stopped
    from train.records import read_records

    try:
        base = find_base(model, tokenizer_only=True)
        encoder, _ = load_encoder(base)
        print(json.dumps({"folder": str(base.folder)}))
        for record in read_records(path):
            example = encoder.example(record)
            shown = {
                "line": record.line,
                "prompt": encoder.prompt(record.messages[:-1]),
                "prompt_ids": example.ids[: example.prompt_length],
                "completion": encoder.completion(record),
                "trained_ids": example.ids[example.prompt_length :],
            }
            print(json.dumps(shown, ensure_ascii=False))
    except (Refusal, Stopped) as error:
        print(f"render_prompts: {error}", file=sys.stderr)
        return error.exit_code
    return 0


if __name__ == "__main__":
    sys.dont_write_bytecode = True
    sys.stdout.reconfigure(encoding="utf-8")
    sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
    sys.exit(main(*sys.argv[1:3]))
