"""JSON Lines: one object a line, in the order the rows come. It must not hold more than one row."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import TextIO

from readout.record import Row


def write_jsonl(rows: Iterable[Row], stream: TextIO) -> int:
    """Write `rows` to `stream`; their number. Letters stay readable, line breaks inside a text are escaped."""
    number = 0
    for row in rows:
        # Two characters that JSON allows and many readers of lines take for a line's end
        line = json.dumps(row, ensure_ascii=False).replace("\u2028", "\\u2028").replace("\u2029", "\\u2029")
        stream.write(line + "\n")
        number += 1
    return number
