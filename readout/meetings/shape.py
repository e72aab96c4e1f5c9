"""What a lexicon file must hold, key by key: every language gives the same keys, and every fault is told.

It must not know a word of any language.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from readout.meetings.fact_shape import fact_faults
from readout.meetings.words import is_phrase
from readout.model import MeetingKind, Status

Section = Mapping[str, Any]

TOPICS = (
    "terrorism", "extremism", "organized_crime", "drug_trafficking", "illegal_migration", "cybercrime",
    "information_security", "border_security", "afghanistan", "arms_trafficking", "human_trafficking", "separatism",
    "money_laundering", "foreign_fighters", "foreign_interference", "corruption", "regional_security",
    "military_cooperation", "economic_cooperation", "energy", "ukraine", "middle_east",
)  # fmt: skip

# What else users ask for: no measured figure knows these.
SUBJECTS = (
    "nuclear_safety", "arms_control", "climate", "water", "health", "transport", "digital", "education_culture",
    "human_rights", "elections", "sanctions", "disaster_relief", "peacekeeping", "food_security", "space",
)  # fmt: skip

# The senses of meeting words, the sorts of other pages, and the sections that are one list of phrases.
SENSES = frozenset(
    {"session", "summit", "conference", "working_group", "committee", "call", "reception", "visit", "talks"}
    | {"met", "meets", "will_meet", "gathered", "gathers", "will_gather", "meeting"}
)
OTHER_PAGES = frozenset(
    {"sport", "court", "crime", "corporate", "press", "speech", "obituary", "error_page", "wall", "wiki", "reference"}
    | {"appointment", "academic", "exercise", "congratulation", "domestic", "genre", "assembly"}
)
_OF_SENSES = ("kind", "weight", "status", "terms")
DATE_MARKS = frozenset({"year", "month", "day", "to"})
LISTS = (
    "negations", "officials", "personal", "background", "holders", "body_heads", "credits", "furniture", "offices",
)  # fmt: skip
FACTS = ("dates", "people", "places", "announced")

_SCALARS = ("language", "name", "script")
_TABLES = ("meeting", "status", "against", "topics", "subjects", "sessions", "examples")
_KEYS = frozenset({*_SCALARS, "stands_in_for", "bare_letters", *_TABLES, *LISTS, *FACTS})


_PHRASE_LISTS: tuple[tuple[str, ...], ...] = (
    *(("meeting", sense, "terms") for sense in sorted(SENSES)),
    *(("status", status.value) for status in Status),
    *(("against", group) for group in sorted(OTHER_PAGES)),
    *(("topics", topic) for topic in TOPICS),
    *(("subjects", subject) for subject in SUBJECTS),
    *((section, "terms") for section in LISTS),
    ("furniture", "tails"),
    ("sessions", "times"),
    ("sessions", "not_numbers"),
)


def lexicon_faults(data: Section) -> list[str]:
    """All that is wrong with a parsed lexicon file, a line a fault; empty when it can be built."""
    return [*_keys(data), *_senses(data.get("meeting", {})), *_phrases(data), *_ordinals(data), *fact_faults(data)]


def _keys(data: Section) -> Iterator[str]:
    for key in _SCALARS:
        if not isinstance(data.get(key), str):
            yield f"{key}: a string is wanted"
    if not isinstance(data.get("bare_letters", False), bool):
        yield "bare_letters: true or false is wanted"
    for key in ("stands_in_for", *FACTS):
        if key not in data:
            yield f"{key} is missing"
    yield from (f"{key} is not known" for key in data if key not in _KEYS)
    closed = (("meeting", SENSES), ("against", OTHER_PAGES), ("topics", TOPICS), ("subjects", SUBJECTS))
    for section, wanted in closed:
        yield from (f"{section}.{key} is not known" for key in data.get(section, {}) if key not in wanted)


def _senses(meeting: Section) -> Iterator[str]:
    for name, sense in meeting.items():
        if not isinstance(sense, Mapping) or not isinstance(sense.get("weight"), int | float):
            yield f"meeting.{name}.weight: a number is wanted"
            continue
        yield from (f"meeting.{name}.{key} is not known" for key in sense if key not in _OF_SENSES)
        for key, allowed in (("kind", set(MeetingKind)), ("status", set(Status))):
            if key in sense and sense[key] not in allowed:
                yield f"meeting.{name}.{key}: {sense[key]!r} is none of {', '.join(sorted(allowed))}"


def _phrases(data: Section) -> Iterator[str]:
    for path in _PHRASE_LISTS:
        yield from phrase_faults(".".join(path), _at(data, *path))
    for path in (("sessions", "suffixes"), ("examples", "match"), ("examples", "no_match")):
        if not _is_list_of_strings(_at(data, *path)):
            yield f"{'.'.join(path)}: a list of strings is wanted"
    if not _is_list_of_strings(_at(data, "sessions").get("prefixes", []) if _at(data, "sessions") else []):
        yield "sessions.prefixes: a list of strings is wanted"
    marks = _at(data, "dates", "marks")
    if marks is not None and (not isinstance(marks, Mapping) or set(marks) != DATE_MARKS):
        yield f"dates.marks: {', '.join(sorted(DATE_MARKS))} are wanted"


def _ordinals(data: Section) -> Iterator[str]:
    ordinals = _at(data, "sessions", "ordinals")
    if not isinstance(ordinals, Mapping):
        yield "sessions.ordinals is missing"
        return
    for number, phrases in ordinals.items():
        if not number.isdecimal():
            yield f"sessions.ordinals.{number} is not a number"
        yield from phrase_faults(f"sessions.ordinals.{number}", phrases)


def phrase_faults(path: str, phrases: Any) -> Iterator[str]:
    """What is wrong with the list of phrases at `path`."""
    if not _is_list_of_strings(phrases):
        yield f"{path}: a list of phrases is wanted"
        return
    for at, written in enumerate(phrases):
        if not is_phrase(written):
            yield f"{path}[{at}]: not a phrase: {written!r}"


def _is_list_of_strings(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(item, str) for item in value)


def _at(data: Section, *path: str) -> Any:
    value: Any = data
    for key in path:
        value = value.get(key) if isinstance(value, Mapping) else None
    return value
