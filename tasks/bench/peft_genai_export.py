"""What the Python tools need for the same: merge a LoRA adapter with PEFT, then let
onnxruntime-genai's model builder quantise to 4 bits for the processor.

    python peft_genai_export.py BASE ADAPTER FOLDER

The two steps run one after the other, each in a process of its own, so that the second does not
carry the memory of the first. FOLDER receives merged/ and onnx/.
"""

import subprocess
import sys
import time
from pathlib import Path


def merge(base: str, adapter: str, merged: str) -> None:
    """Writes the merged model in the base's own type (bfloat16 here: the lightest way)."""
    from peft import PeftModel
    from transformers import AutoModelForCausalLM, AutoTokenizer

    model = AutoModelForCausalLM.from_pretrained(base, dtype="auto")
    PeftModel.from_pretrained(model, adapter).merge_and_unload().save_pretrained(merged)
    AutoTokenizer.from_pretrained(base).save_pretrained(merged)


def run_step(name: str, words: list[str]) -> None:
    start = time.perf_counter()
    subprocess.run([sys.executable, *words], check=True, stdout=sys.stderr)
    print(f"{name} {time.perf_counter() - start:.1f} s", flush=True)


def main() -> None:
    if sys.argv[1] == "merge":
        return merge(*sys.argv[2:5])
    base, adapter, folder = sys.argv[1:4]
    merged, onnx, cache = (str(Path(folder) / name) for name in ("merged", "onnx", "cache"))
    run_step("merge", [__file__, "merge", base, adapter, merged])
    # The builder's defaults: blocks of 32 columns.
    builder = ["-m", "onnxruntime_genai.models.builder", "-p", "int4", "-e", "cpu"]
    run_step("build", [*builder, "-i", merged, "-o", onnx, "-c", cache])


main()
