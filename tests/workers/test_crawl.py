"""One crawl, without the loop that fetches."""

import asyncio

import pytest
from sqlalchemy import event, select

from readout.found_links import Find
from readout.model import Link
from readout.services import open_services
from readout.storage import schema
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


def leave_no_room(database):
    """For how a crawl ended."""

    def limit(connection, *_):
        connection.execute("PRAGMA max_page_count = 1000").close()

    if database.home.file:
        event.listen(database._engine, "checkout", limit)
    with database.write() as connection:
        for statement in _FULL[connection.dialect.name]:
            connection.exec_driver_sql(statement)


_FULL = {
    "sqlite": (
        "CREATE TABLE filler (of BLOB)",
        "CREATE TRIGGER filled BEFORE UPDATE ON crawl BEGIN INSERT INTO filler VALUES (zeroblob(8000000)); END",
    ),
    "postgresql": (
        "CREATE FUNCTION fill() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE disk_full; END $$",
        "CREATE TRIGGER filled BEFORE UPDATE ON crawl EXECUTE FUNCTION fill()",
    ),
}


async def test_a_crawl_whose_end_cannot_be_written_down_has_ended(services):
    heard = []
    crawl = Crawl(services, services.sources["courier"], notify=heard.append)
    await crawl.begin()
    leave_no_room(services.database)
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
        seen = connection.scalar(select(schema.crawl.c.seen))
    assert (seen["links"] if seen else None) == counted
