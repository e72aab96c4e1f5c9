"""Lines of a file or of standard input, with their numbers.

It must not read more than one line at a time, and of an endless one no more than a row may have.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import BinaryIO

from readout.error import ReadoutError

STANDARD_INPUT = "-"


def numbered_lines(target: str) -> Iterator[tuple[int, bytes]]:
    """The lines of `target` that are not empty, counted from 1; ``-`` is standard input.

    A line that is too long to be a row comes cut, but still too long. Raises ReadoutError.
    """
    with ExitStack() as house:
        try:
            file = sys.stdin.buffer if target == STANDARD_INPUT else house.enter_context(Path(target).open("rb"))
            yield from ((number, line) for number, line in enumerate(_lines(file), 1) if line.strip())
        except OSError as error:
            raise ReadoutError(f"{target}: {error.strerror}") from None


def _lines(file: BinaryIO) -> Iterator[bytes]:
    from readout.reading.row import LONGEST_LINE  # late: all that reads pages comes with it

    while line := file.readline(LONGEST_LINE + 1):
        rest = line
        while not rest.endswith(b"\n") and (rest := file.readline(LONGEST_LINE)):
            pass
        yield line
