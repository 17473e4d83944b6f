"""train_log.jsonl: what happened, a line an event, flushed as it happens."""

import json
from pathlib import Path

from .atomic_write import write_text
from .failure import Refusal


class TrainLog:
    """
    Events of type "update" (step, epoch, loss, learning_rate, grad_norm, tokens, seconds), "eval"
    (step, epoch and what `evaluate` gives), "warning" (step, kind, text), "sitting" (step).
    """

    def __init__(self, path):
        self.path = Path(path)

    def read(self):
        """
        All whole lines; a last one that a kill tore is left out.
        @raise Refusal naming a line before it that is damaged: no run writes such a one.
        """
        if not self.path.exists():
            return []
        lines = self.path.read_bytes().split(b"\n")[:-1]
        return [self.event(line, number) for number, line in enumerate(lines, 1)]

    def event(self, line, number):
        try:
            event = json.loads(line)
            if isinstance(event["type"], str) and isinstance(event["step"], int):
                return event
        except (ValueError, KeyError, TypeError):
            pass
        raise Refusal(
            f"{self.path}, line {number} is damaged: {line[:60].decode('utf-8', 'replace')!r}. "
            "Delete that line to go on; the curves and summary.json will lack what it held."
        )

    def rewind(self, step):
        """Drops what was logged after an update: a resumed run will do it again."""
        kept = [one for one in self.read() if one["step"] <= step]
        write_text(self.path, "".join(map(as_line, kept)))

    def add(self, event_type, step, **values):
        event = {"type": event_type, "step": step, **values}
        with open(self.path, "a", encoding="utf-8", newline="\n") as file:
            file.write(as_line(event))
        return event


def as_line(event):
    return json.dumps(event, ensure_ascii=False) + "\n"
