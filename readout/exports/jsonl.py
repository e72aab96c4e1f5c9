"""JSON for everybody who reads it, and JSON Lines: one object a line. It must not hold more than one row.

Every value that Readout writes as JSON goes through here, so that no text from outside breaks a line, a reader or us.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from itertools import groupby
from typing import Any, TextIO

from readout.articles.clean import UNSHOWN
from readout.record import Row

# JSON allows line ends other than \n in a string, and many readers of lines take them for one. Half a surrogate pair
# cannot be encoded at all: it is written as JavaScript does (ECMA-262, "well-formed JSON.stringify"). What a terminal
# acts on, or nobody sees, is written so too: nothing is lost by it.
_UNSAFE_SIGNS = {0x2028, 0x2029, *range(0xD800, 0xE000), *(ord(sign) for sign in UNSHOWN if sign > "~")}


def _one_of(signs: Iterable[int]) -> str:
    """A class of characters, in ranges: sign by sign it takes twenty times as long to look for."""
    runs = groupby(enumerate(sorted(signs)), key=lambda each: each[1] - each[0])
    ends = ([sign for _, sign in run] for _, run in runs)
    return "[" + "".join(f"{chr(run[0])}-{chr(run[-1])}" for run in ends) + "]"


_UNSAFE = re.compile(_one_of(_UNSAFE_SIGNS))


def json_text(value: Any, *, indent: int | None = None, ascii_only: bool = False) -> str:
    """`value` as valid JSON that any UTF-8 stream takes, letters readable unless `ascii_only`.

    Raises ValueError on NaN and infinities, which JSON does not have.
    """
    text = json.dumps(value, ensure_ascii=ascii_only, allow_nan=False, indent=indent, default=str)
    # what is printable has nothing in it to escape, and to look at each sign takes longer than all else
    return text if text.isprintable() else _UNSAFE.sub(lambda found: _escaped(found[0]), text)


def _escaped(sign: str) -> str:
    """Beyond 16 bits it is a pair of surrogates, as JSON has it."""
    return f"\\u{ord(sign):04x}" if ord(sign) < 0x10000 else json.dumps(sign)[1:-1]


def is_unicode(stream: TextIO) -> bool:
    """Whether every letter can be written to `stream`."""
    return (getattr(stream, "encoding", None) or "utf-8").lower().replace("-", "") == "utf8"


def write_line(row: Row, stream: TextIO) -> None:
    """One row on one line."""
    stream.write(json_text(row, ascii_only=not is_unicode(stream)) + "\n")


def jsonl_parts(rows: Iterable[Row], *, ascii_only: bool = False) -> Iterator[str]:
    """`rows`, each on a line."""
    return (json_text(row, ascii_only=ascii_only) + "\n" for row in rows)


def json_parts(rows: Iterable[Row], *, ascii_only: bool = False) -> Iterator[str]:
    """`rows` as one array, a row on a line."""
    before = "[\n"
    for row in rows:
        yield before + json_text(row, ascii_only=ascii_only)
        before = ",\n"
    yield "[]\n" if before == "[\n" else "\n]\n"
