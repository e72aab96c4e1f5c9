"""Crawl, back up, crawl on, lose it, restore, crawl: nothing is lost, the newer is found again, no alert twice."""

from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from readout.config import Config
from readout.demo.server import Answer, SiteServer
from readout.demo.sink import MailSink
from readout.model import AlertState
from readout.outbox import deliver
from readout.storage import watches
from readout.storage.alerts import list_alerts
from readout.storage.backup import back_up, restore
from readout.storage.database import open_database
from readout.storage.lock import data_lock, mending_lock
from readout.storage.soundness import examine
from readout.workers.clock import utc_now
from tests.sites import configure, crawls, feed, outcomes, source

pytestmark = pytest.mark.in_file

CITIES = {51: "Astana", 52: "Bishkek", 53: "Dushanbe", 54: "Minsk"}


def told_of(session: int, at: datetime) -> Answer:
    """A page that tells of a session of that day."""
    title = f"{CITIES[session]} hosts session {session} of security chiefs"
    told = (
        f"<p>The {session}th session of the Council of Heads of Security Agencies and Special Services of the CIS was "
        f"held in {CITIES[session]} on {at:%-d %B %Y}. The director of the State Security Service took part in it.</p>"
        "<p>The participants discussed joint work against terrorism, drug trafficking and cybercrime.</p>"
    )
    return Answer.of(
        f"<!DOCTYPE html><html lang=en><head><title>{title}</title>"
        f'<meta property="article:published_time" content="{at.isoformat(timespec="seconds")}"></head>'
        f"<body><article><h1>{title}</h1>{told}</article></body></html>"
    )


class House:
    """A site that reports meetings, and somebody who is mailed of each."""

    def __init__(self, folder: Path, web: SiteServer, sink: MailSink) -> None:
        self.folder, self.web, self.sink = folder, web, sink
        config = configure(folder, source("apa", web.url("apa"), {"type": "feed", "url": web.url("apa", "/rss")}))
        mail = config.mail.model_copy(update={"host": sink.host, "port": sink.port, "security": "none"})
        self.config: Config = config.model_copy(update={"mail": mail})

    def publish(self, **sessions: datetime) -> None:
        """The site as it is then: a feed of reports of sessions (`s51`), and when each came out."""
        told = {f"/news/{name}": told_of(int(name[1:]), at) for name, at in sessions.items()}
        self.web.host("apa", {"/rss": feed(*(self.web.url("apa", path) for path in told)), **told})

    @contextmanager
    def open(self) -> Iterator[Callable[[], None]]:
        """What crawls and sends, as often as it is called, by one crawl process."""
        with data_lock(self.folder, self.config.database.url), crawls(self.config) as crawl:

            def crawl_and_send() -> None:
                assert [end.error for end in crawl()] == [None]
                with closing(open_database(self.config.database.url, create=False)) as database:
                    deliver(database, self.config, now=utc_now)

            yield crawl_and_send


def test_crawl_back_up_crawl_on_lose_it_restore_and_crawl(tmp_path):
    at = datetime.now(UTC) - timedelta(hours=3)
    with SiteServer("apa") as web, MailSink() as sink:
        house = House(tmp_path, web, sink)
        with closing(open_database(house.config.database.url, create=True)) as database, database.write() as connection:
            watches.add_watch(connection, name="all", recipients=["a@example.org"], channel="email", now=utc_now())
        with house.open() as crawl_and_send:
            house.publish(s51=at, s52=at)
            crawl_and_send()
            back_up(house.config.database.url, tmp_path / "backup.db", now=utc_now())
            house.publish(s51=at, s52=at, s53=at)
            crawl_and_send()
        assert len(sink.received) == 3

        (tmp_path / "readout.db").write_bytes(b"\xa5" * 100_000)
        with mending_lock(tmp_path, house.config.database.url, replaces=True):
            restore(house.config.database.url, tmp_path / "backup.db", now=utc_now())
        assert set(outcomes(house.config)) == {"/news/s51", "/news/s52"}
        with house.open() as crawl_and_send:
            crawl_and_send()
            assert set(outcomes(house.config)) == {"/news/s51", "/news/s52", "/news/s53"}
            assert len(sink.received) == 3, "the third was told of before"
            with closing(open_database(house.config.database.url, create=False)) as store, store.read() as connection:
                (doubtful,) = list_alerts(connection, states=(AlertState.DOUBTFUL,))
            assert (doubtful.answer or "").startswith("restored from a backup of 20")
            house.publish(s51=at, s52=at, s53=at, s54=datetime.now(UTC) + timedelta(seconds=1))
            crawl_and_send()
            assert len(sink.received) == 4, "what comes out afterwards is told at once"
    assert examine(tmp_path / "readout.db").is_sound
