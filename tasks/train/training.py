"""The training loop."""

import time
from dataclasses import asdict, dataclass, field

import torch

from .adapter_files import put_adapter, read_adapter, save_adapter
from .answer_loss import answer_loss
from .batch import RecordOrder, chunks, collate
from .checkpoints import drop_later, list_checkpoints, restore, save_checkpoint
from .dev_evaluation import collapsed_letter, evaluate
from .failure import Interrupted, Stopped
from .figures import fixed, percent
from .host_memory import host_peak_bytes
from .schedule import learning_rate
from .signals import listen


@dataclass
class Progress:
    """What a run remembers beside weights; kept in checkpoints."""

    step: int = 0
    seconds: float = 0.0
    sittings: int = 1
    trained_tokens: int = 0
    #: The best measurement after training began, and how many came after it.
    best: "dict | None" = None
    stale: int = 0
    peak: dict = field(default_factory=dict)


class Training:
    """
    One run: `start` or `resume`, then `run`. The order of records follows from the seed, dropout's
    generators and all else from the checkpoint: on processors a resumed run repeats an uninterrupted
    one bit by bit.
    """

    def __init__(self, options, setup, optimizer, train, dev, folder, log, fingerprint, say=print):
        self.options, self.setup, self.optimizer = options, setup, optimizer
        self.train, self.dev = train, dev
        self.folder, self.log, self.fingerprint, self.say = folder, log, fingerprint, say
        self.order = RecordOrder(len(train), options.records_per_step, options.seed)
        self.steps = options.max_steps_override or self.order.steps_per_epoch * options.num_epochs
        self.progress = Progress()
        self.signal = None

    def start(self):
        """Measures the base before anything is learnt."""
        torch.manual_seed(self.options.seed)
        if self.log.path.exists():
            # A run that was killed before its first checkpoint.
            put_adapter(None, self.folder)
        self.log.rewind(-1)
        self.log.add("sitting", 0)
        if self.dev:
            self.measure()

    def resume(self, state):
        """
        Goes on after a checkpoint; what was written behind it (log, best adapter, checkpoints) is
        dropped and done again.
        """
        restore(state, self.setup, self.optimizer)
        self.progress = Progress(**state["progress"])
        self.progress.sittings += 1
        put_adapter(state["best_adapter"], self.folder)
        drop_later(self.folder / "checkpoints", self.progress.step)
        self.log.rewind(self.progress.step)
        self.log.add("sitting", self.progress.step)

    def try_longest(self):
        """One pass over the longest records, nothing learnt: memory runs out now or never."""
        longest = sorted(self.train, key=lambda one: len(one.ids))[-self.options.batch_size :]
        self.loss_of(longest).backward()
        self.optimizer.zero_grad(set_to_none=True)
        self.note_peak()

    def run(self):
        """Trains to the end. Gives why it ended: "steps" or "early_stopping"."""
        progress, options = self.progress, self.options
        begin = time.monotonic() - progress.seconds
        while progress.step < self.steps and not self.is_stale():
            progress.step += 1
            step = progress.step
            values = self.update(step)
            progress.seconds = time.monotonic() - begin
            self.note_peak()
            self.log.add("update", step, **values, seconds=round(progress.seconds, 3))
            self.say(
                f"step {step}/{self.steps}  epoch {values['epoch']:.2f}  "
                f"loss {values['loss']:.4f}  lr {values['learning_rate']:.2e}  "
                f"{progress.seconds:.0f} s"
            )
            is_last = step == self.steps
            due = self.order.ends_epoch(step) or is_last
            if self.dev and (due or (options.eval_steps and step % options.eval_steps == 0)):
                self.measure()
                progress.seconds = time.monotonic() - begin
            if step % options.save_steps == 0 or is_last or self.signal or self.is_stale():
                self.save()
            if self.signal and not is_last:
                raise Interrupted(self.signal)
        return "early_stopping" if progress.step < self.steps else "steps"

    def loss_of(self, examples):
        return answer_loss(self.setup, collate(examples, self.setup.pad_id, self.setup.device))

    def update(self, step):
        """One update of the adapter; the loss is the mean over the step's trained tokens."""
        examples = [self.train[i] for i in self.order.records(step)]
        tokens = sum(one.trained_length for one in examples)
        total = 0.0
        for part in chunks(examples, self.options.batch_size):
            loss = self.loss_of(part) / tokens
            loss.backward()
            total += loss.item()
        trained = list(self.setup.trained().values())
        norm = torch.nn.utils.clip_grad_norm_(trained, self.options.max_grad_norm).item()
        if not (abs(total) < float("inf") and norm < float("inf")):
            raise Stopped(
                f"Update {step}: the loss is {total}, the gradient's length {norm}. Give a lower "
                f"--learning-rate (now {self.options.learning_rate:g}) and another --output-dir, or "
                "look at the records " + ", ".join(one.record.place for one in examples[:3]) + ". "
                + self.what_is_kept()
            )
        rate = learning_rate(step, self.steps, self.options.learning_rate, self.options.warmup_ratio)
        for group in self.optimizer.param_groups:
            group["lr"] = rate
        self.optimizer.step()
        self.optimizer.zero_grad(set_to_none=True)
        self.progress.trained_tokens += tokens
        return {
            "epoch": round(self.order.epoch_of(step), 4),
            "loss": total,
            "learning_rate": rate,
            "grad_norm": norm,
            "tokens": tokens,
        }

    def what_is_kept(self):
        found = list_checkpoints(self.folder / "checkpoints")
        if not found:
            return "There is no checkpoint before it yet."
        return f"The checkpoint before it is unharmed: {found[-1]}."

    def measure(self):
        """Measures on dev, warns of a collapse, keeps the adapter if it is the best so far."""
        progress, step = self.progress, self.progress.step
        result = evaluate(self.setup, self.dev, self.options.batch_size)
        epoch = round(self.order.epoch_of(step), 4)
        self.log.add("eval", step, epoch=epoch, **result)
        answers = " ".join(f"{letter} {n}" for letter, n in result["predicted"].items())
        self.say(
            f"dev at step {step}{' (base)' if step == 0 else ''}: {result['correct']}/"
            f"{result['total']} right ({percent(result['correct'], result['total'])})  loss "
            f"{fixed(result['loss'], 4)}  answers {answers}  a letter is "
            f"{fixed(100 * result['letter_mass'], 1)} % likely"
        )
        letter = collapsed_letter(result)
        if letter:
            count = result["predicted"][letter]
            text = (
                f"{count} of {result['total']} dev answers are {letter!r}: the model has collapsed "
                "to one letter"
                + (" (before any training)." if step == 0 else ". Lower --learning-rate, and see "
                   "that the training file holds each letter equally often.")
            )
            self.log.add("warning", step, kind="collapse", letter=letter, text=text)
            self.say(f"WARNING: {text}")
        if step == 0:
            return
        found = {"step": step, "accuracy": result["accuracy"], "loss": result["loss"]}
        if progress.best is None or rank(found) > rank(progress.best):
            progress.best, progress.stale = found, 0
            save_adapter(self.setup.model, self.folder)
        else:
            progress.stale += 1

    def is_stale(self):
        patience = self.options.early_stopping_patience
        return patience > 0 and self.progress.stale >= patience

    def save(self):
        save_checkpoint(
            self.folder / "checkpoints",
            self.progress.step,
            self.setup,
            self.optimizer,
            self.fingerprint,
            asdict(self.progress),
            # What stands in the folder is replaced by a better one before the next checkpoint.
            read_adapter(self.folder) if self.progress.best else None,
        )

    def note_peak(self):
        """Keeps the largest memory of all sittings, in bytes; of a killed one up to its checkpoint."""
        if (host := host_peak_bytes()) is not None:
            self.keep_peak("host_rss_bytes", host)
        if self.setup.device.type != "cuda":
            return
        self.keep_peak("gpu_allocated_bytes", torch.cuda.max_memory_allocated())
        self.keep_peak("gpu_reserved_bytes", torch.cuda.max_memory_reserved())

    def keep_peak(self, name, value):
        self.progress.peak[name] = max(value, self.progress.peak.get(name, 0))

    def listen_for_signals(self):
        """A signal ends the run after the update it falls into, with a checkpoint."""

        def remember(number, _):
            self.signal = number
            self.say(f"Signal {number}: ending after this update, with a checkpoint.")

        listen(remember)


def rank(evaluation):
    """More right answers are better; among equals the lower loss."""
    return (evaluation["accuracy"], -evaluation["loss"])
