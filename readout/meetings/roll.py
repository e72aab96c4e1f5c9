"""Everybody whom several tellings name, each person once, whatever alphabet and spelling their name was written in.

It must not say who took part: it says which names can be one person's.
"""

from __future__ import annotations

from collections.abc import Iterator

from readout.meetings.person import name_words, person_key, same_person, sound


class Roll:
    """People by number, from 0 in the order in which they were entered.

    Names are looked up by what is heard of them, so that a name is compared with few of the people and not with all.
    """

    def __init__(self) -> None:
        self._names: list[str] = []
        self._known: dict[str, int] = {}
        self._heard: dict[str, list[int]] = {}

    def number(self, name: str) -> int:
        """Whose `name` it is; a person who is not on the roll is entered."""
        at = self.find(name)
        return self.enter(name) if at is None else at

    def find(self, name: str) -> int | None:
        """Whose `name` it can be, or None: of several people the one with all its words, then the first."""
        if name in self._known:
            return self._known[name]
        key = person_key(name)
        can_be = [at for at in self._sounding_like(name) if same_person(self._names[at], name)]
        found = min(can_be, key=lambda at: (person_key(self._names[at]) != key, at), default=None)
        if found is not None:
            self._known[name] = found
        return found

    def enter(self, name: str) -> int:
        """Put a further person on the roll, even beside one of the same name."""
        at = len(self._names)
        self._names.append(name)
        self._learn(at, name)
        return at

    def rename(self, at: int, name: str) -> None:
        """From now on `name` is what the person is known by: a surname alone gave way to the full name."""
        self._names[at] = name
        self._learn(at, name)

    def _learn(self, at: int, name: str) -> None:
        self._known.setdefault(name, at)
        for word in _sounds(name):
            self._heard.setdefault(word, []).append(at)

    def _sounding_like(self, name: str) -> set[int]:
        """Names agree in a whole word at least, see `same_person`: who shares none cannot be meant."""
        return {at for word in _sounds(name) for at in self._heard.get(word, ())}


def _sounds(name: str) -> Iterator[str]:
    for word in name_words(name):
        if len(word) > 1:
            yield word
            yield from sound(word)
