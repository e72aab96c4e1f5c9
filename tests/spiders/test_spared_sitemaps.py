"""A sitemap of the whole site beside a feed: asked once a day while it tells nothing that the feed did not."""

from contextlib import closing
from datetime import timedelta

import pytest
from sqlalchemy import select

from readout.demo.server import Answer, SiteServer
from readout.storage import schema
from readout.storage.database import open_database
from tests.sites import asked, configure, crawls, feed, query, source, story

XML = "application/xml"
STORIES = {f"/news/{number}": story(number) for number in range(1, 9)}
LATER = timedelta(hours=21)
A_WEEK_LATER = timedelta(days=8)


def sitemap(at, *numbers):
    rows = "".join(f"<url><loc>{at(f'/news/{number}')}</loc></url>" for number in numbers)
    return Answer.of(f"<urlset>{rows}</urlset>", XML)


def news(at, *numbers):
    return feed(*(at(f"/news/{number}") for number in numbers))


def pass_by(config, span):
    """Let what is remembered of places be `span` older."""
    table = schema.discovery
    with closing(open_database(config.database.url, create=False)) as database, database.write() as connection:
        for column in (table.c.checked_at, table.c.alone_at):
            for url, moment in connection.execute(select(table.c.url, column).where(column.is_not(None))).all():
                connection.execute(table.update().where(table.c.url == url).values({column: moment - span}))


@pytest.fixture
def site(tmp_path):
    with SiteServer("courier") as web:

        def at(path):
            return web.url("courier", path)

        places = [{"type": "sitemap", "url": at("/map.xml")}, {"type": "feed", "url": at("/rss")}]
        yield web, at, configure(tmp_path, source("courier", at("/"), *places))


def paths_of(web, crawl):
    """What one crawl asks for, beside articles."""
    before = len(asked(web))
    crawl()
    return [path for path, _ in asked(web)[before:] if not path.startswith("/news/")]


def test_a_sitemap_is_asked_daily_while_the_feed_tells_all(site):
    web, at, config = site
    web.host("courier", STORIES | {"/rss": news(at, 2, 1), "/map.xml": sitemap(at, 2, 1)})
    with crawls(config) as crawl:
        assert paths_of(web, crawl) == ["/rss", "/map.xml"]
        assert paths_of(web, crawl) == ["/rss"]
        pass_by(config, LATER)
        assert paths_of(web, crawl) == ["/rss", "/map.xml"]
        assert paths_of(web, crawl) == ["/rss"]


def test_a_sitemap_that_tells_more_is_asked_at_every_crawl_of_a_week(site):
    web, at, config = site
    first = STORIES | {"/rss": news(at, 2, 1), "/map.xml": sitemap(at, 2, 1)}
    web.host("courier", first, first | {"/map.xml": sitemap(at, 3, 2, 1)})
    with crawls(config) as crawl:
        crawl()
        web.set_phase(2)
        pass_by(config, LATER)
        assert paths_of(web, crawl) == ["/rss", "/map.xml"]
        assert paths_of(web, crawl) == ["/rss", "/map.xml"]
        pass_by(config, A_WEEK_LATER)
        crawl()
        assert paths_of(web, crawl) == ["/rss"]
    assert len(query(config, "SELECT 1 FROM link")) == 3


@pytest.mark.parametrize("rss", [Answer(500), Answer.of("<html><body>Gone</body></html>")])
def test_a_feed_that_fails_is_stood_in_for(site, rss):
    web, at, config = site
    first = STORIES | {"/rss": news(at, 2, 1), "/map.xml": sitemap(at, 2, 1)}
    web.host("courier", first, first | {"/rss": rss, "/map.xml": sitemap(at, 3, 2, 1)})
    with crawls(config) as crawl:
        crawl()
        web.set_phase(2)
        assert "/map.xml" in paths_of(web, crawl)
    assert len(query(config, "SELECT 1 FROM link")) == 3


def test_a_feed_that_lost_something_has_the_sitemap_asked(site):
    web, at, config = site
    first = STORIES | {"/rss": news(at, 2, 1), "/map.xml": sitemap(at, 2, 1)}
    moved = {"/rss": news(at, 8, 7, 6, 5, 4), "/map.xml": sitemap(at, 8, 7, 6, 5, 4, 3, 2, 1)}
    web.host("courier", first, first | moved)
    with crawls(config) as crawl:
        crawl()
        web.set_phase(2)
        assert "/map.xml" in paths_of(web, crawl)
    assert len(query(config, "SELECT 1 FROM link")) == 8


def test_a_feed_full_of_other_sections_for_a_day_is_told_and_asked_no_less_often(tmp_path):
    with SiteServer("courier") as web:

        def at(path):
            return web.url("courier", path)

        config = configure(tmp_path, source("courier", at("/"), {"type": "feed", "url": at("/rss")}))
        first = STORIES | {"/rss": news(at, 2, 1)}
        web.host("courier", first, first | {"/rss": feed(*(at(f"/sport/{number}") for number in range(5)))})
        with crawls(config) as crawl:
            crawl()
            web.set_phase(2)
            event = crawl()[-1]
    assert (event.answered, "of the shape of an article" in event.error) == (True, True)
    assert query(config, "SELECT failures FROM source") == [(0,)]
