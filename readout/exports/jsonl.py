"""JSON for everybody who reads it, and JSON Lines: one object a line. It must not hold more than one row.

Every value that Readout writes as JSON goes through here, so that no text from outside breaks a line, a reader or us.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from typing import Any, TextIO

from readout.articles.clean import UNSHOWN
from readout.record import Row

# JSON allows line ends other than \n in a string, and many readers of lines take them for one. Half a surrogate pair
# cannot be encoded at all: it is written as JavaScript does (ECMA-262, "well-formed JSON.stringify"). What a terminal
# acts on, or nobody sees, is written so too: nothing is lost by it.
_UNSAFE = re.compile(f"[\u2028\u2029\ud800-\udfff{''.join(sign for sign in UNSHOWN if sign > '~')}]")


def json_text(value: Any, *, indent: int | None = None, ascii_only: bool = False) -> str:
    """`value` as valid JSON that any UTF-8 stream takes, letters readable unless `ascii_only`.

    Raises ValueError on NaN and infinities, which JSON does not have.
    """
    text = json.dumps(value, ensure_ascii=ascii_only, allow_nan=False, indent=indent, default=str)
    return _UNSAFE.sub(lambda found: _escaped(found[0]), text)


def _escaped(sign: str) -> str:
    """Beyond 16 bits it is a pair of surrogates, as JSON has it."""
    return f"\\u{ord(sign):04x}" if ord(sign) < 0x10000 else json.dumps(sign)[1:-1]


def is_unicode(stream: TextIO) -> bool:
    """Whether every letter can be written to `stream`."""
    return (getattr(stream, "encoding", None) or "utf-8").lower().replace("-", "") == "utf8"


def write_line(row: Row, stream: TextIO) -> None:
    """One row on one line."""
    stream.write(json_text(row, ascii_only=not is_unicode(stream)) + "\n")


def write_jsonl(rows: Iterable[Row], stream: TextIO) -> int:
    """Write `rows` to `stream`; their number."""
    number = 0
    for row in rows:
        write_line(row, stream)
        number += 1
    return number


def write_json(rows: Iterable[Row], stream: TextIO) -> int:
    """Write `rows` to `stream` as one array, a row on a line; their number."""
    number = 0
    for row in rows:
        stream.write(",\n" if number else "[\n")
        stream.write(json_text(row, ascii_only=not is_unicode(stream)))
        number += 1
    stream.write("\n]\n" if number else "[]\n")
    return number
