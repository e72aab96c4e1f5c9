"""Whether a regular expression that people write may be held against addresses from outside.

It must not judge what an expression matches, only whether some text may keep it busy for ever.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from importlib import import_module
from typing import Any

# How Python itself reads an expression; re offers no other way to its parts.
_parser: Any = import_module("re._parser")
_compiler: Any = import_module("re._compiler")

_SIGNS = [*map(chr, range(128)), "é", "я", "年"]
_MANY = 16  # repetitions from which on doubling the work each time is too much
_REPEATS = ("MAX_REPEAT", "MIN_REPEAT")
_CERTAIN = ("POSSESSIVE_REPEAT", "ATOMIC_GROUP")
_ONE_SIGN = ("LITERAL", "NOT_LITERAL", "IN", "ANY", "CATEGORY")

Node = tuple[Any, Any]


def endless_part(pattern: str) -> str | None:
    """The reason why `pattern`, a valid expression, may take for ever on some text; None where it does not.

    A repetition within a repetition can share out a text in ever more ways, each of which is tried: (a+)+. It cannot
    where each round begins or ends with a sign that what is repeated in it does not match, as in (/[a-z]+)+; nor where
    what was matched once stays so: (a++)+.
    """
    if _has_endless(_parser.parse(pattern)):
        return (
            "a repetition within a repetition, as in (a+)+, may take for ever on some address: begin or end what is"
            " repeated with a sign that the inner one does not match, as in (/[^/]+)+, or write the inner one with ++"
        )
    return None


def _has_endless(nodes: Iterable[Node]) -> bool:
    for name, value in ((str(operator), value) for operator, value in nodes):
        if name in _REPEATS and value[1] > _MANY and _is_ambiguous(value[2]):
            return True
        if any(_has_endless(inner) for inner in _inside(value)):
            return True
    return False


def _is_ambiguous(body: Any) -> bool:
    """Whether rounds of `body` can share out one text in several ways."""
    repeated = [inner for inner in _repeated(body) if inner]
    marks = [_edge(body, 0), _edge(body, -1)]
    return bool(repeated) and all(mark is None or any(mark & signs for signs in repeated) for mark in marks)


def _repeated(nodes: Iterable[Node]) -> Iterator[set[str]]:
    """What each repetition within `nodes` may match, by its signs."""
    for operator, value in nodes:
        if str(operator) in _REPEATS and value[1] > 1:
            yield _signs(value[2])
        if str(operator) not in _CERTAIN:
            for inner in _inside(value):
                yield from _repeated(inner)


def _edge(body: Any, at: int) -> set[str] | None:
    """The signs of which one begins (`at` 0) or ends (-1) each round; None where it may be anything, or nothing."""
    if not len(body):
        return None
    operator, value = body[at]
    if str(operator) in _ONE_SIGN:
        return _matched(operator, value)
    inner = list(_inside(value))
    return _edge(inner[0], at) if str(operator) == "SUBPATTERN" and len(inner) == 1 else None


def _signs(nodes: Iterable[Node]) -> set[str]:
    """All signs that anything in `nodes` matches."""
    found = set[str]()
    for operator, value in nodes:
        if str(operator) in _ONE_SIGN:
            found |= _matched(operator, value)
        for inner in _inside(value):
            found |= _signs(inner)
    return found


def _matched(operator: Any, value: Any) -> set[str]:
    parts = _parser.SubPattern(_parser.State(), [(operator, value)])
    parts.state.str = ""
    one = _compiler.compile(parts, re.DOTALL)
    return {sign for sign in _SIGNS if one.fullmatch(sign)}


def _inside(value: Any) -> Iterator[Any]:
    """The parts of an expression that one of its parts holds: of a group, a repetition, each branch."""
    if isinstance(value, _parser.SubPattern):
        yield value
    elif isinstance(value, tuple | list):
        for inner in value:
            if isinstance(inner, _parser.SubPattern | tuple | list):
                yield from _inside(inner)
