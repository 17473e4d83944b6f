# /// script
# requires-python = ">=3.11"
# dependencies = [
#   "torch==2.15.0",
#   "numpy==2.4.6",
#   "tokenizers==0.23.3",
#   "safetensors==0.8.0",
#   # Only for --verify:
#   "transformers==5.23.0",
#   "peft==0.21.2",
#   "jinja2==3.1.6",
# ]
# ///
"""
Trains the demo's tiny model and its adapter, or measures them. One CPU thread, seeded; Deno makes
the text (`tasks/demo/training_text.ts`). From the repository's root:

    python tasks/train_demo_model.py                       # both, about half an hour
    python tasks/train_demo_model.py --only adapter        # from datasets/demo/model
    python tasks/train_demo_model.py --evaluate datasets/demo/questions.json
    python tasks/train_demo_model.py --verify              # against transformers and PEFT

Exit codes: 0 done, 1 `--verify` found a difference, 2 bad command line.
"""

import argparse
import json
import os
import sys
from pathlib import Path

# Memory goes back to the system after every step unless malloc is told otherwise before it starts.
SETTINGS = {
    "OMP_NUM_THREADS": "1",
    "MALLOC_MMAP_THRESHOLD_": "4000000000",
    "MALLOC_TRIM_THRESHOLD_": "8000000000",
}


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0].strip())
    parser.add_argument("--model", type=Path, default=Path("datasets/demo/model"))
    parser.add_argument("--adapter", type=Path, default=Path("datasets/demo/lora"))
    parser.add_argument("--checkpoints", type=Path, help="folder for the state after each phase")
    parser.add_argument("--only", choices=["base", "adapter"], help="train only this")
    parser.add_argument("--evaluate", type=Path, metavar="QUESTIONS.json", help="only measure")
    parser.add_argument("--verify", action="store_true", help="only check the files")
    options = parser.parse_args()
    if any(os.environ.get(name) != value for name, value in SETTINGS.items()):
        os.environ.update(SETTINGS)
        os.execv(sys.executable, [sys.executable, *sys.argv])

    import torch

    torch.set_num_threads(1)
    sys.dont_write_bytecode = True
    from demo_model import recipe

    if options.evaluate:
        samples = json.loads(options.evaluate.read_text())["samples"]
        recipe.measure(options.model, options.adapter, samples)
        return 0
    if options.verify:
        from demo_model.verification import verify

        return verify(options.model, options.adapter)
    if options.only != "adapter":
        recipe.make_base(options.model, options.checkpoints)
    if options.only != "base":
        recipe.make_adapter(options.model, options.adapter)
    return 0


if __name__ == "__main__":
    sys.exit(main())
