"""What the sections of a lexicon that facts are read with must and may hold: days, places, people, numbers.

It must not know a word of any language.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

Section = Mapping[str, Any]

# For each table: the keys every language gives, and those that only some languages need.
_TABLES: Mapping[str, tuple[str, str]] = {
    "dates": (
        "months joiners weekdays relative frames",
        "of day_before_month this_month days not_spoken calendars year_before from_endings capital_months marks",
    ),
    "dates.frames": ("opens closes from_day not_days next happens visit", "past"),
    "people": (
        "particles of and not_names titles organisations frames",
        (
            "free_order sure_tails given_names kept_given surname_endings given_endings role_leads_left "
            "surname_tails articles surname_ends offices_follow surnames name_letters verb_first"
        ),
    ),
    "people.titles": ("title never", ""),
    "people.frames": (
        "takes_part receives received_by says not_part_before not_part_after delegation_of delegation background",
        "office_of break not_receives stands_for receives_last in_place by passive",
    ),
    "places": ("endings adjective_endings locative frames", "prefixes not_places drops_vowels sounds"),
    "places.frames": (
        "before before_city hosts hosted_by hall capital_of capital online online_meeting elsewhere about",
        "welcome_in beside of_another region before_state",
    ),
    "announced": ("next setting past of_others told not_told", "regular"),
    "sessions": ("suffixes times not_numbers ordinals", "prefixes follows several"),
}
_MONTHS, _WEEKDAYS = 12, 7


def fact_faults(data: Section) -> Iterator[str]:
    """Keys that are missing from or unknown to the sections of facts, and calendars that are not whole."""
    for path, (required, optional) in _TABLES.items():
        table = _at(data, path)
        if not isinstance(table, Mapping):
            yield f"{path} is missing"
            continue
        wanted, known = set(required.split()), {*required.split(), *optional.split()}
        yield from (f"{path}.{key} is missing" for key in sorted(wanted - set(table)))
        yield from (f"{path}.{key} is not known" for key in sorted(set(table) - known))
    for key, number in (("months", _MONTHS), ("weekdays", _WEEKDAYS)):
        lists = _at(data, f"dates.{key}")
        if isinstance(lists, list) and len(lists) != number:
            yield f"dates.{key}: {number} lists are wanted, not {len(lists)}"


def _at(data: Section, path: str) -> Any:
    value: Any = data
    for key in path.split("."):
        value = value.get(key) if isinstance(value, Mapping) else None
    return value
