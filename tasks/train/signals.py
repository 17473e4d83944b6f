"""Signals (Ctrl-C, a batch system's end, a closed terminal) before and during training."""

import os
import signal

NAMES = ("SIGINT", "SIGTERM", "SIGHUP")
EARLY = b"Ended by a signal before any update of this start. The same command begins it again.\n"


def listen(handler):
    """Has `handler(number, frame)` called for signals, but for those that nohup has ignored."""
    for name in NAMES:
        number = getattr(signal, name, None)
        if number is not None and signal.getsignal(number) is not signal.SIG_IGN:
            signal.signal(number, handler)


def end_at_once():
    """
    Until training listens itself, a signal ends the process with 128 + its number and one line. There
    is nothing to be kept yet, and an exception might land in a library that goes on after it.
    """

    def end(number, _):
        os.write(2, EARLY)
        os._exit(128 + number)

    listen(end)
