"""JSON from outside to values, and the few paths by which a source names what is in them.

It must not fetch, and knows of no site. A path: names and ``[0]`` or ``[*]`` after ``$``, alternatives after ``|``.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from math import isfinite
from typing import Any

from readout.error import SourceChanged

_LONGEST = 5_000_000  # bytes; empty lists take thirty times as much memory as they are long
_LONGEST_NUMBER = 25
_STEP = re.compile(r"\[(\d{1,6}|\*)\]|([\w-]+)")
_SURROGATE = re.compile("[\ud800-\udfff]")


def read_json(body: bytes, url: str) -> Any:
    """The value that the JSON `body` found at `url` holds; numbers past all counting are None.

    Raises SourceChanged where it is no JSON, nested endlessly, or larger than 5 MB.
    """
    if len(body) > _LONGEST:
        raise SourceChanged(f"{url} answered with more than {_LONGEST} bytes of JSON")
    text = _text(body)
    if not text.strip("\ufeff \t\r\n"):
        raise SourceChanged(f"{url} is empty: no bytes where JSON was expected")
    try:
        return json.loads(text.lstrip("\ufeff"), parse_int=_whole, parse_float=_broken, parse_constant=lambda _: None)
    except RecursionError:
        raise SourceChanged(f"{url} answered with JSON nested deeper than any list of articles") from None
    except ValueError:
        kind = "HTML" if text.lstrip("\ufeff \t\r\n").startswith("<") else "something that is no JSON"
        raise SourceChanged(f"{url} answered with {kind} where JSON was expected") from None


def found(value: Any, path: str) -> Iterator[Any]:
    """What `path` leads to in `value`: the values of its first alternative that leads to any but null."""
    for way in path.split("|"):
        values = [one for one in follow([value], way) if one is not None]
        if values:
            yield from values
            return


def first_text(value: Any, path: str | None) -> str | None:
    """The first text or number that `path` leads to in `value`; None for an empty one, a list, an object, true."""
    for way in (path or "").split("|"):
        for one in found(value, way):
            if text := as_text(one):
                return text
    return None


def as_text(value: Any) -> str | None:
    """A text or a number as text without what Unicode cannot hold; None for anything else and for an empty one."""
    if isinstance(value, bool):
        return None
    if isinstance(value, float):
        if not isfinite(value):
            return None
        return str(int(value)) if value.is_integer() and abs(value) < 1e15 else repr(value)
    if isinstance(value, int | str):
        return _SURROGATE.sub("\ufffd", str(value)).strip() or None
    return None


def follow(values: list[Any], way: str) -> list[Any]:
    """What one alternative of a path leads to from each of `values`; a step that leads nowhere leads to nothing."""
    for index, name in _STEP.findall(way.removeprefix("$")):
        if index == "*":
            values = [one for value in values if isinstance(value, list) for one in value]
        elif index:
            values = [value[int(index)] for value in values if isinstance(value, list) and int(index) < len(value)]
        else:
            values = [value[name] for value in values if isinstance(value, dict) and name in value]
    return values


def _text(body: bytes) -> str:
    """RFC 8259 §8.1 knows UTF-8 only; older services send UTF-16. What is neither is not guessed at."""
    return body.decode(json.detect_encoding(body), "replace")


def _whole(digits: str) -> int | None:
    return int(digits) if len(digits) <= _LONGEST_NUMBER else None


def _broken(digits: str) -> float | None:
    return float(digits) if len(digits) <= 2 * _LONGEST_NUMBER else None
