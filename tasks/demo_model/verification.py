"""Whether transformers and PEFT compute from the written folders what training computed."""

import json

import torch

from .examples import conversations
from .folder import load_adapter, load_model, merge_adapter

TOLERANCE = 2e-3


@torch.no_grad()
def verify(folder, adapter):
    """Compares logits on some demo prompts; 1 if they differ."""
    from peft import PeftModel
    from transformers import AutoModelForCausalLM, AutoTokenizer

    with open("datasets/demo/questions.json") as file:
        samples = json.load(file)["samples"][::30]
    prompts = conversations(samples)
    ours, tokenizer = load_model(folder)
    theirs = AutoModelForCausalLM.from_pretrained(folder, dtype=torch.float32).eval()
    their_tokenizer = AutoTokenizer.from_pretrained(folder)
    failures = 0

    def compare(name, worst):
        nonlocal failures
        failures += not worst <= TOLERANCE
        print(f"{name}: {worst:.2g}{'' if worst <= TOLERANCE else ' (too much)'}")

    def differences():
        for prompt in prompts:
            tokens = torch.tensor([tokenizer.encode(prompt).ids])
            yield (ours.logits(ours(tokens)[-1]) - theirs(tokens).logits).abs().max().item()

    same = all(their_tokenizer(p)["input_ids"] == tokenizer.encode(p).ids for p in prompts)
    compare("prompts that transformers tokenizes otherwise", float(not same))
    system, user = (
        turn.removesuffix("<|im_end|>\n").split("\n", 1)[1]
        for turn in prompts[0].split("<|im_start|>")[1:3]
    )
    messages = [{"role": "system", "content": system}, {"role": "user", "content": user}]
    templated = their_tokenizer.apply_chat_template(
        messages, tokenize=False, add_generation_prompt=True
    )
    compare("prompts that the chat template writes otherwise", float(templated != prompts[0]))
    compare("greatest difference of a logit, base", max(differences()))
    load_adapter(adapter, ours)
    theirs = PeftModel.from_pretrained(theirs, adapter).eval()
    compare("greatest difference of a logit, base + adapter", max(differences()))
    tokens = torch.tensor([tokenizer.encode(prompts[0]).ids])
    written = theirs.generate(input_ids=tokens, max_new_tokens=16, do_sample=False)
    tail = tokenizer.decode(written[0, tokens.shape[1] :].tolist(), skip_special_tokens=False)
    print(f"PEFT writes {tail!r}; right is {samples[0]['output']!r}")
    merge_adapter(ours)
    theirs = theirs.merge_and_unload()
    with torch.no_grad():
        for parameter in theirs.parameters():
            parameter.copy_(parameter.to(torch.bfloat16))
    compare("greatest difference of a logit, merged in BF16", max(differences()))
    return int(failures > 0)
