"""Model and adapter folders in the formats of Hugging Face transformers and PEFT."""

import json
from dataclasses import asdict
from pathlib import Path

import torch
from safetensors.torch import load_file, save_file
from tokenizers import Tokenizer

from .network import Qwen3, Shape
from .vocabulary import CHAT_TEMPLATE, END_OF_TEXT, TURN_END, tokenizer_config

PROJECTIONS = ["q_proj", "k_proj", "v_proj", "o_proj", "gate_proj", "up_proj", "down_proj"]


def write_json(path, content):
    path.write_text(json.dumps(content, ensure_ascii=False, indent=2) + "\n")


def save_weights(weights, path):
    """Writes a safetensors file that everybody may read."""
    save_file(weights, path, metadata={"format": "pt"})
    path.chmod(0o644)


def save_model(folder, model, tokenizer):
    """Writes weights in BF16, configuration, tokenizer and chat template."""
    folder = Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    weights = {
        f"model.{name}": tensor.to(torch.bfloat16).contiguous()
        for name, tensor in model.state_dict().items()
        if "lora_" not in name
    }
    save_weights(weights, folder / "model.safetensors")
    shape = asdict(model.shape)
    end, pad = tokenizer.token_to_id(TURN_END), tokenizer.token_to_id(END_OF_TEXT)
    write_json(folder / "config.json", {
        "architectures": ["Qwen3ForCausalLM"],
        "attention_bias": False,
        "attention_dropout": 0.0,
        "bos_token_id": None,
        "eos_token_id": end,
        "pad_token_id": pad,
        "hidden_act": "silu",
        "initializer_range": 0.02,
        "model_type": "qwen3",
        **shape,
        "rope_scaling": None,
        "sliding_window": None,
        "use_sliding_window": False,
        "tie_word_embeddings": True,
        "torch_dtype": "bfloat16",
        "use_cache": True,
    })
    write_json(folder / "generation_config.json", {
        "do_sample": False,
        "eos_token_id": [end, pad],
        "pad_token_id": pad,
    })
    tokenizer.save(str(folder / "tokenizer.json"))
    write_json(
        folder / "tokenizer_config.json",
        tokenizer_config(model.shape.max_position_embeddings),
    )
    (folder / "chat_template.jinja").write_text(CHAT_TEMPLATE)


def load_model(folder):
    """A model and its tokenizer from a folder, in float32."""
    folder = Path(folder)
    config = json.loads((folder / "config.json").read_text())
    model = Qwen3(Shape(**{name: config[name] for name in Shape.__dataclass_fields__}))
    weights = load_file(folder / "model.safetensors")
    model.load_state_dict({n.removeprefix("model."): w.float() for n, w in weights.items()})
    return model, Tokenizer.from_file(str(folder / "tokenizer.json"))


def save_adapter(folder, model, rank, alpha):
    """Writes the low-rank additions as a PEFT adapter in BF16."""
    folder = Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    weights = {
        f"base_model.model.model.{name}.weight": tensor.to(torch.bfloat16).contiguous()
        for name, tensor in model.state_dict().items()
        if "lora_" in name
    }
    save_weights(weights, folder / "adapter_model.safetensors")
    write_json(folder / "adapter_config.json", {
        "base_model_name_or_path": "datasets/demo/model",
        "bias": "none",
        "fan_in_fan_out": False,
        "inference_mode": True,
        "init_lora_weights": True,
        "lora_alpha": alpha,
        "lora_dropout": 0.0,
        "modules_to_save": None,
        "peft_type": "LORA",
        "r": rank,
        "target_modules": PROJECTIONS,
        "task_type": "CAUSAL_LM",
        "use_dora": False,
        "use_rslora": False,
    })


def load_adapter(folder, model):
    """Adds the adapter in a folder to a model."""
    folder = Path(folder)
    config = json.loads((folder / "adapter_config.json").read_text())
    for projection in model.projections().values():
        projection.adapt(config["r"], config["lora_alpha"])
    weights = load_file(folder / "adapter_model.safetensors")
    names = {
        n.removeprefix("base_model.model.model.").removesuffix(".weight"): w.float()
        for n, w in weights.items()
    }
    model.load_state_dict(names, strict=False)
    missing = {n for n in model.state_dict() if "lora_" in n} - names.keys()
    if missing:
        raise ValueError(f"{folder} lacks {sorted(missing)[0]}")


@torch.no_grad()
def merge_adapter(model):
    """Adds the low-rank products to the weights, rounded to BF16 as a merged file would be."""
    for projection in model.projections().values():
        if projection.lora_A is not None:
            projection.weight += projection.lora_B @ projection.lora_A * projection.scale
            projection.weight.copy_(projection.weight.to(torch.bfloat16))
            projection.lora_A = projection.lora_B = None
