"""The crawl process from inside: what it lets go."""

import gc
import weakref

from scrapy.settings import Settings

from readout.model import SourceId
from readout.services import open_services
from readout.workers import fleet
from readout.workers.fleet import Fleet
from tests.sites import configure, source


class Knot:
    """Something that only Python's collector can let go, as an error is whose frames hold it."""

    def __init__(self) -> None:
        self.itself = self


async def test_what_only_cycles_keep_is_let_go_after_each_crawl(tmp_path, monkeypatch):
    monkeypatch.setattr(fleet, "_install_guard", lambda _: None)  # nothing is fetched, and Twisted has no loop here
    place = {"type": "feed", "url": "http://127.0.0.1/rss"}
    services = open_services(configure(tmp_path, source("courier", "http://127.0.0.1", place)), pool=False)
    ended = []
    gc.disable()
    try:
        crawls = Fleet(services, Settings(), ended.append)
        for _ in range(2):
            knot = weakref.ref(Knot())
            crawls.begin(SourceId("courier"), None)
            await crawls.stop()  # before it has a seat
            assert knot() is None
    finally:
        gc.enable()
        services.close()
    assert [event.event for event in ended] == ["finished", "finished"]
