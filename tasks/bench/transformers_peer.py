"""A plain loop over Python transformers: one forward a prompt, the last position's logits only, the
likeliest of the four letters. What a careful user of the library would write; no padding, no cache.

    python transformers_peer.py MODEL PROMPTS.json float32|bfloat16 THREADS

PROMPTS.json is what hf_throughput_bench.ts writes: {"prompts": [{"text", "tokens"}], "letters": []}.
Prints one JSON object.
"""

import json
import sys
import time
from pathlib import Path

import torch
from transformers import AutoModelForCausalLM, AutoTokenizer


def main() -> None:
    model_folder, prompts_path, dtype, threads = sys.argv[1:5]
    torch.set_num_threads(int(threads))
    work = json.loads(Path(prompts_path).read_text(encoding="utf-8"))
    tokenizer = AutoTokenizer.from_pretrained(model_folder)
    model = AutoModelForCausalLM.from_pretrained(model_folder, dtype=getattr(torch, dtype)).eval()
    letters = [tokenizer.encode(letter, add_special_tokens=False)[0] for letter in work["letters"]]
    answers = []
    tokens = 0
    start = time.perf_counter()
    with torch.inference_mode():
        for prompt in work["prompts"]:
            ids = tokenizer(prompt["text"], add_special_tokens=False, return_tensors="pt").input_ids
            tokens += ids.shape[1]
            logits = model(ids, logits_to_keep=1, use_cache=False).logits[0, -1]
            answers.append(work["letters"][int(logits[letters].argmax())])
    seconds = time.perf_counter() - start
    print(json.dumps({"answers": "".join(answers), "tokens": tokens, "seconds": seconds}))


main()
