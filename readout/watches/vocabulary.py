"""Which values of a filter there are, and which one was probably meant.

It must not look anything up: whoever knows bodies, countries, sources and cities hands them in.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

from readout.watching import Filter

Vocabulary = Callable[[Filter], Mapping[str, str] | None]
"""What the values that a filter takes are called, by value; None: it takes any.

Of cities it is the English name, by each spelling `readout.watches.folding.folded`.
"""

# How alike a known id or name must be to be named beside an unknown one, how far behind the likest, and how many are.
_NEAR = 70
_BEHIND = 10
_MOST_NEAR = 3
_MOST_KNOWN = 60


def advice(value: str, known: Mapping[str, str]) -> str:
    """Which of the `known` ids, each with what it is called, was probably meant; else which there are."""
    near = _near(value, known)
    return (
        f"did you mean {' or '.join(_named(key, known[key]) for key in near)}?" if near else f"known are {some(known)}"
    )


def meant(value: str, words: Iterable[str]) -> str:
    """Which of a few `words` was probably meant, behind a semicolon; nothing where none is near."""
    near = _near(value, {word: word for word in words})
    return f"; did you mean {' or '.join(near)}?" if near else ""


def some(names: Iterable[str]) -> str:
    """The names in order, as many as a person may want to read."""
    ordered = sorted(names)
    return ", ".join(ordered) if len(ordered) <= _MOST_KNOWN else f"{', '.join(ordered[:_MOST_KNOWN])} …"


def _named(key: str, name: str) -> str:
    return key if key == name else f"{key} ({name})"


def _near(value: str, known: Mapping[str, str]) -> list[str]:
    """The keys likest to `value`, the likest first."""
    likeness = {key: _likeness(value.casefold(), key.casefold(), name.casefold()) for key, name in known.items()}
    least = max(_NEAR, max(likeness.values(), default=0) - _BEHIND)
    return sorted((key for key in known if likeness[key] >= least), key=lambda key: (-likeness[key], key))[:_MOST_NEAR]


def _likeness(value: str, key: str, name: str) -> float:
    """0 to 100: of an id, of a part of one, of the name, of some words of it."""
    from rapidfuzz import fuzz

    part = 0.95 * fuzz.partial_ratio(value, key) if 3 <= len(value) < len(key) else 0.0
    words = 0.9 * fuzz.token_set_ratio(value, name) if len(value.split()) > 1 else 0.0
    return max(fuzz.ratio(value, key), part, fuzz.ratio(value, name), words)
