"""All hostile sites at once: served, crawled twice by the real command with a watch on everything, and what came of it.

A family of cases is a module with `CASES`; FAMILIES names them.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from readout.config import Config
from readout.demo.server import SiteServer
from readout.demo.sink import MailSink
from readout.logs import configure_logs
from readout.outbox import deliver
from readout.storage import watches
from readout.storage.database import open_database
from readout.workers.clock import utc_now
from tests.hostile import big, cut, endless, identity, markup, slow, walls, words
from tests.hostile.case import Case, Site
from tests.hostile.raw_site import HostileServer
from tests.sites import configure, crawls, query, source

FAMILIES = (big, cut, markup, slow, words, endless, identity, walls)
CASES: tuple[Case, ...] = tuple(case for family in FAMILIES for case in family.CASES)
READER = "analyst@example.org"


@dataclass(frozen=True, slots=True, kw_only=True)
class Harvest:
    """What two crawls of all hostile sites left behind."""

    config: Config
    server: SiteServer
    sites: dict[str, Site]
    mails: list[str]

    def fates(self, case: str) -> dict[str, tuple[str | None, str]]:
        """Each path of a case's site that became a link, with its outcome and reason."""
        rows = query(self.config, "SELECT url, outcome, reason FROM link WHERE source_id = ?", case)
        base = self.server.url(case, "")
        return {url.removeprefix(base): (outcome, reason or "") for url, outcome, reason in rows}

    def meetings(self, case: str) -> set[str]:
        """The paths of a case's site whose articles tell of a meeting."""
        rows = query(
            self.config,
            "SELECT DISTINCT link.url FROM link JOIN article ON article.link_id = link.id"
            " JOIN report ON report.article_id = article.id WHERE link.source_id = ?",
            case,
        )
        base = self.server.url(case, "")
        return {url.removeprefix(base) for (url,) in rows}


@contextmanager
def harvest(folder: Path, cases: Sequence[Case] = CASES, **crawl: Any) -> Iterator[Harvest]:
    """Serve `cases`, crawl them twice, deliver what is owed."""
    configure_logs("ERROR")
    names = [case.name for case in cases]
    with HostileServer(*names) as server, MailSink() as sink:
        sites = {case.name: case.build(lambda path, name=case.name: server.url(name, path)) for case in cases}
        for name, site in sites.items():
            server.host(name, site.content, site.later or site.content)
        config = configure(
            folder,
            *(source(name, server.url(name), *map(dict, site.discover), **site.fields) for name, site in sites.items()),
            **{"timeout": 3, "concurrency": 8} | crawl,
        )
        mail = config.mail.model_copy(update={"host": sink.host, "port": sink.port, "security": "none"})
        alerts = config.alerts.model_copy(update={"flood_per_hour": 10_000})
        read = config.read.model_copy(update={"cpu_s": 1.5})  # fifteen times what an ordinary page takes
        config = config.model_copy(update={"mail": mail, "alerts": alerts, "read": read})
        with closing(open_database(config.database.url, create=True)) as database:
            with database.write() as connection:
                watches.add_watch(connection, name="all", recipients=[READER], channel="email", now=utc_now())
            with crawls(config) as crawl_all:
                for phase in (1, 2):
                    server.set_phase(phase)
                    crawl_all()
            deliver(database, config, now=utc_now)
        yield Harvest(config=config, server=server, sites=sites, mails=[mail.text for mail in sink.received])
