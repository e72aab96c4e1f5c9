"""A crawl into a database that is thrown away.

It must not change what is stored, and runs once a process: a reactor cannot be started again.
"""

from __future__ import annotations

import logging
import tempfile
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any, TypeVar

from scrapy.crawler import AsyncCrawlerProcess

from readout.config import Archive, Config, Database
from readout.error import ReadoutError
from readout.logs import configure_logs
from readout.services import Services, open_services
from readout.storage.database import is_there, open_database
from readout.storage.hosts import set_wait, wait_reasons, waits
from readout.workers.clock import utc_now
from readout.workers.crawl import Crawl
from readout.workers.project import project_settings

_Made = TypeVar("_Made", bound=Crawl)


def crawl_in_scratch(config: Config, make: Callable[[Services], _Made]) -> _Made:
    """The crawl that `make` makes of the services, once it is over. Raises ReadoutError where it cannot be run."""
    configure_logs()
    logging.disable(logging.CRITICAL)  # such a crawl says itself what it saw
    with tempfile.TemporaryDirectory(prefix="readout-trial-") as folder:
        store = Database(url=f"sqlite:///{Path(folder) / 'trial.db'}")
        scratch = config.model_copy(update={"database": store, "archive": Archive(keep="none")})
        services = open_services(scratch)
        try:
            _hand_on_waits(config, services)
            crawl = make(services)
            _run(crawl, scratch)
            return crawl
        finally:
            services.close()


def _hand_on_waits(config: Config, services: Services) -> None:
    """What hosts asked for in crawls that are stored is heeded here too."""
    if not is_there(config.database.url):
        return
    with closing(open_database(config.database.url, create=False)) as stored, stored.read() as connection:
        now = utc_now()
        asked, reasons = waits(connection, now=now), wait_reasons(connection, now=now)
    with services.database.write() as connection:
        for host, until in asked.items():
            set_wait(connection, host, until, reasons[host])


def _run(crawl: Crawl, config: Config) -> None:
    settings = project_settings()
    settings.set("READOUT_CONFIG", config, priority="cmdline")
    process = AsyncCrawlerProcess(settings)
    failures: list[BaseException] = []

    def note(task: Any) -> None:
        if not task.cancelled() and task.exception():
            failures.append(task.exception())

    process.crawl("site", crawl=crawl).add_done_callback(note)
    process.start(install_signal_handlers=True)
    if failures:
        raise ReadoutError(f"the crawl could not be run: {failures[0]}") from failures[0]
