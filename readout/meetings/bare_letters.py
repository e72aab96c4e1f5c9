"""A lexicon's phrases as they stand in text whose letters lost their marks: "sedinta" beside "ședința".

It must not change text, nor a language that does not ask for it with `bare_letters`.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from typing import Any

# Sentences and values that are written once.
_KEPT = frozenset({"examples", "name"})


def with_bare_letters(data: Mapping[str, Any]) -> dict[str, Any]:
    """`data` with every phrase, and every key that is one, also in bare letters; all else as it is."""
    return {key: value if key in _KEPT else _doubled(value) for key, value in data.items()}


def _doubled(value: Any) -> Any:
    if isinstance(value, list):
        written = [_doubled(item) for item in value]
        return list(dict.fromkeys([*written, *map(bare, written)])) if _is_strings(written) else written
    if isinstance(value, Mapping):
        # the written key comes last: it wins where a bare one is spelt alike
        doubled = [(key, _doubled(item)) for key, item in value.items()]
        return {bare(key): item for key, item in doubled} | dict(doubled)
    return value


def _is_strings(items: list[Any]) -> bool:
    return all(isinstance(item, str) for item in items)


def bare(written: str) -> str:
    """`written` without the marks of its letters.

    >>> bare("ședință"), bare("întâlnire")
    ('sedinta', 'intalnire')
    """
    letters = unicodedata.normalize("NFD", written)
    return unicodedata.normalize("NFC", "".join(letter for letter in letters if not unicodedata.combining(letter)))
