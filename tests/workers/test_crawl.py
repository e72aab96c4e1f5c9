"""One crawl, without the loop that fetches."""

import asyncio
import json

import pytest
from sqlalchemy import event

from readout.found_links import Find
from readout.model import Link
from readout.services import open_services
from readout.workers.crawl import Crawl
from tests.sites import configure, source

PLACE = "http://courier.example/rss"


@pytest.fixture
def config(tmp_path):
    place = {"type": "feed", "url": PLACE}
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
        connection.exec_driver_sql("CREATE TABLE filler (of BLOB)")
        connection.exec_driver_sql(
            "CREATE TRIGGER full BEFORE UPDATE ON crawl BEGIN INSERT INTO filler VALUES (zeroblob(8000000)); END"
        )

    def limit(connection, *_):
        connection.execute("PRAGMA max_page_count = 1000").close()

    event.listen(services.database._engine, "checkout", limit)
    await crawl.end("finished", requests=1)
    assert [each.event for each in heard] == ["started", "finished"]
    assert (heard[-1].reason, "make room" in heard[-1].error) == ("unstored", True)


async def test_who_ends_a_crawl_that_is_ending_waits_for_its_end(services):
    heard = []
    crawl = Crawl(services, services.sources["courier"], notify=heard.append)
    await crawl.begin()
    first = asyncio.ensure_future(crawl.end("finished", requests=1))
    await asyncio.sleep(0)
    await crawl.end("broken", requests=0)
    assert [event.reason for event in heard] == [None, "finished"]
    await first


@pytest.mark.parametrize(("is_of_days", "counted"), [(False, {PLACE: 1}), (True, None)])
async def test_of_what_names_the_last_days_no_number_is_expected(services, is_of_days, counted):
    """On a weekend a sitemap of news names next to nothing, and is well."""
    crawl = Crawl(services, services.sources["courier"])
    await crawl.begin()
    links = [Link(url="http://courier.example/news/1")]
    await crawl.take_links(Find(url=PLACE, links=links, windowed=True, is_of_days=is_of_days))
    await crawl.end("finished", requests=1)
    with services.database.read() as connection:
        (row,) = connection.exec_driver_sql("SELECT seen FROM crawl")
    assert (json.loads(row.seen)["links"] if row.seen else None) == counted
