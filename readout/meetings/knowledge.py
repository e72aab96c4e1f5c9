"""All that reading knows, as one frozen value: lexicons, bodies, places, the weights of signals, agencies.

It must not read a file: `readout.catalog` does.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from readout.articles.credit import Credits
from readout.meetings.bodies import Registry
from readout.meetings.holders import OfficeHolders
from readout.meetings.lexicon import Lexicon
from readout.meetings.places import Gazetteer
from readout.meetings.shape import SUBJECTS, TOPICS
from readout.model import Article, LanguageCode

# How much of a text shows its script.
_SCRIPT_SAMPLE = 2000
_CYRILLIC = re.compile("[\u0400-\u04ff]")
_LETTER = re.compile(r"[^\W\d_]")


@dataclass(frozen=True, slots=True)
class Weights:
    """How much each signal says, and what a reader is `said` of it. Their sum goes through the logistic function."""

    threshold: float
    signals: Mapping[str, float]
    against: Mapping[str, float]
    opening: Mapping[str, tuple[float, ...]]
    ranks: tuple[float, ...]
    said: Mapping[str, str]

    @classmethod
    def from_mapping(cls, data: Mapping[str, Any]) -> Weights:
        """The weights of a parsed file. Raises KeyError or ValueError saying what is wrong."""
        return cls(
            threshold=float(data["threshold"]),
            signals={name: float(weight) for name, weight in data["signals"].items()},
            against={name: float(weight) for name, weight in data["against"].items()},
            opening={name: tuple(map(float, times)) for name, times in data["opening"].items()},
            ranks=tuple(map(float, data["ranks"])),
            said=dict(data["said"]),
        )

    def at_rank(self, rank: int | None) -> float:
        """How much a sentence of this rank counts (see `readout.meetings.sense.Sense`)."""
        return 0.0 if rank is None else self.ranks[min(rank, len(self.ranks) - 1)]

    def against_at(self, name: str, rank: int | None) -> float:
        """How much a word of the group `name` counts in a sentence of this rank: title and first sentence say most."""
        times = self.opening.get(name, ())
        return self.against[name] * (1.0 if rank is None or rank >= len(times) else times[rank])


@dataclass(frozen=True, slots=True)
class Head:
    """What tells which lexicon to read a text with, before the lexicon is built."""

    script: str
    stands_in_for: tuple[LanguageCode, ...]


class Lexicons(Mapping[LanguageCode, Lexicon]):
    """Lexicons by language, each built when it is first asked for: most processes meet few languages."""

    def __init__(self, heads: Mapping[LanguageCode, Head], build: Callable[[LanguageCode], Lexicon]) -> None:
        self.heads = heads
        self._build = build
        self._built: dict[LanguageCode, Lexicon] = {}

    def __getitem__(self, language: LanguageCode) -> Lexicon:
        if language not in self._built:
            if language not in self.heads:
                raise KeyError(language)
            self._built[language] = self._build(language)
        return self._built[language]

    def __iter__(self) -> Iterator[LanguageCode]:
        return iter(self.heads)

    def __len__(self) -> int:
        return len(self.heads)

    def __contains__(self, language: object) -> bool:
        return language in self.heads


@dataclass(frozen=True, slots=True)
class Knowledge:
    """Lexicons by language, the registry of bodies, the gazetteer, the office holders, the weights, the agencies."""

    lexicons: Lexicons
    bodies: Registry
    places: Gazetteer
    holders: OfficeHolders
    weights: Weights
    credits: Credits

    @property
    def topics(self) -> frozenset[str]:
        """The ids of all topics and subjects: every lexicon has words for each."""
        return frozenset((*TOPICS, *SUBJECTS))

    def lexicon_for(self, article: Article) -> Lexicon:
        """The lexicon to read `article` with: its language's, else one that stands in, else one of its script."""
        language = article.language or LanguageCode("")
        base = LanguageCode(language.split("-")[0])
        code = next((code for code in (language, base) if code in self.lexicons), None) or self._stand_in(base)
        return self.lexicons[code or self._of_script((article.title or "") + article.text[:_SCRIPT_SAMPLE])]

    def _stand_in(self, language: LanguageCode) -> LanguageCode | None:
        return next((code for code, head in self.lexicons.heads.items() if language in head.stands_in_for), None)

    def _of_script(self, text: str) -> LanguageCode:
        is_cyrillic = len(_CYRILLIC.findall(text)) * 2 > len(_LETTER.findall(text))
        preferred = LanguageCode("ru" if is_cyrillic else "en")
        return preferred if preferred in self.lexicons else next(iter(self.lexicons))
