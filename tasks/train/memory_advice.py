"""What to do when memory runs out."""

import torch

CPU_ALLOCATOR = "DefaultCPUAllocator"


def is_out_of_memory(error):
    """Whether an exception means that a device or the host has no memory left."""
    if isinstance(error, (MemoryError, torch.OutOfMemoryError)):
        return True
    return isinstance(error, RuntimeError) and (
        CPU_ALLOCATOR in str(error) or "CUDA out of memory" in str(error)
    )


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
