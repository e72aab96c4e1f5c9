"""The steps of a page, and the fence around each."""

from dataclasses import replace
from datetime import UTC, datetime
from types import SimpleNamespace

import pytest
from scrapy.exceptions import DropItem

from pipelines import Read, SkipKnown, Take, Understood
from readout.finding import Rejected
from readout.found_links import Find
from readout.intake import Fetched
from readout.model import Link, OutcomeKind, Page, SourceId
from readout.services import open_services
from readout.workers.crawl import Crawl
from tests.sites import configure, fates, query, source

NOW = datetime(2025, 10, 16, tzinfo=UTC)
URL = "https://courier.example/news/1"


@pytest.fixture
def services(tmp_path):
    home = "https://courier.example/"
    config = configure(tmp_path, source("courier", home, {"type": "feed", "url": f"{home}rss"}))
    services = open_services(config, pool=False)
    yield services
    services.close()


@pytest.fixture
def crawl(services):
    return Crawl(services, services.sources[SourceId("courier")])


@pytest.fixture
async def fetched(services, crawl):
    await crawl.take_links(Find(url="https://courier.example/rss", links=[Link(url=URL)]))
    (due,) = await crawl.due_links(limit=10)
    page = Page(url=URL, final_url=URL, status=200, body=b"<p>Hello", content_type="text/html", fetched_at=NOW)
    return Fetched(source=crawl.source, due=due, page=page)


def step(kind, crawl):
    return kind.from_crawler(SimpleNamespace(spider=SimpleNamespace(crawl=crawl)))


class Faulty(Crawl):
    """A crawl whose readers and database have a bug."""

    async def is_known(self, due, page):
        raise ZeroDivisionError("division by zero")

    read = is_known

    async def take_page(self, due, page, reading):
        raise ZeroDivisionError("division by zero")


@pytest.mark.parametrize("kind", [SkipKnown, Read, Take])
async def test_what_breaks_is_the_pages_outcome(services, crawl, fetched, kind):
    item = Understood(fetched.due, fetched.page, None) if kind is Take else fetched
    with pytest.raises(DropItem, match="ZeroDivisionError: division by zero"):
        await step(kind, Faulty(services, crawl.source)).process_item(item)
    assert fates(services.config)["/news/1"] == ("failed", "reading it failed: ZeroDivisionError: division by zero")


async def test_the_same_bytes_need_no_reading(services, crawl, fetched):
    assert await step(SkipKnown, crawl).process_item(fetched) is fetched

    class Unreadable(Crawl):
        async def read(self, due, page):
            return Rejected(outcome=OutcomeKind.UNREADABLE, reason="two readers gave up on it")

    with pytest.raises(DropItem):
        await step(Read, Unreadable(services, crawl.source)).process_item(fetched)
    assert fates(services.config)["/news/1"] == ("unreadable", "two readers gave up on it")

    ((hash_,),) = query(services.config, "SELECT body_hash FROM link")
    again = replace(fetched, due=replace(fetched.due, body_hash=hash_))
    with pytest.raises(DropItem, match="the same bytes"):
        await step(SkipKnown, crawl).process_item(again)
    assert fates(services.config)["/news/1"][0] == "unreadable"
