"""All that recognition knows, as one frozen value: lexicons, bodies, places and the weights of signals.

It must not read a file: `readout.catalog` does.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from readout.meetings.bodies import Registry
from readout.meetings.holders import OfficeHolders
from readout.meetings.lexicon import Lexicon
from readout.meetings.places import Gazetteer
from readout.model import Article, LanguageCode

# How much of a text shows its script.
_SCRIPT_SAMPLE = 2000


@dataclass(frozen=True, slots=True)
class Weights:
    """How much each signal says, and what a reader is `said` of it. Their sum goes through the logistic function."""

    threshold: float
    signals: Mapping[str, float]
    against: Mapping[str, float]
    ranks: tuple[float, ...]
    said: Mapping[str, str]

    @classmethod
    def from_mapping(cls, data: Mapping[str, Any]) -> Weights:
        """The weights of a parsed file. Raises KeyError or ValueError saying what is wrong."""
        return cls(
            threshold=float(data["threshold"]),
            signals={name: float(weight) for name, weight in data["signals"].items()},
            against={name: float(weight) for name, weight in data["against"].items()},
            ranks=tuple(map(float, data["ranks"])),
            said=dict(data["said"]),
        )

    def at_rank(self, rank: int | None) -> float:
        """How much a sentence of this rank counts (see `readout.meetings.sense.Sense`)."""
        return 0.0 if rank is None else self.ranks[min(rank, len(self.ranks) - 1)]


@dataclass(frozen=True, slots=True)
class Knowledge:
    """Lexicons by language, the registry of bodies, the gazetteer, the office holders, the weights of signals."""

    lexicons: Mapping[LanguageCode, Lexicon]
    bodies: Registry
    places: Gazetteer
    holders: OfficeHolders
    weights: Weights

    @property
    def topics(self) -> frozenset[str]:
        """The ids of all topics that any lexicon knows words for."""
        return frozenset[str]().union(*(lexicon.topics for lexicon in self.lexicons.values()))

    def lexicon_for(self, article: Article) -> Lexicon:
        """The lexicon to read `article` with: its language's, else one that stands in, else one of its script."""
        language = article.language or LanguageCode("")
        base = LanguageCode(language.split("-")[0])
        exact = self.lexicons.get(language) or self.lexicons.get(base)
        return exact or self._stand_in(base) or self._of_script((article.title or "") + article.text[:_SCRIPT_SAMPLE])

    def _stand_in(self, language: LanguageCode) -> Lexicon | None:
        return next((lexicon for lexicon in self.lexicons.values() if language in lexicon.stands_in_for), None)

    def _of_script(self, text: str) -> Lexicon:
        cyrillic = sum("\u0400" <= letter <= "\u04ff" for letter in text)
        script = "Cyrl" if cyrillic * 2 > sum(letter.isalpha() for letter in text) else "Latn"
        first = next(iter(self.lexicons.values()))
        preferred = [lexicon for code in ("en", "ru") if (lexicon := self.lexicons.get(LanguageCode(code)))]
        return next((lexicon for lexicon in (*preferred, *self.lexicons.values()) if lexicon.script == script), first)
