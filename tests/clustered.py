"""A cluster as tests and the bench need it: a PostgreSQL server, sites that report meetings, schedulers and workers as
processes of their own, and what came of it all."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random
from time import monotonic, sleep
from typing import Any

from sqlalchemy import text

from readout.demo.server import Answer, Asked, SiteServer
from readout.demo.sink import MailSink
from readout.model import AlertState
from readout.storage.database import open_database
from tests import postgres
from tests.owed import watch_all
from tests.sites import LOOPBACK, RSS, source

ROOT = Path(__file__).parents[1]
PATIENCE_S = 90.0
_LOOKS_S = 0.1
# With nine days no two sessions of 333 meet in one city on one day, which would rightly be told of as one meeting.
_CITIES = (
    *("Astana", "Minsk", "Dushanbe", "Baku", "Tashkent", "Yerevan", "Bishkek", "Samarkand", "Almaty", "Gomel"),
    *("Moscow", "Kazan", "Sochi", "Brest", "Vitebsk", "Khujand", "Ganja", "Gyumri", "Osh", "Bukhara", "Shymkent"),
    *("Ashgabat", "Chisinau", "Tbilisi", "Vienna", "Geneva", "Istanbul", "Ankara", "Tehran", "Beijing", "Belgrade"),
    *("Budapest", "Sofia", "Rome", "Paris", "London", "Prague"),
)
_WORDINGS = (
    """The {number}th session of the Council of Heads of Security Agencies and Special Services of the CIS was held in
    {city} on {day}. The heads of delegations discussed the fight against terrorism and cross-border crime in the region
    numbered {number} of their programme, and signed a joint statement on the exchange of information.""",
    """Delegations of ten countries took part in the {number}th session of the Council of Heads of Security Agencies and
    Special Services, which took place in {city} on {day}, the ministry reports. A plan of common exercises, the paper
    {number} of the council, was approved; the participants were received by the president of the host country.""",
)
_OTHER = """the harvest of wheat and barley grew by a tenth while prices in the shops of the province fell and rain
flooded several roads near an old bridge where workers repaired power lines until late evening before a museum
opened its new hall with paintings by pupils of three schools after two years of building"""


def ordinal_day(number: int) -> datetime:
    """The day of the session of that number: within the last ten."""
    return datetime.now(UTC) - timedelta(days=1 + number % 9)


@dataclass
class Web:
    """Sites in pairs, each of which reports one session a round in its own words, on each of its `pages_a_round`; on
    `other_pages` a round it tells of no meeting. `latency_s`: before every answer.
    Not served, they are named alone."""

    server: SiteServer
    names: Sequence[str]
    latency_s: float = 0.0
    pages_a_round: int = 1
    other_pages: int = 0
    is_served: bool = True
    round: int = 0

    def url(self, name: str, path: str = "/") -> str:
        """Of a page of a site, be it served or not."""
        return self.server.url(name, path) if self.is_served else f"http://{name}.example{path}"

    def publish(self) -> None:
        """One more round: each site's feed names its new pages before those of the rounds before."""
        self.round += 1
        for place, name in enumerate(self.names):
            pages = {path: body for rnd in range(1, self.round + 1) for path, body in self._pages(place, rnd)}
            items = "".join(
                f"<item><title>{path}</title><link>{self.url(name, path)}</link></item>" for path in reversed(pages)
            )
            listing = Answer.of(f'<rss version="2.0"><channel><title>{name}</title>{items}</channel></rss>', RSS)
            content = {"/rss": listing, **pages}
            self.server.host(name, {path: self._late(answer) for path, answer in content.items()})

    def number(self, place: int, rnd: int, page: int = 0) -> int:
        """Of the session that the site at `place` reports on that page of that round."""
        return 100 + ((rnd - 1) * self.pages_a_round + page) * (len(self.names) // 2) + place // 2

    def urls(self) -> set[str]:
        """Every article so far."""
        return {
            self.url(name, path)
            for place, name in enumerate(self.names)
            for rnd in range(1, self.round + 1)
            for path, _ in self._pages(place, rnd)
        }

    @property
    def meetings(self) -> int:
        """How many were held so far."""
        return len(self.names) // 2 * self.round * self.pages_a_round

    def _pages(self, place: int, rnd: int) -> Iterator[tuple[str, Answer]]:
        for page in range(self.pages_a_round):
            number = self.number(place, rnd, page)
            day, city = ordinal_day(number), _CITIES[number % len(_CITIES)]
            words = _WORDINGS[place % 2].format(number=number, city=city, day=f"{day:%-d %B %Y}")
            head = f"Security chiefs meet in {city}: session {number}"
            yield f"/news/{rnd}-{number}", _article(head, words, words.replace("session", "meeting"))
        for page in range(self.other_pages):
            dice = Random(f"{place} {rnd} {page}")
            told = (dice.choices(_OTHER.split(), k=length) for length in (8, 60, 60))
            yield f"/news/{rnd}-other-{page}", _article(*(" ".join(words).capitalize() + "." for words in told))

    def _late(self, answer: Answer) -> Answer | Callable[[Asked], Answer]:
        def later(_: Asked) -> Answer:
            sleep(self.latency_s)
            return answer

        return later if self.latency_s else answer


def _article(head: str, *paragraphs: str) -> Answer:
    body = "".join(f"<p>{paragraph}</p>" for paragraph in paragraphs)
    title = f"<!DOCTYPE html><html lang=en><head><title>{head}</title></head>"
    return Answer.of(f"{title}<body><article><h1>{head}</h1>{body}</article></body></html>")


@dataclass
class Cluster:
    """Processes over one database. Each worker says in its User-Agent which it is."""

    folder: Path
    server: postgres.Server
    web: Web
    mail: MailSink
    seats: int = 4
    house: ExitStack = field(default_factory=ExitStack)
    processes: list[subprocess.Popen[bytes]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.url = self.server.url("cluster")
        self.server.make("cluster")
        catalogue = self.folder / "sources"
        catalogue.mkdir()
        for name in self.web.names:
            home = self.web.url(name)
            fields = source(name, home, {"type": "feed", "url": self.web.url(name, "/rss")}, interval="1h")
            lines = "".join(f"{key} = {_toml(value)}\n" for key, value in fields.items())
            (catalogue / f"{name}.toml").write_text(f"[[source]]\n{lines}", encoding="utf-8")
        self.config = self.folder / "readout.toml"
        self.config.write_text(
            f'workers = "cluster"\ndata_dir = "."\nsources = ["sources"]\n[database]\nurl = "{self.url}"\n'
            f"[crawl]\nper_host_delay = 0\nadaptive = false\nconcurrency = {self.seats}\n"
            f"allow_networks = {_toml(LOOPBACK)}\n[read]\nprocesses = 1\n"
            f'[mail]\nhost = "127.0.0.1"\nport = {self.mail.port}\nsecurity = "none"\n'
            "[alerts]\nflood_per_hour = 100000\n"
        )
        with closing(open_database(self.url, create=True)) as database:
            watch_all(database, "desk@example.org")

    def begin(self, *command: str, name: str) -> subprocess.Popen[bytes]:
        """A process of the cluster, its log beside the others."""
        log = self.house.enter_context((self.folder / f"{name}.log").open("ab"))
        process = subprocess.Popen(
            [sys.executable, "-m", "readout", "--config", str(self.config), *command],
            cwd=self.folder,
            env=os.environ
            | {
                "PYTHONPATH": str(ROOT),
                "READOUT_CRAWL__USER_AGENT": f"Readout-{name}",
                "READOUT_WEB__PORT": _free_port(),
            },
            stderr=log,
            stdout=log,
            start_new_session=True,
        )
        self.processes.append(process)
        return process

    def scheduler(self, name: str = "scheduler") -> subprocess.Popen[bytes]:
        """`readout run`."""
        return self.begin("run", name=name)

    def worker(self, name: str) -> subprocess.Popen[bytes]:
        """`readout worker`."""
        return self.begin("worker", name=name)

    def kill(self, process: subprocess.Popen[bytes]) -> None:
        """By signal 9: nobody is told. Its crawl process notices, and ends by itself."""
        process.kill()
        process.wait()

    def close(self) -> None:
        """Kill whoever lives."""
        for process in self.processes:
            if process.poll() is None:
                self.kill(process)
        self.house.close()

    def ask(self, statement: str, **values: Any) -> list[tuple[Any, ...]]:
        """What the database answers."""
        with closing(open_database(self.url, create=False)) as database, database.read() as connection:
            return [tuple(row) for row in connection.execute(text(statement), values)]

    def spread_due(self, interval: timedelta) -> None:
        """Let the sources be due one after the other within `interval`, from now on."""
        with closing(open_database(self.url, create=False)) as database, database.write() as connection:
            connection.execute(
                text("UPDATE source SET next_due = now() + random() * make_interval(secs => :seconds)"),
                {"seconds": interval.total_seconds()},
            )

    def make_due(self) -> None:
        """Let every source be asked again."""
        with closing(open_database(self.url, create=False)) as database, database.write() as connection:
            connection.execute(text("UPDATE source SET next_due = now() WHERE lease_owner IS NULL"))

    def until(self, is_so: Callable[[], bool], *, patience_s: float = PATIENCE_S) -> float:
        """Wait until it is so; after how many seconds."""
        began = monotonic()
        while not is_so():
            if monotonic() - began > patience_s:
                raise AssertionError(f"not so after {patience_s} s: {self.said()}")
            sleep(_LOOKS_S)
        return monotonic() - began

    def settled(self) -> set[str]:
        """The pages that were read, whatever they tell of."""
        return {url for (url,) in self.ask("SELECT url FROM link WHERE outcome IS NOT NULL")}

    def stored(self) -> set[str]:
        """The articles that were read."""
        return {url for (url,) in self.ask("SELECT url FROM article")}

    def said(self) -> str:
        """The ends of the logs."""
        logs = sorted(self.folder.glob("*.log"))
        return "\n".join(f"--- {log.name}\n{log.read_text(errors='replace')[-1500:]}" for log in logs)

    def faults(self) -> list[str]:
        """What must not be: something lost, two meetings for one, two alerts for one, two workers at one site."""
        missing = self.web.urls() - self.stored()
        found = [f"{len(missing)} articles lost: {sorted(missing)[:3]}"] if missing else []
        ((meetings,),) = self.ask("SELECT count(*) FROM meeting WHERE merged_into IS NULL")
        if meetings != self.web.meetings:
            found.append(f"{meetings} meetings where {self.web.meetings} were held")
        alerts = dict(self.ask("SELECT meeting_id, count(*) FROM alert GROUP BY meeting_id"))
        found += [f"{count} alerts of meeting {meeting}" for meeting, count in alerts.items() if count != 1]
        unsent = self.ask("SELECT count(*) FROM alert WHERE state <> :sent", sent=AlertState.ACCEPTED.value)
        found += [f"{len(alerts)} meetings were told of"] if len(alerts) != self.web.meetings else []
        found += [f"{unsent[0][0]} alerts did not leave"] if unsent[0][0] else []
        return found + overlaps(self.web)


def overlaps(web: Web) -> list[str]:
    """Where two workers were at one site at a time: one asked between two requests of another, or beside it."""
    found = [f"{name}: two requests at once" for name in web.names if web.server.most_at_once(name) > 1]
    by_site = defaultdict(list)
    for asked in web.server.log():
        by_site[asked.site].append(asked.headers.get("user-agent", ""))
    for site, agents in by_site.items():
        turns = [agent for before, agent in zip([None, *agents], agents, strict=False) if agent != before]
        found += [f"{site}: {turns}"] if len(turns) != len(set(turns)) and _is_interleaved(web, site) else []
    return found


def _is_interleaved(web: Web, site: str) -> bool:
    """Whether somebody went on with a crawl that another had begun: each crawl begins with the feed."""
    last: str | None = None
    for asked in web.server.log(site):
        agent = asked.headers.get("user-agent", "")
        if agent != last and not asked.path.startswith(("/rss", "/robots.txt")):
            return True
        last = agent
    return False


@contextmanager
def cluster(
    folder: Path,
    sites: int,
    *,
    seats: int = 4,
    durable: bool = False,
    **of_the_sites: Any,
) -> Iterator[Cluster]:
    """One over so many sites, as `Web` has them; nobody works yet. `durable`: PostgreSQL waits for the disk, as a real
    one does."""
    names = [f"site{number:05}" for number in range(sites)]
    more = "fsync = on\nsynchronous_commit = on\nfull_page_writes = on\n" if durable else ""
    with (
        postgres.server(more=more) as server,
        SiteServer(*names if of_the_sites.get("is_served", True) else ()) as web,
        MailSink() as mail,
        closing(Cluster(folder, server, Web(web, names, **of_the_sites), mail, seats)) as made,
    ):
        yield made


def _free_port() -> str:
    with socket.create_server(("127.0.0.1", 0)) as free:
        return str(free.getsockname()[1])


def _toml(value: Any) -> str:
    if isinstance(value, dict):
        return "{" + ", ".join(f"{name} = {_toml(inner)}" for name, inner in value.items()) + "}"
    if isinstance(value, list | tuple):
        return "[" + ", ".join(map(_toml, value)) + "]"
    return repr(value) if isinstance(value, int | float) else f'"{value}"'.replace("\\", "\\\\")
