"""Values as TOML, for files that people go on writing.

It must not know what the values mean.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any

_WIDEST = 120
# Text that would be full of backslashes: TOML's other quotes take it as it is.
_READS_WELL = re.compile(r"""(?=.*["\\])[^']*""")


def toml_value(value: str | bool | int | list[str]) -> str:
    """`value` as TOML 1.0 writes it, on one line and without a letter that cannot be seen."""
    if isinstance(value, list):
        return f"[{', '.join(map(toml_value, value))}]"
    if isinstance(value, str) and _READS_WELL.fullmatch(value) and value.isprintable():
        return f"'{value}'"
    # What JSON escapes in a string must be escaped in TOML too, and in the same way.
    text = json.dumps(value, ensure_ascii=False)
    return "".join(letter if letter.isprintable() else _escaped(letter) for letter in text)


def toml_table(name: str, row: Mapping[str, Any]) -> str:
    """`row` as one more of the tables `name`, in the order of its keys."""
    return "\n".join([f"[[{name}]]", *(_entry(key, value) for key, value in row.items()), ""])


def _entry(key: str, value: str | bool | int | list[str]) -> str:
    """The value under its key; a list that is too wide has a line for each of its values."""
    line = f"{key} = {toml_value(value)}"
    if len(line) <= _WIDEST or not isinstance(value, list):
        return line
    return "\n".join([f"{key} = [", *(f"    {toml_value(each)}," for each in value), "]"])


def _escaped(letter: str) -> str:
    number = ord(letter)
    return f"\\u{number:04x}" if number < 0x10000 else f"\\U{number:08x}"
