"""What a crawl sees of a site as it goes: the articles it reads, the links each place gives, the lines that break.

It must not judge any of it: `readout.diagnosis` does.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from statistics import median

from readout.articles.template import merge
from readout.condition import Seen
from readout.finding import Reading

_MOST_PLACES = 50  # whose yields are kept
_MOST_RULES = 20


@dataclass(slots=True)
class Sight:
    """The sight of one crawl, as it grows. `waiting`: see `Seen`."""

    _lengths: list[int] = field(default_factory=list)
    _titled: int = 0
    _dated: int = 0
    _templates: set[str] = field(default_factory=set)
    _missed_rules: Counter[str] = field(default_factory=Counter)
    _unanswered: int = 0
    _links: Counter[str] = field(default_factory=Counter)
    waiting: int = 0

    def note_reading(self, reading: Reading) -> None:
        """Note an article as it was read."""
        article = reading.article
        self._lengths.append(len(article.text))
        self._titled += article.title is not None
        self._dated += article.published is not None
        self._templates.add(reading.template)
        self._missed_rules.update(reading.missed_rules)

    def note_links(self, place: str, number: int) -> None:
        """Note how many links of articles a page of a place gave; of several, the one that gave most counts."""
        self._links[place] = max(number, self._links[place])

    def note_unanswered(self) -> None:
        """Note a page that was asked for and not answered at all."""
        self._unanswered += 1

    def seen(self) -> Seen | None:
        """All of it; None where nothing was seen."""
        if not (self._lengths or self._unanswered or self._links or self.waiting):
            return None
        return Seen(
            articles=len(self._lengths),
            titled=self._titled,
            dated=self._dated,
            characters=round(median(self._lengths)) if self._lengths else 0,
            template=merge(sorted(self._templates)),
            missed_rules=dict(self._missed_rules.most_common(_MOST_RULES)),
            unanswered=self._unanswered,
            waiting=self.waiting,
            links=dict(self._links.most_common(_MOST_PLACES)),
        )
