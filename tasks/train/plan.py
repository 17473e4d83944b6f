"""What is said before and after training."""

from .batch import RecordOrder
from .figures import percent
from .records import letter_counts


def show_plan(options, device, encoder, train, dev):
    """What was checked and what would be done."""
    order = RecordOrder(len(train), options.records_per_step, options.seed)
    steps = options.max_steps_override or order.steps_per_epoch * options.num_epochs
    for name, examples in (("train", train), ("dev", dev)):
        if examples:
            letters = letter_counts(one.record.answer for one in examples)
            shown = " ".join(f"{letter} {count}" for letter, count in letters.items())
            print(
                f"{name}: {len(examples)} records, answers {shown}, longest "
                f"{max(len(one.ids) for one in examples)} of {options.max_seq_length} tokens, "
                f"{sum(one.trained_length for one in examples)} tokens count in the loss"
            )
            if name == "train" and max(letters.values()) > len(examples) / 2:
                print("WARNING: one letter is right in more than half of the training records.")
    first = train[0]
    trained = encoder.tokenizer.decode(list(first.ids[first.prompt_length :]))
    print(f"learnt of the first record: {trained!r}")
    if not dev:
        print("WARNING: no --dev-file: nothing is measured, the last adapter is kept.")
    elif not all(one.record.is_direct for one in dev):
        print("NOTE: dev records with reasoning are measured with that reasoning given.")
    print(
        f"plan: {steps} updates of {options.records_per_step} records "
        f"({order.steps_per_epoch} an epoch) on {device.type}, into {options.output_dir}",
        flush=True,
    )


def show_end(summary, folder):
    best, base = summary.get("best"), summary.get("base_evaluation")
    if best and base:
        kept = next(one for one in summary["evaluations"] if one["step"] == best["step"])
        print(
            f"Best on dev: step {best['step']}, {percent(kept['correct'], kept['total'])} "
            f"(base {percent(base['correct'], base['total'])})."
        )
        if best["accuracy"] <= base["accuracy"]:
            print("WARNING: on dev the adapter is not better than the base.")
    print(f"Adapter, train_log.jsonl, summary.json, training_log.md, curves: {folder}")
