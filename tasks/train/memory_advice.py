"""What to do when memory runs out."""

import errno
import re

import torch

#: How PyTorch, CUDA's libraries, bitsandbytes and safetensors word it, each in its own class of error.
OUT_OF_MEMORY = re.compile(
    r"out of memory|_ALLOC_FAILED|cudaErrorMemoryAllocation|DefaultCPUAllocator|bad_alloc"
    r"|can(?:no|')t allocate memory|not enough memory"
    # On a MIG slice PyTorch fails at asking NVML what to say of the memory that ran out.
    r"|NVML_SUCCESS == .*CUDACachingAllocator",
    re.IGNORECASE | re.DOTALL,
)


def is_out_of_memory(error):
    """Whether an exception means that a device or the host has no memory left."""
    if isinstance(error, (MemoryError, torch.OutOfMemoryError)):
        return True
    if isinstance(error, OSError) and error.errno is not None:
        return error.errno == errno.ENOMEM
    return OUT_OF_MEMORY.search(str(error)) is not None


def memory_advice(options, longest, use_4bit, error):
    """What ran out, and which options lower the need, the most useful first."""
    lines = []
    if not use_4bit:
        lines.append("--use-4bit (the base in 4 bits instead of 16 or 32)")
    if options.batch_size > 1:
        half = options.batch_size // 2
        accumulation = -(-options.records_per_step // half)
        lines.append(
            f"--batch-size {half} --gradient-accumulation-steps {accumulation}"
            + (
                " (the same updates: --resume goes on)"
                if half * accumulation == options.records_per_step
                else ""
            )
        )
    lines.append(
        f"shorter records: the longest has {longest} tokens (fewer articles, no examples); a lower "
        "--max-seq-length refuses longer ones instead of running out of memory"
    )
    if options.lora_r > 8:
        lines.append("--lora-r 8 --lora-alpha 16 (a new run)")
    lines.append("a smaller --model-name (Qwen/Qwen3-4B, Qwen/Qwen3-1.7B)")
    lines.append("end other programs on this GPU (nvidia-smi shows them; notebooks keep memory)")
    reason = str(error).split("\n")[0] or type(error).__name__
    return f"Out of memory: {reason}\nLower the need, one after the other:\n" + "\n".join(
        f"  {i}. {line}" for i, line in enumerate(lines, 1)
    )
