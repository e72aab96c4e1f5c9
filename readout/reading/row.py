"""A line of JSON as a row to read, checked.

It must not guess: a line that is not as it should be is refused with a reason.
"""

from __future__ import annotations

import json
from typing import Any

from readout.error import ReadoutError
from readout.reading.read import RowInput

_TEXTS = ("url", "title", "published", "text", "html")


class RowError(ReadoutError):
    """A line that is no row; `id` is what it calls itself, as far as it says."""

    def __init__(self, text: str, key: object = None) -> None:
        super().__init__(text)
        self.key = key


def parse_row(line: bytes) -> RowInput:
    """The row on `line`: an object with `id`, `url`, `title`, `published`, and `text` or `html`. Raises RowError."""
    row = _parsed(line)
    key = row.get("id")
    if isinstance(key, bool) or not isinstance(key, str | int) or key == "":
        raise RowError("id: a text or a number belongs here", key)
    if wrong := [name for name in _TEXTS if not isinstance(row.get(name), str | None)]:
        raise RowError(f"{', '.join(wrong)}: a text or null belongs here", key)
    if row.get("text") is None and row.get("html") is None:
        raise RowError("a row carries text or html", key)
    fields: dict[str, Any] = {name: row.get(name) for name in _TEXTS}
    return RowInput(id=str(key), **fields | {"url": row.get("url") or ""})


def _parsed(line: bytes) -> dict[str, Any]:
    try:
        row = json.loads(line)
    except UnicodeDecodeError:
        raise RowError("not UTF-8") from None
    except json.JSONDecodeError as error:
        raise RowError(f"not JSON: {error}") from None
    except (RecursionError, ValueError):
        raise RowError("not JSON that can be read: nested too deep, or a number too long") from None
    if not isinstance(row, dict):
        raise RowError("an object belongs on each line")
    return row
