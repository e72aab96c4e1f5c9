"""A crawl for looking: everything as in a real one, into a database that is thrown away.

It must not change what is stored, and runs once a process: a reactor cannot be started again.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import ClassVar

from readout.condition import Heard
from readout.config import Config
from readout.discovery import Discovery, PageWatch
from readout.finding import Reading, Rejected
from readout.found_links import Find, Taken
from readout.intake import DueLink
from readout.model import Link, Outcome, OutcomeKind, Page, Source, SourceId, SourceKind
from readout.services import Services
from readout.workers.clock import utc_now
from readout.workers.crawl import Crawl, Purpose
from readout.workers.scratch import crawl_in_scratch
from readout.workers.trial_step import (
    PlaceSeen,
    RobotsSaid,
    Step,
    article_step,
    hints,
    place_step,
    robots_step,
    summary_step,
)

_ARTICLES = 3  # enough to see whether a source is described rightly
_ALL = 10_000
_BY_HAND = "by hand"
_IN_VAIN = "the host asked to be left alone, or gave no robots.txt"


@dataclass(frozen=True, slots=True, kw_only=True)
class ArticleSeen:
    """An article that was asked for; `page` is None where none came."""

    due: DueLink
    page: Page | None
    reading: Reading | Rejected


class Trial(Crawl):
    """A crawl that remembers what it saw. At most `most` articles are read: the newest, or those of `links` alone.

    `bare`: an article is read by its page alone, without what the place said of it.
    """

    purpose: ClassVar[Purpose] = Purpose.TRIAL

    def __init__(
        self,
        services: Services,
        source: Source,
        *,
        links: Sequence[Link] = (),
        most: int = _ARTICLES,
        bare: bool = False,
    ) -> None:
        super().__init__(services, source)
        self.articles: list[ArticleSeen] = []
        self.places: list[PlaceSeen] = []
        self._only = {link.url for link in links}
        self._most = most
        self._bare = bare
        self._robots: list[Step] = []
        self._places: list[Step] = []
        self._articles: list[Step] = []
        self._begun = self._clock = time.monotonic()
        if links:
            services.intake.take_links(source, Find(url=_BY_HAND, links=links), now=utc_now())

    @property
    def steps(self) -> list[Step]:
        """All that was tried, in the order in which a person looks at it, the summary last."""
        steps = [*self._robots, *self._places, *self._articles]
        seconds = round(time.monotonic() - self._begun, 3)
        return [*steps, summary_step(self.source, steps, hints(self.source, steps), seconds)]

    # --- what the explorer tells ------------------------------------------------------------------------------------

    def note_robots(self, said: RobotsSaid, seconds: float) -> None:
        """Note what a host's robots.txt says, which took so many seconds to have."""
        self._robots.append(robots_step(said, self.source, round(seconds, 3)))

    def links(self) -> list[str]:
        """The addresses of the articles that were found, those of the first place first."""
        return [url for seen in self.places for url in seen.links]

    def since_last(self) -> float:
        """Seconds since this was last asked."""
        now = time.monotonic()
        passed, self._clock = now - self._clock, now
        return round(passed, 3)

    def begin_place(self, place: Discovery) -> None:
        """Note that a place is looked at."""
        self.places.append(PlaceSeen(place=place))

    def note_page(self, page: Page) -> None:
        """Note a page of the place that is looked at."""
        if self.places:
            self.places[-1].pages.append(page)

    def end_place(self) -> None:
        """Note that all of a place was seen."""
        self._places.append(place_step(self.places[-1], self.since_last()))

    # --- what every crawl is told -----------------------------------------------------------------------------------

    async def due_links(self, limit: int) -> list[DueLink]:
        """A few of them: the newest by the dates of their places, the first found of those without."""
        due = await super().due_links(_ALL)
        wanted = [each for each in due if each.url in self._only] if self._only else _newest_first(due)
        return wanted[: min(limit, self._most)]

    async def take_links(self, find: Find) -> Taken:
        """Note what was found."""
        taken = await super().take_links(find)
        if self.places:
            seen = self.places[-1]
            seen.links |= {link.url: link for link in find.links}
            seen.by_page[find.url] = tuple(find.links)
        return taken

    def note_error(self, place: str, reason: str, heard: Heard) -> None:
        """Note what was wrong with a place of discovery; what is wrong with all of them, before any was asked, too."""
        super().note_error(place, reason, heard)
        seen = next((seen for seen in reversed(self.places) if seen.place.url == place), None)
        if seen is None:
            self._note_fault(place, reason, heard)
            return
        was_over = len(self._places) == len(self.places)
        seen.wrong, seen.heard = reason, heard
        if was_over:  # a place is called empty only once all are known to be
            self._places[self.places.index(seen)] = place_step(seen, self._places[self.places.index(seen)].seconds)

    async def read(self, due: DueLink, page: Page) -> Reading | Rejected:
        """Note what was read."""
        link = Link(url=due.url) if self._bare else due.link
        reading = await super().read(replace(due, link=link), page)
        self._note_article(due, page, reading)
        return reading

    async def settle(
        self,
        due: DueLink,
        outcome: Outcome,
        page: Page | None = None,
        *,
        is_gone: bool = False,
        is_tried: bool = True,
    ) -> None:
        """Note why a page was not taken."""
        await super().settle(due, outcome, page, is_gone=is_gone, is_tried=is_tried)
        if all(seen.due.url != due.url for seen in self.articles):
            self._note_article(due, page, Rejected(outcome=outcome.kind, reason=outcome.reason))

    def _note_article(self, due: DueLink, page: Page | None, reading: Reading | Rejected) -> None:
        self.articles.append(ArticleSeen(due=due, page=page, reading=reading))
        self._articles.append(article_step(due.url, page, reading, self.since_last()))

    def _note_fault(self, place: str, reason: str, heard: Heard) -> None:
        seen = PlaceSeen(place=PageWatch(url=place), wrong=reason, heard=heard)
        self._places.append(place_step(seen, self.since_last()))
        self.places.append(seen)


def _newest_first(due: Sequence[DueLink]) -> list[DueLink]:
    """Sorted is stable: among those without a date the first found comes first."""
    return sorted(due, key=lambda each: each.link.published.timestamp() if each.link.published else 0, reverse=True)


def try_source(source: Source, config: Config) -> list[Step]:
    """Ask a source's site as a crawl does: robots.txt, its places of discovery, then a few articles."""
    return crawl_in_scratch(config, lambda services: Trial(services, source)).steps


def try_article(source: Source, config: Config, url: str | None) -> Trial:
    """Ask a source's site as a crawl does, and read one article by its page alone: that at `url`, or the newest.

    Raises ReadoutError."""
    links = (Link(url=url),) if url else ()
    return crawl_in_scratch(config, lambda services: Trial(services, source, links=links, most=1, bare=True))


def try_page(url: str, config: Config) -> Reading | Rejected:
    """Fetch `url` as a crawl does, robots.txt and address guard included, and read it. Raises ReadoutError."""
    trial = crawl_in_scratch(config, lambda services: Trial(services, stranger(url), links=(Link(url=url),)))
    if not trial.articles:
        return Rejected(outcome=OutcomeKind.FAILED, reason=_IN_VAIN)
    return trial.articles[0].reading


def stranger(url: str) -> Source:
    """A source of which nothing is known but an address."""
    return Source(
        id=SourceId("trial"),
        name="trial",
        kind=SourceKind.NEWSPAPER,
        country="",
        languages=(),
        timezone="UTC",
        home=url,
        article="",
        discover=(),
    )
