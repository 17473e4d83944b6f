"""The base model, frozen and unchanged but for its adapter."""

import contextlib
from collections import Counter
from dataclasses import dataclass

import torch
from peft import LoraConfig, get_peft_model
from transformers import AutoModelForCausalLM, BitsAndBytesConfig

from .failure import Refusal

#: All seven projections of a Qwen layer.
PROJECTIONS = (
    "q_proj",
    "k_proj",
    "v_proj",
    "o_proj",
    "gate_proj",
    "up_proj",
    "down_proj",
)


@dataclass
class Setup:
    """A model with its adapter on a device. `autocast_type` is None for float32 throughout."""

    model: torch.nn.Module
    device: torch.device
    pad_id: int
    weights: str
    autocast_type: "torch.dtype | None"

    def autocast(self):
        if self.autocast_type is None:
            return contextlib.nullcontext()
        return torch.autocast(self.device.type, dtype=self.autocast_type)

    @property
    def compute(self):
        """The type of the arithmetic, by name."""
        return str(self.autocast_type or torch.float32).removeprefix("torch.")

    def trained(self):
        """The adapter's tensors by name: all that training changes."""
        return {n: p for n, p in self.model.named_parameters() if p.requires_grad}

    def parameter_bytes(self):
        """Bytes of the parameters by type; 4-bit ones count as uint8."""
        sizes = Counter()
        for parameter in self.model.parameters():
            sizes[str(parameter.dtype).removeprefix("torch.")] += (
                parameter.numel() * parameter.element_size()
            )
        return dict(sizes)


def choose_device(name):
    """@raise Refusal for a GPU that is not there or can't compute in bfloat16."""
    if name == "cpu" or (name == "auto" and not torch.cuda.is_available()):
        return torch.device("cpu")
    if not torch.cuda.is_available():
        raise Refusal(
            "--device cuda: PyTorch finds no CUDA device. Is the driver there (nvidia-smi), and "
            f"is this PyTorch built for CUDA ({torch.version.cuda or 'no'})?"
        )
    if not torch.cuda.is_bf16_supported(including_emulation=False):
        raise Refusal(
            f"{torch.cuda.get_device_name()} can't compute in bfloat16 (it takes an NVIDIA GPU of "
            "the Ampere generation or newer). --device cpu works for tiny models."
        )
    return torch.device("cuda", 0)


def uses_4bit(options, device):
    """Whether the base is loaded in 4 bits: on CUDA unless asked otherwise."""
    return device.type == "cuda" if options.use_4bit is None else options.use_4bit


def load_setup(options, folder, pad_id):
    """
    Loads the base from a folder and puts the adapter on it. `get_peft_model` freezes the base;
    PEFT's `prepare_model_for_kbit_training` is left out on purpose: it would turn every weight that
    is not in 4 bits (embeddings, head, norms: 5 GB for Qwen3-8B) into float32.
    @raise Refusal for a model that is not built as Qwen is.
    """
    device = choose_device(options.device)
    on_gpu = device.type == "cuda"
    use_4bit = uses_4bit(options, device)
    dtype = getattr(torch, options.dtype or ("bfloat16" if on_gpu else "float32"))
    compute = getattr(
        torch, options.bnb_4bit_compute_dtype or ("bfloat16" if on_gpu else "float32")
    )
    quantization = None
    if use_4bit:
        quantization = BitsAndBytesConfig(
            load_in_4bit=True,
            bnb_4bit_quant_type=options.bnb_4bit_quant_type,
            bnb_4bit_compute_dtype=compute,
            bnb_4bit_use_double_quant=True,
        )
    model = AutoModelForCausalLM.from_pretrained(
        folder,
        dtype=dtype,
        device_map={"": device},
        quantization_config=quantization,
        local_files_only=True,
        attn_implementation="sdpa",
    )
    check_architecture(model)
    if use_4bit and not on_gpu:
        keep_weights_trainable(model)
    model.config.use_cache = False
    # Without re-entrance gradients reach the adapter though the embeddings take none.
    model.gradient_checkpointing_enable(gradient_checkpointing_kwargs={"use_reentrant": False})
    torch.manual_seed(options.seed)
    model = get_peft_model(
        model,
        LoraConfig(
            task_type="CAUSAL_LM",
            r=options.lora_r,
            lora_alpha=options.lora_alpha,
            lora_dropout=options.lora_dropout,
            target_modules=list(PROJECTIONS),
            bias="none",
        ),
        # The adapter itself is kept in float32: its updates are smaller than bfloat16 resolves.
        autocast_adapter_dtype=True,
    )
    model.peft_config["default"].base_model_name_or_path = options.model_name
    model.train()
    mixed = on_gpu or dtype != torch.float32 or (use_4bit and compute != torch.float32)
    return Setup(
        model,
        device,
        pad_id,
        options.bnb_4bit_quant_type if use_4bit else str(dtype).removeprefix("torch."),
        (compute if use_4bit else dtype) if mixed else None,
    )


def keep_weights_trainable(model):
    """
    On processors with AVX512-BF16 bitsandbytes packs 4-bit weights anew at the first measurement, for
    a product that has no gradient; all later gradients would be wrong without any error.
    """
    for module in model.modules():
        if hasattr(module, "support_avx512bf16_for_cpu"):
            module.support_avx512bf16_for_cpu = False


def check_architecture(model):
    names = {name.rsplit(".", 1)[-1] for name, _ in model.named_modules()}
    missing = [name for name in PROJECTIONS if name not in names]
    if not hasattr(model, "model") or not hasattr(model, "lm_head") or missing:
        raise Refusal(
            f"{type(model).__name__} is not built as Qwen2 and Qwen3 are"
            + (f": it has no {', '.join(missing)}" if missing else "")
            + ". Name a Qwen model with --model-name."
        )


def make_optimizer(setup, options):
    """
    AdamW on the adapter, and its name: 8 bits and paged (its state moves to host memory when the GPU
    is short) on CUDA, PyTorch's own on processors.
    """
    parameters = list(setup.trained().values())
    settings = {"lr": options.learning_rate, "weight_decay": options.weight_decay}
    if setup.device.type == "cuda":
        from bitsandbytes.optim import PagedAdamW8bit

        return PagedAdamW8bit(parameters, **settings), "paged_adamw_8bit"
    return torch.optim.AdamW(parameters, **settings), "adamw"
