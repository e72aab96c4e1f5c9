"""What a server may say before its page, how long it may take, and that a page cut short is asked for again."""

import asyncio
from contextlib import closing

import pytest
from scrapy import Request
from scrapy.core.downloader.handlers.http11 import HTTP11DownloadHandler
from scrapy.exceptions import DownloadTimeoutError
from sqlalchemy import text

from readout.demo.server import Answer
from readout.storage.database import open_database
from spiders import connection
from spiders.ending import lacks_its_end
from tests.hostile.raw_site import HostileServer, dripping, raw
from tests.sites import configure, crawls, fates, feed, query, source, story

CUT = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 90000\r\n\r\n<html><p>Half of it"


@pytest.fixture
def web():
    with HostileServer("slow", "quick") as web:
        yield web


def place(web, site):
    return source(site, web.url(site), {"type": "feed", "url": web.url(site, "/rss")})


def test_a_page_cut_short_is_asked_for_again_and_read_when_it_is_whole(web, tmp_path):
    listed = feed(web.url("quick", "/news/1"))
    web.host("quick", {"/rss": listed, "/news/1": raw(CUT)}, {"/rss": listed, "/news/1": story(1)})
    config = configure(tmp_path, place(web, "quick"))
    with crawls(config) as crawl_all:
        crawl_all()
        assert fates(config)["/news/1"] == ("failed", "the connection broke in the middle of the answer")
        ((attempts, next_visit),) = query(config, "SELECT attempts, next_visit FROM link")
        assert attempts == 1
        assert next_visit is not None
        with closing(open_database(config.database.url, create=False)) as database, database.write() as writing:
            writing.execute(text("UPDATE link SET next_visit = first_seen"))
        web.set_phase(2)
        crawl_all()
    assert fates(config)["/news/1"][0] == "not_a_report"
    assert query(config, "SELECT count(*) FROM article WHERE title LIKE 'Story 1%'") == [(1,)]


def test_a_slow_site_delays_no_other_and_its_crawl_has_an_end(web, tmp_path):
    """A sitemap of sitemaps that never come, each within its time: the time of the crawl is up before theirs."""
    names = "".join(f"<sitemap><loc>{web.url('slow', f'/{number}.xml')}</loc></sitemap>" for number in range(40))
    slow = dripping(b"HTTP/1.1 200 OK\r\nContent-Length: 9000\r\n\r\n", b"<")
    index = Answer.of(f"<sitemapindex>{names}</sitemapindex>", "application/xml")
    web.host("slow", {"*": slow, "/robots.txt": Answer(404), "/map.xml": index})
    web.host("quick", {"/rss": feed(web.url("quick", "/news/1")), "/news/1": story(1)})
    endless = source("slow", web.url("slow"), {"type": "sitemap", "url": web.url("slow", "/map.xml"), "pages": 40})
    config = configure(tmp_path, endless, place(web, "quick"), timeout=1, max_minutes=0.2, concurrency=2)
    with crawls(config) as crawl_all:
        crawl_all()
    last = {request.site: request.at for request in web.log()}
    assert last["quick"] < last["slow"]
    assert fates(config)["/news/1"][0] == "not_a_report"
    assert len(web.log("slow")) < 40


async def test_a_request_that_nothing_ends_is_ended_by_the_clock(monkeypatch):
    async def never(*_):
        await asyncio.Event().wait()

    monkeypatch.setattr(HTTP11DownloadHandler, "download_request", never)
    monkeypatch.setattr(connection, "_GRACE_S", 0)
    handler = object.__new__(connection.BoundedHandler)
    request = Request("http://courier.example/", meta={"download_timeout": 0.01})
    with pytest.raises(DownloadTimeoutError):
        await handler.download_request(request)


@pytest.mark.parametrize(
    ("body", "lacks"),
    [
        (b"<!DOCTYPE html><html lang=en><p>Words", True),
        (b"<html><body><p>Words</body>", False),
        (b"<HTML><p>Words</HTML >", False),
        (b"<html><p>Words</html>" + b"<!-- cached -->" * 1000, False),
        (b"<p>Words without a frame", False),
        (b'<?xml version="1.0"?><rss version="2.0"><channel><item>', True),
        (b"<rss><channel></channel></rss>\n", False),
        (b'<feed xmlns="http://www.w3.org/2005/Atom"><entry>', True),
        (b'<rdf:RDF xmlns="x"><item></item></rdf:RDF>', False),
        (b"<urlset><url>", True),
        (b"<sitemapindex></sitemapindex>", False),
        (b"%PDF-1.7 words", True),
        (b"%PDF-1.7 words %%EOF\n", False),
        (b'{"items": [', False),
        (b"", False),
    ],
)
def test_whether_a_document_has_its_end(body, lacks):
    assert lacks_its_end(body) is lacks
