"""Files that readers see old or whole, never half."""

import os
from pathlib import Path


def write_atomically(path, write):
    """
    Lets `write(temporary path)` make the content beside `path`, makes it durable and puts it in
    place. A kill leaves the old content, and at most a `.tmp` file that the next try overwrites.
    """
    path = Path(path)
    temporary = path.with_name(path.name + ".tmp")
    write(temporary)
    with open(temporary, "rb+") as file:
        os.fsync(file.fileno())
    os.replace(temporary, path)
    try:
        folder = os.open(path.parent, os.O_RDONLY)
    except OSError:
        return  # Windows can't open folders; the file itself is written.
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def write_text(path, text):
    write_atomically(path, lambda target: target.write_bytes(text.encode("utf-8")))
