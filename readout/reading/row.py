"""A line of JSON as a row to read, checked.

It must not guess: a line that is not as it should be is refused with a reason.
"""

from __future__ import annotations

import json
import re
from typing import Any

from readout.error import ReadoutError
from readout.reading.read import RowInput

LONGEST_LINE = 64 * 1024 * 1024
"""Bytes of a line: the largest page there can be, every letter of it escaped."""

_TEXTS = ("url", "title", "published", "text", "html")
# A title or a text is cleaned; an id or a URL that was cleaned would be another one.
_UNSAFE = re.compile("[\x00-\x1f\x7f-\x9f\ud800-\udfff]")


class RowError(ReadoutError):
    """A line that is no row; `key` is what it calls itself, None where that is no text or number."""

    def __init__(self, text: str, key: object = None) -> None:
        super().__init__(text)
        self.key = key if _is_key(key) else None


def parse_row(line: bytes) -> RowInput:
    """The row on `line`: an object with `id`, `url`, `title`, `published`, and `text` or `html`. Raises RowError."""
    row = _parsed(line)
    key = row.get("id")
    if not _is_key(key):
        raise RowError("id: a text or a number belongs here")
    if wrong := [name for name in _TEXTS if not isinstance(row.get(name), str | None)]:
        raise RowError(f"{', '.join(wrong)}: a text or null belongs here", key)
    if row.get("text") is None and row.get("html") is None:
        raise RowError("a row carries text or html", key)
    if unsafe := [name for name in ("id", "url") if _UNSAFE.search(str(row.get(name) or ""))]:
        raise RowError(f"{', '.join(unsafe)}: control characters and halves of surrogate pairs are refused", key)
    fields: dict[str, Any] = {name: row.get(name) for name in _TEXTS}
    return RowInput(id=str(key), **fields | {"url": row.get("url") or ""})


def _is_key(value: object) -> bool:
    return isinstance(value, str | int) and not isinstance(value, bool) and value != ""


def _parsed(line: bytes) -> dict[str, Any]:
    if len(line) > LONGEST_LINE:
        raise RowError(f"longer than {LONGEST_LINE // 2**20} MiB")
    strict = _Strict()
    try:
        row = json.loads(line, object_pairs_hook=strict.build_object, parse_constant=strict.note_constant)
    except UnicodeDecodeError:
        raise RowError("not UTF-8") from None
    except json.JSONDecodeError as error:
        raise RowError(f"not JSON: {error}") from None
    except (RecursionError, ValueError):
        raise RowError("not JSON that can be read: nested too deep, or a number too long") from None
    if not isinstance(row, dict):
        raise RowError("an object belongs on each line")
    if strict.constant:
        raise RowError(f"not JSON: {strict.constant} is no number there", row.get("id"))
    if strict.repeated:
        raise RowError(
            f"{', '.join(strict.repeated)}: stands twice", None if "id" in strict.repeated else row.get("id")
        )
    return row


class _Strict:
    """What Python's parser lets pass and RFC 8259 does not: NaN and infinities, and names that stand twice."""

    def __init__(self) -> None:
        self.constant = ""
        self.repeated: list[str] = []

    def note_constant(self, name: str) -> None:
        self.constant = name

    def build_object(self, pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        # The outermost object is built last: only its names matter here.
        made = dict(pairs)
        names = [name for name, _ in pairs] if len(made) < len(pairs) else []
        self.repeated = [name for name in ("id", *_TEXTS) if names.count(name) > 1]
        return made
