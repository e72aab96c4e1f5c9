"""JSON Lines: one object a line, in the order the rows come. It must not hold more than one row."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import TextIO

from readout.record import Row

# JSON allows them in a string, and many readers of lines take them for a line's end.
_LINE_ENDS = {0x85: "\\u0085", 0x2028: "\\u2028", 0x2029: "\\u2029"}


def write_jsonl(rows: Iterable[Row], stream: TextIO) -> int:
    """Write `rows` to `stream`; their number. Letters stay readable, line breaks inside a text are escaped."""
    number = 0
    for row in rows:
        stream.write(json.dumps(row, ensure_ascii=False).translate(_LINE_ENDS) + "\n")
        number += 1
    return number
