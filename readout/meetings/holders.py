"""Whose office somebody holds who is named without it: "Lavrov met his colleague" is Russia's minister.

It must not say that anybody met, nor know a meeting: only whose the best known office holders are.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from readout.meetings.person import likeness, name_words, same_person, sound

# "famous": whom headlines name by their surname alone.
_SECTIONS = ("famous", "known")
# Of two holders that a name may mean, the one whose name is so much more like it is meant.
_CLEARLY = 0.2


@dataclass(frozen=True, slots=True, eq=False)
class OfficeHolders:
    """Office holders and their states, found by name in any script and spelling."""

    _states: Mapping[str, str]
    _by_sound: Mapping[str, Sequence[str]]
    _surnames: Mapping[str, Sequence[str]]

    @classmethod
    def from_mapping(cls, data: Mapping[str, Any]) -> OfficeHolders:
        """The office holders of a parsed file: sections ``famous`` and ``known``, lists of names by alpha-2.

        Raises ValueError for another section or a name of one word.
        """
        if wrong := sorted(set(data) - set(_SECTIONS)):
            raise ValueError(f"{', '.join(wrong)}: only the sections {' and '.join(_SECTIONS)} are known")
        states = {name: country for section in data.values() for country, names in section.items() for name in names}
        famous = [name for names in data.get("famous", {}).values() for name in names]
        if short := [name for name in states if len(name_words(name)) < 2]:
            raise ValueError(f"{', '.join(short)}: given name and surname are wanted")
        return cls(states, _by_sound(states, slice(None)), _by_sound(famous, slice(-1, None)))

    def state_of(self, name: str) -> str | None:
        """Alpha-2 of the state whose office holder bears `name`; None when nobody does, or holders of two states."""
        return _state_of(self, name)

    def _state_of(self, name: str) -> str | None:
        called = {holder: likeness(holder, name) for holder in self._called(name)}
        states = {self._states[holder] for holder, alike in called.items() if alike > max(called.values()) - _CLEARLY}
        return states.pop() if len(states) == 1 else None

    def _called(self, name: str) -> Iterator[str]:
        words = name_words(name)
        table = self._surnames if len(words) == 1 else self._by_sound
        candidates = dict.fromkeys(holder for word in words for heard in sound(word) for holder in table.get(heard, ()))
        return (holder for holder in candidates if same_person(holder, name))


@lru_cache(maxsize=4096)
def _state_of(holders: OfficeHolders, name: str) -> str | None:
    """The same few names stand on many pages."""
    return holders._state_of(name)


def _by_sound(names: Iterable[str], words: slice) -> dict[str, list[str]]:
    """`names` by how their words sound."""
    table: dict[str, list[str]] = {}
    for name in names:
        for heard in {heard for word in name_words(name)[words] for heard in sound(word)}:
            table.setdefault(heard, []).append(name)
    return table
