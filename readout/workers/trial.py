"""A crawl for looking: everything as in a real one, into a database that is thrown away.

It must not change what is stored, and runs once a process: a reactor cannot be started again.
"""

from __future__ import annotations

import logging
import tempfile
import time
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from scrapy.crawler import AsyncCrawlerProcess

from readout.config import Config, Database
from readout.discovery import Validators
from readout.error import ReadoutError
from readout.finding import Reading, Rejected
from readout.intake import DueLink
from readout.logs import configure_logs
from readout.model import Link, Outcome, OutcomeKind, Page, Source, SourceId, SourceKind
from readout.services import Services, open_services
from readout.storage.database import is_there, open_database
from readout.storage.hosts import set_wait, waits
from readout.trouble import Heard
from readout.workers.crawl import Crawl, utc_now
from readout.workers.project import project_settings

_ARTICLES = 3  # enough to see whether a source is described rightly
_BY_HAND = "by hand"


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One thing that was tried: what, whether it went well, what came of it, after how many seconds."""

    step: str
    ok: bool
    said: str
    seconds: float


class Trial(Crawl):
    """A crawl that remembers what it saw: `steps` in order, and what was read of each URL in `readings`."""

    def __init__(self, services: Services, source: Source) -> None:
        super().__init__(services, source)
        self.steps: list[Step] = []
        self.readings: dict[str, Reading | Rejected] = {}
        self._clock = time.monotonic()

    async def due_links(self, limit: int) -> list[DueLink]:
        """A few of them."""
        return await super().due_links(min(limit, _ARTICLES))

    async def take_links(self, place: str, found: Sequence[Link], validators: Validators) -> None:
        """Note how many were found."""
        await super().take_links(place, found, validators)
        dated = sum(link.published is not None for link in found)
        self._note(place, bool(found), f"{len(found)} articles listed, {dated} of them with a date")

    def note_error(self, place: str, reason: str, heard: Heard) -> None:
        """Note what was wrong with a place of discovery."""
        super().note_error(place, reason, heard)
        self._note(place, False, reason)

    async def read(self, due: DueLink, page: Page) -> Reading | Rejected:
        """Note what was read."""
        reading = await super().read(due, page)
        self.readings[due.url] = reading
        if isinstance(reading, Reading):
            self._note(due.url, True, _in_words(reading))
        return reading

    async def settle(self, due: DueLink, outcome: Outcome, page: Page | None = None, *, is_gone: bool = False) -> None:
        """Note why a page was not taken."""
        await super().settle(due, outcome, page, is_gone=is_gone)
        self.readings.setdefault(due.url, Rejected(outcome=outcome.kind, reason=outcome.reason))
        self._note(due.url, False, f"{outcome.kind}: {outcome.reason}")

    def _note(self, step: str, ok: bool, said: str) -> None:
        now = time.monotonic()
        self.steps.append(Step(step=step, ok=ok, said=said, seconds=round(now - self._clock, 3)))
        self._clock = now


def _in_words(reading: Reading) -> str:
    article, found = reading.article, reading.recognition
    day = f"{article.published_day} ({article.published_from})" if article.published_day else "no date"
    verdict = "a meeting report" if found.is_report else "no meeting report"
    return (
        f"“{article.title}”, {day}, {article.language}, {len(article.text)} characters: {verdict} ({found.score:.2f})"
    )


def try_source(source: Source, config: Config) -> list[Step]:
    """Ask a source's site as a crawl does: its places of discovery, then a few articles."""
    return _run(source, config, ()).steps


def try_page(url: str, config: Config) -> Reading | Rejected:
    """Fetch `url` as a crawl does, robots.txt and address guard included, and read it. Raises ReadoutError."""
    source = Source(
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
    trial = _run(source, config, (Link(url=url),))
    if not trial.readings:
        return Rejected(outcome=OutcomeKind.FAILED, reason="the host asked to be left alone, or gave no robots.txt")
    return next(iter(trial.readings.values()))


def _run(source: Source, config: Config, links: Sequence[Link]) -> Trial:
    configure_logs()
    logging.disable(logging.CRITICAL)  # a trial says itself what it saw
    with tempfile.TemporaryDirectory(prefix="readout-trial-") as folder:
        scratch = config.model_copy(update={"database": Database(url=f"sqlite:///{Path(folder) / 'trial.db'}")})
        services = open_services(scratch)
        try:
            _hand_on_waits(config, services)
            if links:
                services.intake.take_links(source, _BY_HAND, links, Validators(), now=utc_now())
            trial = Trial(services, source)
            _crawl(trial, scratch)
            return trial
        finally:
            services.close()


def _hand_on_waits(config: Config, services: Services) -> None:
    """What hosts asked for in crawls that are stored is heeded here too."""
    if not is_there(config.database.url):
        return
    with closing(open_database(config.database.url, create=False)) as stored, stored.read() as connection:
        asked = waits(connection, now=utc_now())
    with services.database.write() as connection:
        for host, until in asked.items():
            set_wait(connection, host, until)


def _crawl(trial: Trial, config: Config) -> None:
    settings = project_settings()
    settings.set("READOUT_CONFIG", config, priority="cmdline")
    process = AsyncCrawlerProcess(settings)
    failures: list[BaseException] = []

    def note(task: Any) -> None:
        if not task.cancelled() and task.exception():
            failures.append(task.exception())

    process.crawl("site", crawl=trial).add_done_callback(note)
    process.start(install_signal_handlers=True)
    if failures:
        raise ReadoutError(f"the crawl could not be run: {failures[0]}") from failures[0]
