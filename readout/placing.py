"""Files that outlast a power cut, and stand in their place whole or not at all.

It must not write over anything.
"""

from __future__ import annotations

import os
from pathlib import Path


def sync(path: Path) -> None:
    """Let what `path` holds, a file or the names in a folder, outlast a power cut (fsync(2))."""
    number = os.open(path, os.O_RDONLY)
    try:
        os.fsync(number)
    finally:
        os.close(number)


def place(made: Path, target: Path) -> None:
    """Let what is complete at `made` be there at `target`, on the same disk; `made` may stay as a second name of it.

    Raises FileExistsError, and changes nothing, where something stands at `target`, also if it came there just now.
    """
    sync(made)
    try:
        target.hardlink_to(made)
    except FileExistsError:
        raise
    except OSError:  # a disk without links, as sticks are
        os.close(os.open(target, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
        made.replace(target)
    sync(target.parent)
