"""How a crawl looks that is made to see whether a source works: as any other, but it tells what it sees on the way.

It must not store anything or visit an article.
"""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Awaitable, Callable
from urllib.parse import urlsplit

from readout.discovery import Discovery, Validators
from readout.model import Page
from readout.workers.crawl import Crawl
from readout.workers.trial import Trial
from readout.workers.trial_step import RobotsSaid

from .explore import Ask, Explorer
from .robots import Rules

RulesFor = Callable[[str], Awaitable[Rules]]


class TrialExplorer(Explorer):
    """The looking of a trial. `rules_for` says what the robots.txt of an address's host allows."""

    def __init__(self, crawl: Crawl, ask: Ask, requests_left: Callable[[], int], rules_for: RulesFor) -> None:
        assert isinstance(crawl, Trial)
        super().__init__(crawl, self._noting(ask), requests_left)
        self._trial = crawl
        self._rules_for = rules_for

    async def look(self) -> bool:
        """Every place, and what robots.txt says of them, of home and of an article."""
        if not self._source.discover:
            return await super().look()
        urls = [self._source.home, *(place.url for place in self._source.discover)]
        took = {url: await self._seconds_for(url) for url in urls if "{" not in urlsplit(url).netloc}
        is_heard = await super().look()
        urls += list(self._trial.links())[:1]
        by_host: defaultdict[str, list[str]] = defaultdict(list)
        for url in dict.fromkeys(urls):
            by_host[urlsplit(url).netloc].append(url)
        for host, asked in by_host.items():
            said = said_of(host, asked, await self._rules_for(asked[0]))
            self._trial.note_robots(said, sum(took.get(url, 0) for url in asked))
        return is_heard

    async def _discover(self, place: Discovery) -> bool:
        self._trial.begin_place(place)
        is_heard = await super()._discover(place)
        self._trial.end_place()
        return is_heard

    async def _seconds_for(self, url: str) -> float:
        """How long it took to have the robots.txt of the host of `url`."""
        begun = time.monotonic()
        await self._rules_for(url)
        self._trial.since_last()  # it is no part of what is tried next
        return time.monotonic() - begun

    def _noting(self, ask: Ask) -> Ask:
        async def noted(url: str, validators: Validators, *, renders: bool, keep: bool) -> Page | None:
            page = await ask(url, validators, renders=renders, keep=keep)
            if page is not None:
                self._trial.note_page(page)
            return page

        return noted


def said_of(host: str, urls: list[str], rules: Rules) -> RobotsSaid:
    """What the rules of `host` say of `urls`."""
    allowed = tuple(url for url in urls if rules.allows(url))
    return RobotsSaid(
        host=host,
        allowed=allowed,
        forbidden=tuple(url for url in urls if url not in allowed),
        crawl_delay=rules.crawl_delay,
        refusal=rules.refusal,
    )
