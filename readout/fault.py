"""What validation found in a file that people write, told so that they find the place and can mend it.

It must not judge: validation did.
"""

from __future__ import annotations

from collections.abc import Mapping
from difflib import get_close_matches
from typing import Any

from pydantic import ValidationError
from pydantic_core import ErrorDetails


def faults_of(error: ValidationError) -> list[ErrorDetails]:
    """What is really wrong: a list is not also "too short" because its elements are faulty."""
    faults = error.errors(include_input=False)
    places = [fault["loc"] for fault in faults]
    return [
        fault
        for fault in faults
        if fault["type"] != "too_short"
        or not any(place[: len(fault["loc"])] == fault["loc"] != place for place in places)
    ]


def key_path(location: tuple[int | str, ...]) -> str:
    """`("source", 3, "discover", 0, "evry")` as ``source[3].discover[0].evry``."""
    text = ""
    for part in location:
        text += f"[{part}]" if isinstance(part, int) else f".{part}"
    return text.lstrip(".")


def fault_text(fault: Mapping[str, Any] | ErrorDetails, known: list[str]) -> str:
    """What is wrong, with a hint where the key is close to one that exists."""
    if fault["type"] != "extra_forbidden":
        return str(fault["msg"]).removeprefix("Value error, ")
    return no_such(str(fault["loc"][-1]), known)


def no_such(key: str, known: list[str]) -> str:
    """That there is no such setting: the one that was probably meant, else all there are."""
    near = get_close_matches(key, known, n=1)
    return f"no such setting; did you mean {near[0]!r}?" if near else f"no such setting; known: {', '.join(known)}"
