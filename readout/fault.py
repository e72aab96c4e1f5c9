"""What validation found in a file that people write, told so that they find the place and can mend it.

It must not judge: validation did.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from difflib import get_close_matches
from typing import Any

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from readout.articles.clean import clean_line

_A_TEXT, _A_SWITCH = "a text belongs here, in quotes", "true or false belongs here"
_A_WHOLE, _A_NUMBER = "a whole number belongs here", "a number belongs here"
_A_DAY = "a day belongs here, as in 2026-11-22"
_A_LIST, _A_TABLE = "a list belongs here, in square brackets", "a table belongs here, of keys and values"
# What validation finds, by its name there, with its bounds.
_SAID = {
    "missing": "is required, and is not there",
    "string_type": _A_TEXT,
    "path_type": _A_TEXT,
    "bool_type": _A_SWITCH,
    "bool_parsing": _A_SWITCH,
    "int_type": _A_WHOLE,
    "int_parsing": _A_WHOLE,
    "int_parsing_size": _A_WHOLE,
    "int_from_float": _A_WHOLE,
    "float_type": _A_NUMBER,
    "float_parsing": _A_NUMBER,
    "finite_number": _A_NUMBER,
    "tuple_type": _A_LIST,
    "list_type": _A_LIST,
    "model_type": _A_TABLE,
    "model_attributes_type": _A_TABLE,
    "dict_type": _A_TABLE,
    "mapping_type": _A_TABLE,
    **dict.fromkeys(("date_type", "date_parsing", "date_from_datetime_parsing", "date_from_datetime_inexact"), _A_DAY),
    "union_tag_not_found": "type is required: {discriminator} says what the table is",
    "greater_than": "must be more than {gt}",
    "greater_than_equal": "must be {ge} or more",
    "less_than": "must be less than {lt}",
    "less_than_equal": "must be {le} or less",
    "too_short": "has too few elements: {min_length} at least",
    "too_long": "has too many elements: {max_length} at most",
    "string_too_short": "is too short: {min_length} or more characters",
    "string_too_long": "is too long: {max_length} characters at most",
    "string_pattern_mismatch": "must be written as the pattern {pattern} says",
}
_CHOICES = ("enum", "literal_error", "union_tag_invalid")
_CHOICE = re.compile("'([^']*)'")


def faults_of(error: ValidationError) -> list[ErrorDetails]:
    """What is really wrong: a list is not also "too short" because its elements are faulty.

    What was written, which may be a secret, is in those alone that offer a choice.
    """
    faults = error.errors()
    for fault in faults:
        if fault["type"] not in _CHOICES:
            fault["input"] = None
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
        text += f"[{part}]" if isinstance(part, int) else f".{clean_line(part)}"
    return text.lstrip(".")


def fault_text(fault: Mapping[str, Any] | ErrorDetails, known: list[str]) -> str:
    """What is wrong, in words of ours, with a hint where what is written is close to what may be."""
    kind, bounds = fault["type"], fault.get("ctx", {})
    if kind == "extra_forbidden":
        return no_such(str(fault["loc"][-1]), known)
    if kind in _CHOICES:
        return _chosen_wrong(fault, bounds)
    if kind in _SAID:
        return _SAID[kind].format_map(bounds)
    return clean_line(str(fault["msg"]).removeprefix("Value error, "))


def _chosen_wrong(fault: Mapping[str, Any] | ErrorDetails, bounds: Mapping[str, Any]) -> str:
    """Of a table that says by one of its keys which sort it is, that key is named."""
    if fault["type"] != "union_tag_invalid":
        return _no_choice(fault["input"], _CHOICE.findall(bounds["expected"]))
    words = _CHOICE.findall(bounds["expected_tags"])
    return f"{bounds['discriminator'].strip(chr(39))} {_no_choice(bounds['tag'], words)}"


def no_such(key: str, known: list[str]) -> str:
    """That there is no such setting: the one that was probably meant, else all there are."""
    near = _near(key, known)
    return f"no such setting; did you mean {near!r}?" if near else f"no such setting; known: {', '.join(known)}"


def _no_choice(value: object, words: list[str]) -> str:
    near = _near(value, words) if isinstance(value, str) else None
    return f"must be one of {', '.join(words)}{f'; did you mean {near}?' if near else ''}"


def _near(value: str, words: list[str]) -> str | None:
    """Which of the words was probably meant: one that begins so, else one that is nearly so."""
    begun = [word for word in words if len(value) > 1 and word.startswith(value.lower())]
    return next(iter(begun or get_close_matches(value, words, n=1)), None)
