"""Runs of capitalised words that may be people's names, in scripts that have capitals.

It must not decide who is a person: a run is what stands side by side and is known to be nothing else.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import NamedTuple

from readout.meetings.people_words import PeopleWords
from readout.meetings.spelling import nominative
from readout.meetings.words import fold

_TOKEN = re.compile(
    r"([a-zа-яё]{3,})(?![\w'’ʻ‘ʼ-])"  # the plain small words of a sentence, which are most
    r"|(?<!\w)(?:[dlnst]|qu)['’](?=[^\W\d_])"  # elided before a name: "la visite d'Emmanuel Macron"
    r"|[^\W\d_]\.(?:\s?-?[^\W\d_]\.)*|[^\W\d_]+(?:['’ʻ‘ʼ-](?!s\b)[^\W\d_]+)*"
)
_ELIDED = re.compile(r"^(?:[cdjlmnst]|qu)'")
_MOST_TOKENS = 4
_MOST_CYRILLIC = 3
_CYRILLIC = "\u0400"
_LONG_SHOUT = 4
_SHORT_GIVEN = 3


class Token(NamedTuple):
    """A word as written, or an initial with its dot."""

    text: str
    start: int
    end: int

    @property
    def is_initial(self) -> bool:
        """Whether it stands for a name: "А."."""
        return self.text.endswith(".") or (len(self.text) == 1 and self.text.isupper())

    @property
    def is_capital(self) -> bool:
        """Written like a name: "Ali", "Al-Raisi", "А.", and a surname in capitals, but no short acronym."""
        text = self.text
        if not text[0].isupper():
            return False
        return not text.isupper() or len(text) > _LONG_SHOUT or len(text) == 1 or text[-1] == "."

    def is_led_by(self, particles: frozenset[str]) -> bool:
        """Whether it is one of `particles`, or joined to a name by one: "al-Sisi"."""
        particle, _, name = self.text.partition("-")
        return particle in particles and (not name or name[0].isupper())


def capitalised_runs(text: str, known: Sequence[tuple[int, int]], words: PeopleWords) -> Iterator[list[Token]]:
    """Capitalised words that stand side by side, cut wherever a word is known to be no name or ends one."""
    for run in _side_by_side(text, known, words):
        yield from _cut(run, words)


def _cut(run: list[Token], words: PeopleWords) -> Iterator[list[Token]]:
    """The run, or the names in it where subject and object meet: "Садыр Жапаров" and "Лавровду" in one sentence."""
    first = 0
    for at, token in enumerate(run[:-1]):
        is_surname = len(token.text) > _SHORT_GIVEN and token.text.endswith(words.surname_ends)
        is_over = is_surname and (at > first or nominative(run[-1].text, words.endings) != run[-1].text)
        if is_over and run[at + 1].text not in words.particles:
            yield run[first : at + 1]
            first = at + 1
    yield run[first:]


def _side_by_side(text: str, known: Sequence[tuple[int, int]], words: PeopleWords) -> Iterator[list[Token]]:
    run: list[Token] = []
    spans = iter(sorted(known))
    span = next(spans, None)
    for m in _TOKEN.finditer(text):
        if m.lastindex and not (run and m[1] in words.particles):
            if run:
                yield run
                run = []
            continue
        token = Token(m[0], *m.span())
        if not run and not token.text[0].isupper():
            continue
        while span and span[1] <= token.start:
            span = next(spans, None)
        is_known = (span is not None and span[0] < token.end and token.start < span[1]) or _is_no_name(token, words)
        if run and (is_known or text[run[-1].end : token.start] not in _GAPS):
            yield run
            run = []
        if is_known:
            continue
        if token.is_capital or (run and token.is_led_by(words.particles)):
            run.append(token)
        elif run:
            yield run
            run = []
    if run:
        yield run


def _is_no_name(token: Token, words: PeopleWords) -> bool:
    """A capitalised word that is no name; a single capital inside a sentence may be an initial or "Ван И"."""
    if not token.text[0].isupper() or (len(token.text) == 1 and token.start > 0):
        return False
    return not words.no_names.isdisjoint(_parts(token.text))


# The few capitalised words that stand on many pages.
@lru_cache(maxsize=4096)
def _parts(written: str) -> tuple[str, ...]:
    """The folded words that a hyphen joins, without what is elided before them."""
    return tuple(_ELIDED.sub("", fold(written)).split("-"))


_GAPS = (" ", "\u00a0", "")


def name_of(run: list[Token], particles: frozenset[str]) -> list[Token]:
    """The run without particles at its end; empty when it cannot be a name."""
    while run and run[-1].text in particles:
        run = run[:-1]
    full = [token for token in run if not token.is_initial]
    most = _MOST_CYRILLIC if full and full[0].text[0] >= _CYRILLIC else _MOST_TOKENS
    return run if full and sum(token.text not in particles for token in run) <= most else []
