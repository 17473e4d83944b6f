"""
Fine-tunes a Qwen model on law questions with LoRA, in 4 bits (QLoRA) on CUDA. Records come from
`houqa dataset finetune`; the adapter is plain PEFT, for `houqa eval --hf-lora-path`.

    python tasks/train_qwen_law_ft.py --preset heart01 --train-file train.jsonl --dev-file dev.jsonl
    ... --do-train        # without it everything is checked and planned only
    ... --resume          # after it was cut off

The loss counts the assistant's turn only, its end token included, in the tokenizer's own chat
template. Packages: tasks/requirements-train.txt; `deno task train -- ...` installs them.
"""

import os
import sys

if __name__ == "__main__":
    # Before transformers is loaded: weights are read one at a time, because host memory may be small.
    os.environ.setdefault("HF_DEACTIVATE_ASYNC_LOAD", "1")
    os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")
    sys.dont_write_bytecode = True
    from train.signals import end_at_once

    end_at_once()
    from train.run import main

    sys.exit(main(sys.argv[1:]))
