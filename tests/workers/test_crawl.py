"""One crawl, without the loop that fetches."""

import asyncio

import pytest

from readout.error import StorageError
from readout.services import open_services
from readout.workers.crawl import Crawl
from tests.sites import configure, source


@pytest.fixture
def config(tmp_path):
    place = {"type": "feed", "url": "http://courier.example/rss"}
    return configure(tmp_path, source("courier", "http://courier.example/", place))


@pytest.fixture
def services(config):
    services = open_services(config, pool=False)
    yield services
    services.close()


async def test_a_crawl_whose_end_cannot_be_written_down_has_ended(services):
    heard = []
    crawl = Crawl(services, services.sources["courier"], notify=heard.append)
    await crawl.begin()
    with services.database.write() as connection:
        connection.exec_driver_sql(
            "CREATE TRIGGER full BEFORE UPDATE ON crawl BEGIN SELECT raise(ABORT, 'disk is full'); END"
        )
    with pytest.raises(StorageError, match="make room"):
        await crawl.end("finished", requests=1)
    assert [event.event for event in heard] == ["started", "finished"]


async def test_who_ends_a_crawl_that_is_ending_waits_for_its_end(services):
    heard = []
    crawl = Crawl(services, services.sources["courier"], notify=heard.append)
    await crawl.begin()
    first = asyncio.ensure_future(crawl.end("finished", requests=1))
    await asyncio.sleep(0)
    await crawl.end("broken", requests=0)
    assert [event.reason for event in heard] == [None, "finished"]
    await first
