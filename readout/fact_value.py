"""A fact's value as a person types it: "2024-10-04", "KZ, AZ", "cis-sorb".

It must not guess: what it does not understand it refuses, and says what it would take.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from enum import StrEnum
from typing import Any

from readout.error import ConfigError
from readout.model import MeetingKind, Status

NOT_KNOWN = "-"
"""What stands for "nobody knows"."""
_MOST_NAMED = 40


def fact_names() -> list[str]:
    """The facts that can be corrected."""
    return list(_READ)


def fact_value(fact: str, text: str) -> Any:
    """`text` as the value of `fact` in a meeting's row; None for ``-``. Raises ConfigError for what it cannot be."""
    if fact not in _READ:
        raise ConfigError([f"{fact!r} is no fact of a meeting: there are {', '.join(_READ)}"])
    if text.strip() != NOT_KNOWN:
        return _READ[fact](text.strip())
    if fact in _ALWAYS_KNOWN:
        raise ConfigError([f"{fact}: every meeting has one; {_choices(fact)}"])
    return None


def typed_value(value: Any) -> str:
    """What a person types for `value`, one of a meeting's row: `fact_value` reads it, but for people's offices."""
    if value is None or value == []:
        return NOT_KNOWN
    return ", ".join(map(_typed, value)) if isinstance(value, list) else _typed(value)


def _typed(value: Any) -> str:
    if not isinstance(value, Mapping):
        return str(value)
    country = f" ({value['country']})" if value.get("country") else ""
    return f"{value.get('id') or value['name']}{country}"


def _of(kinds: type[StrEnum]) -> Callable[[str], str]:
    def read(text: str) -> str:
        if text not in list(kinds):
            raise ConfigError([f"{text!r}: write one of {', '.join(kinds)}"])
        return text

    return read


def _choices(fact: str) -> str:
    return f"write one of {', '.join(_ALWAYS_KNOWN[fact])}"


def _number(text: str) -> int:
    if not (text.isascii() and text.isdigit() and int(text[:6]) > 0 and len(text) <= 4):
        raise ConfigError([f"{text!r} is no session number: write digits, as 55"])
    return int(text)


def _day(text: str) -> str:
    try:
        return date.fromisoformat(text).isoformat()
    except ValueError:
        raise ConfigError([f"{text!r} is no day: write it as 2024-10-04"]) from None


def _body(text: str) -> dict[str, str | None]:
    """A body of the registry by its id, or any other by its name, which has a space in it."""
    from readout.catalog import load_body_names

    names = load_body_names()
    if text in names:
        return {"id": text, "name": names[text]}
    if " " in text:
        return {"id": None, "name": text}
    near = [known for known in names if text.lower() in known][:_MOST_NAMED]
    hint = f"; near it: {', '.join(near)}" if near else ""
    raise ConfigError([f"no body has the id {text!r}{hint}; a body that is not registered is written with its name"])


def _country(text: str) -> str:
    from readout.catalog import load_country_names

    code = text.upper()
    if code not in load_country_names():
        raise ConfigError([f"{text!r} is no country: write its two letters, as KZ (ISO 3166-1)"])
    return code


def _words(text: str) -> str:
    if not text:
        raise ConfigError([f"an empty value: write {NOT_KNOWN} for what nobody knows"])
    return text


def _topic(text: str) -> str:
    from readout.meetings.shape import TOPICS

    if text not in TOPICS:
        raise ConfigError([f"{text!r} is no topic: there are {', '.join(sorted(TOPICS))}"])
    return text


def _person(text: str) -> dict[str, Any]:
    """ "Ali Naghiyev (AZ)" or a name alone."""
    from readout.meetings.person import person_key
    from readout.meetings.spelling import latin

    name, _, rest = text.partition("(")
    name, country = name.strip(), rest.strip().removesuffix(")").strip()
    if not name:
        raise ConfigError([f"{text!r} names nobody: write Name (KZ), Name (KZ)"])
    return {
        "name": name,
        "name_latin": latin(name),
        "role": None,
        "country": country.upper() or None,
        "key": person_key(name),
    }


def _each(read: Callable[[str], Any]) -> Callable[[str], list[Any]]:
    """A list, its values between commas."""

    def read_all(text: str) -> list[Any]:
        return [read(part.strip()) for part in text.split(",") if part.strip()]

    return read_all


_READ: Mapping[str, Callable[[str], Any]] = {
    "kind": _of(MeetingKind),
    "status": _of(Status),
    "body": _body,
    "session_number": _number,
    "start_date": _day,
    "end_date": _day,
    "city": _words,
    "country": _country,
    "participants": _each(_person),
    "countries": _each(_country),
    "received_by": _words,
    "topics": _each(_topic),
}
_ALWAYS_KNOWN: Mapping[str, type[StrEnum]] = {"kind": MeetingKind, "status": Status}
