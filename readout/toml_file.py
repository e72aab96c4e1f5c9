"""The one reader of the TOML that people write: the configuration, targets, sources, watches.

It must not know what the values mean, nor be kept busy by a hostile file: over one of any kind it takes seconds.
"""

from __future__ import annotations

import re
import tomllib
from pathlib import Path
from typing import Any, BinaryIO

LARGEST = 2**20
LONGEST_LINE = 20_000
_MOST_PARTS = 8
# A key with more parts, at the head of a line or of a table: tomllib takes quadratic time and memory over them.
# What *+ has found it does not give back, so that looking takes linear time.
_PART = r"""(?:[\w-]++|"(?:[^"\\\n]|\\.)*+"|'[^'\n]*+')[ \t]*+"""
_LONG_KEY = re.compile(
    rf"^[ \t]*+\[{{0,2}}+[ \t]*+(?:{_PART}\.[ \t]*+){{{_MOST_PARTS}}}",
    re.ASCII | re.MULTILINE,
)


def beginning(file: BinaryIO) -> bytes:
    """All of `file`, or of one that is too large as much as `parse_toml` needs to see that it is. Raises OSError."""
    return file.read(LARGEST + 1)


def read_toml(path: Path) -> dict[str, Any]:
    """What the file says. Raises OSError, and ValueError like `parse_toml`."""
    with path.open("rb") as file:
        return parse_toml(beginning(file))


def parse_toml(data: bytes) -> dict[str, Any]:
    """What the TOML says. Raises ValueError that says what is wrong and in which line, on one line."""
    if len(data) > LARGEST:
        raise ValueError(f"larger than {LARGEST >> 20} MiB: split it, or leave something out")
    text = _text(data)
    _refuse_long(text)
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise ValueError(f"not valid TOML: {error}") from None
    except RecursionError:
        raise ValueError("not valid TOML: lists or tables within each other without end") from None
    except ValueError:  # from int(): all that tomllib itself refuses, it says above
        raise ValueError("not valid TOML: a number with thousands of digits") from None


def _text(data: bytes) -> str:
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise ValueError(f"not text in UTF-8 (at line {line}): save it as UTF-8") from None


def _refuse_long(text: str) -> None:
    for number, line in enumerate(text.split("\n") if len(text) > LONGEST_LINE else (), 1):
        if len(line) > LONGEST_LINE:
            raise ValueError(f"a line of more than {LONGEST_LINE:,} characters (at line {number}): break it")
    if found := _LONG_KEY.search(text):
        number = text.count("\n", 0, found.start()) + 1
        raise ValueError(f"a key of more than {_MOST_PARTS} parts (at line {number})")
