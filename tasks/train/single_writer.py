"""One run at a time in an output folder."""

import contextlib
from pathlib import Path

from .failure import Refusal


@contextlib.contextmanager
def single_writer(folder):
    """
    Holds a lock on `folder` that ends with the process, however it ends.
    @raise Refusal while another process trains there, e.g. one that outlived its terminal.
    """
    path = Path(folder) / "lock"
    try:
        import fcntl
    except ImportError:  # Windows has no flock; a second run there is not noticed.
        yield
        return
    with open(path, "w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise Refusal(
                f"Another process trains into {folder} (it holds {path}). Watch its "
                "train_log.jsonl, or end it first; then --resume."
            ) from None
        except OSError:
            pass  # A file system without locks.
        yield
