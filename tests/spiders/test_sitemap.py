"""Sitemaps to links and children."""

import gzip
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from readout.error import SourceChanged
from readout.model import Link
from spiders.discover.sitemap import Child, robots_sitemaps, sitemap

BAKU = ZoneInfo("Asia/Baku")
SPACES = (
    'xmlns="http://www.sitemaps.org/schemas/sitemap/0.9" xmlns:news="http://www.google.com/schemas/sitemap-news/0.9" '
    'xmlns:image="http://www.google.com/schemas/sitemap-image/1.1"'
)


def read(body, limit=1_000_000):
    return sitemap(body.encode() if isinstance(body, str) else body, "https://a.example/map", limit=limit, zone=BAKU)


def urlset(*urls):
    entries = "".join(f"<url>{url}</url>" for url in urls)
    return f'<?xml version="1.0" encoding="UTF-8"?><urlset {SPACES}>{entries}</urlset>'


NEWS = urlset(
    "<loc>https://a.example/1</loc><lastmod>2025-10-17</lastmod><news:news><news:publication><news:name>A</news:name>"
    "</news:publication><news:publication_date>2025-10-16T10:00:00+04:00</news:publication_date>"
    "<news:title>Talks in Baku</news:title></news:news>"
    "<image:image><image:loc>https://a.example/1.jpg</image:loc><image:title>A picture</image:title></image:image>",
    "<loc>https://a.example/2</loc>",
)
NEWS_LINKS = (
    Link(
        url="https://a.example/1",
        title="Talks in Baku",
        published=datetime(2025, 10, 16, 6, tzinfo=UTC),
        modified=datetime(2025, 10, 16, 20, tzinfo=UTC),
    ),
    Link(url="https://a.example/2"),
)


@pytest.mark.parametrize(
    "body",
    [
        NEWS.encode(),
        b"\xef\xbb\xbf" + NEWS.encode(),
        b"\n\n " + NEWS.encode(),
        NEWS.replace("news:", "n:").replace("xmlns:news", "xmlns:n").encode(),
        gzip.compress(NEWS.encode()),
    ],
    ids=["plain", "marked", "late", "renamed", "gzip"],
)
def test_a_news_sitemap(body):
    assert read(body).links == NEWS_LINKS


def test_a_day_alone_stays_one():
    (link,) = read(NEWS.replace("2025-10-16T10:00:00+04:00", "2025-10-16")).links[:1]
    assert link.published == datetime(2025, 10, 15, 20, tzinfo=UTC)
    assert link.published_day_only


def test_an_index():
    body = (
        f"<sitemapindex {SPACES}><sitemap><loc> https://a.example/a.xml </loc><lastmod>2025-10-16T10:00Z</lastmod>"
        "</sitemap><sitemap><loc>https://a.example/b.xml.gz</loc></sitemap></sitemapindex>"
    )
    assert read(body).children == (
        Child(url="https://a.example/a.xml", lastmod=datetime(2025, 10, 16, 10, tzinfo=UTC)),
        Child(url="https://a.example/b.xml.gz"),
    )
    assert read(body).links == ()


@pytest.mark.parametrize("ampersand", ["&amp;", "&", "&#38;"])
def test_ampersands_mean_themselves(ampersand):
    (link,) = read(urlset(f"<loc>https://a.example/?a=1{ampersand}b=2</loc>")).links
    assert link.url == "https://a.example/?a=1&b=2"


def test_plain_text():
    assert [link.url for link in read("https://a.example/1\nhttps://a.example/2\r\n").links] == [
        "https://a.example/1",
        "https://a.example/2",
    ]


def test_only_addresses_of_the_web_count():
    body = urlset("<loc>javascript:alert(1)</loc>", "<loc>/relative</loc>", "<loc/>", "<loc>https://a.example/1</loc>")
    assert [link.url for link in read(body).links] == ["https://a.example/1"]


def test_a_cut_sitemap_gives_what_it_has():
    assert [link.url for link in read(NEWS[:-20]).links][:1] == ["https://a.example/1"]


@pytest.mark.parametrize(
    ("body", "said"),
    [
        (b"", "empty"),
        (b"<!DOCTYPE html><html><body>Hello</body></html>", "<html>"),
        (b"<rss/>", "<rss>"),
        (b"Hello", "no sitemap"),
        (b"<<<", "no XML"),
        (b"\x1f\x8bgarbage", "broken gzip"),
        (gzip.compress(b"0" * 5_000_000), "larger than"),
    ],
)
def test_what_is_no_sitemap_is_said(body, said):
    with pytest.raises(SourceChanged, match=said):
        read(body)


def test_nothing_of_the_disk_comes_in(tmp_path):
    secret = tmp_path / "secret"
    secret.write_text("https://a.example/secret")
    body = f'<!DOCTYPE urlset [<!ENTITY x SYSTEM "file://{secret}">]>' + urlset("<loc>&x;</loc>").split("?>")[1]
    assert read(body).links == ()


def test_entities_do_not_grow():
    laughs = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 9))
    body = f'<!DOCTYPE urlset [<!ENTITY l0 "ha">{laughs}]>' + urlset("<loc>https://a.example/&l8;</loc>").split("?>")[1]
    assert all(len(link.url) < 1000 for link in read(body).links)


def test_fifty_thousand_addresses():
    body = urlset(*(f"<loc>https://a.example/{number}</loc>" for number in range(50_000)))
    assert len(read(body, limit=20_000_000).links) == 50_000


def test_robots_txt_names_sitemaps():
    body = b"User-agent: *\nDisallow: /x\nSitemap: https://a.example/1.xml\nsitemap:https://a.example/2.xml # two\n"
    assert robots_sitemaps(body) == ["https://a.example/1.xml", "https://a.example/2.xml"]
