"""Names written in ideographs, without spaces: 外交部长王毅, 托卡耶夫总统, 弗拉基米尔·普京.

It must not know a person: a Chinese name begins with a surname and is two or three letters long, a foreign one is
written with few letters, and either stands beside a title, a verb or another name.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from readout.meetings.landmarks import Landmarks, Span, mask


@dataclass(frozen=True, slots=True)
class NameLetters:
    """Surnames of one letter or two, and the letters that foreign names are transliterated with."""

    surnames: frozenset[str] = frozenset()
    foreign: frozenset[str] = frozenset()

    def native(self, stretch: str) -> int:
        """How many letters at the beginning of `stretch` a Chinese name takes; 0 for none."""
        surname = next((n for n in (2, 1) if stretch[:n] in self.surnames), 0)
        length = min(len(stretch), surname + _GIVEN) if surname else 0
        return length if length > surname else 0

    def transliterated(self, stretch: str) -> int:
        """How many letters at the beginning of `stretch` a foreign name takes; 0 for none."""
        letters = (i for i, letter in enumerate(stretch) if letter not in self.foreign and letter not in _DOTS)
        length = len(stretch[: min(next(letters, len(stretch)), _LONGEST_FOREIGN)].rstrip(_DOTS))
        return length if length >= _SHORTEST_FOREIGN else 0

    def name(self, stretch: str) -> int:
        """How many letters at the beginning of `stretch` a name of either sort takes; 0 for none."""
        return max(self.native(stretch), self.transliterated(stretch))


IDEOGRAPHS = re.compile(r"[\u3400-\u9fff]")
_DOTS = "·•・‧"
_STRETCH = re.compile(rf"[\u3400-\u9fff][\u3400-\u9fff{_DOTS}]*")
_LIST_MARKS = frozenset("、和与及跟同暨")
_LIST_END = frozenset("等")
_WITH = frozenset("同与和")
_GIVEN = 2
_LONGEST_FOREIGN = 18
_SHORTEST_FOREIGN = 2
_SURELY_FOREIGN = 3


def ideograph_names(text: str, letters: NameLetters, around: Landmarks) -> Iterator[Span]:
    """Where people are named in the folded `text`. Of every stretch of ideographs that nothing else explains: the name
    that a title leads to or that leads to a title, one with a dot in it, or all of it in a list or beside a verb."""
    cities = [city for city in around.cities if not _is_inside_name(text, city, letters)]
    covered = mask(text, [*around.known, *around.titles, *around.verbs, *around.countries, *cities])
    free = "".join("\n" if is_covered else letter for letter, is_covered in zip(text, covered, strict=True))
    page = _Page(text, free, letters, around)
    for m in _STRETCH.finditer(free):
        name = page.name_in(m.group().rstrip(_DOTS), *m.span())
        if name:
            yield m.start() + name[0], m.start() + name[1]


def _is_inside_name(text: str, city: Span, letters: NameLetters) -> bool:
    """Whether the letters of a city are part of a longer name: 罗马 in 罗马诺夫."""
    low, high = city
    behind, before = text[high : high + 1], text[max(low - 1, 0) : low]
    return behind in letters.foreign or (behind != "" and behind in _DOTS) or (before != "" and before in _DOTS)


class _Page:
    """A sentence, what is left of it, and where its titles and verbs begin and end."""

    def __init__(self, text: str, free: str, letters: NameLetters, around: Landmarks) -> None:
        self.text = text
        self.letters = letters
        led = {end for _, end in around.titles if (m := _STRETCH.match(free, end)) and letters.name(m.group())}
        self.behind_title = led
        self.before_title = {start for start, end in around.titles if end not in led}
        self.before_verb = {start for start, _ in around.verbs}
        self.behind_verb = {end for _, end in around.verbs}

    def name_in(self, stretch: str, low: int, high: int) -> Span | None:
        """Where in `stretch`, which stands at `low`..`high`, a name stands."""
        if low in self.behind_title:
            return 0, self.letters.name(stretch)
        is_whole = self.letters.name(stretch) == len(stretch)
        if high in self.before_title:
            return (0, len(stretch)) if is_whole else self._at_end(stretch)
        if dot := next((dot for dot in _DOTS if dot in stretch), None):
            length = self.letters.transliterated(stretch)
            return (0, length) if dot in stretch[:length] else None
        return (0, len(stretch)) if is_whole and (self._acts(low, high) or self._is_met(stretch, low, high)) else None

    def _at_end(self, stretch: str) -> Span | None:
        length = self.letters.transliterated(stretch[::-1])
        return (len(stretch) - length, len(stretch)) if length >= _SURELY_FOREIGN else None

    def _acts(self, low: int, high: int) -> bool:
        """Whether a clause or a list begins here, and a verb, a list mark or the end of a list stands behind."""
        begins = low == 0 or not self.text[low - 1].isalnum() or self.text[low - 1] in _LIST_MARKS
        return begins and (high in self.before_verb or self.text[high : high + 1] in _LIST_MARKS | _LIST_END)

    def _is_met(self, stretch: str, low: int, high: int) -> bool:
        """Whether a verb or "with" stands before, and the clause ends or a verb stands behind."""
        is_led = self.text[max(low - 1, 0) : low] in _WITH or low in self.behind_verb
        is_closed = high in self.before_verb or not self.text[high : high + 1].isalnum()
        is_likely = len(stretch) >= _SURELY_FOREIGN or self.letters.native(stretch) == len(stretch)
        return is_led and is_closed and is_likely
