"""Sitemaps to links and children."""

import gzip
import time
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from readout.discovery import Sitemap
from readout.error import SourceChanged
from readout.model import Link
from spiders.discover.sitemap import Child, SitemapContents, robots_sitemaps, sitemap
from spiders.discover.sitemap_index import chosen_children, is_before

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
        NEWS.replace("UTF-8", "UTF-16").encode("utf-16"),
        NEWS.encode("utf-16-le"),
        gzip.compress(NEWS.encode("utf-8-sig")),
        NEWS.replace("Talks", "Ta\x0b\x00lks").encode(),
        b"<br />\n<b>Notice</b>: x in <b>y</b>\n" + NEWS.encode(),
        NEWS.replace("Talks", "Talks&#11;&#x1F;").encode(),
        NEWS.replace("Talks in", "Talks&nbsp;in").encode(),
        NEWS.replace("Talks in Baku", "<![CDATA[Talks in <b>Baku</b>]]>").encode(),
    ],
    ids=[
        *("plain", "marked", "late", "renamed", "gzip", "utf-16", "unmarked", "marked in gzip"),
        *("controls", "references to controls", "junk before", "entity of HTML", "CDATA"),
    ],
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


@pytest.mark.parametrize(
    ("where", "url"),
    [
        ("https://a.example/ю", "https://a.example/ю"),
        ("\n https://a.example/1\n", "https://a.example/1"),
        ("<![CDATA[https://a.example/?a=1&b=2]]>", "https://a.example/?a=1&b=2"),
        ("//a.example/1", None),
        ("http://[", None),
        ("https://a.example:x/", None),
        ("https://a.example/" + "x" * 3000, None),
        ("data:text/html,x", None),
    ],
)
def test_addresses_are_whole_or_left_out(where, url):
    links = read(urlset(f"<loc>{where}</loc>", "<loc>https://a.example/9</loc>")).links
    assert [link.url for link in links] == [*([url] if url else []), "https://a.example/9"]


def test_titles_in_an_encoding_of_before():
    body = NEWS.replace("Talks in Baku", "Встреча глав ведомств в Баку, итоги и документы").encode("cp1251")
    assert read(body).links[0].title == "Встреча глав ведомств в Баку, итоги и документы"


def test_a_day_without_news_is_empty_and_no_fault():
    assert read(urlset()) == SitemapContents()


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
        (b"\x1f\x8bgarbage", "not the gzip that it says it is"),
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


@pytest.mark.parametrize("beside", [b"", b"#" * 1_000 + b"\n"])
def test_a_robots_txt_of_nothing_but_sitemaps_is_read_for_its_beginning(beside):
    """It is looked through where other crawls wait."""
    body = b"".join(b"Sitemap: https://a.example/%d.xml\n" % number + beside for number in range(100_000))
    named = robots_sitemaps(body)
    assert named[:2] == ["https://a.example/0.xml", "https://a.example/1.xml"]
    assert len(named) <= 1_000


@pytest.mark.parametrize("filler", ["<url>", "<url><loc>", "<a>", "<", "&", "&x;", "<!--", "<![CDATA[", "<!ENTITY "])
def test_what_stands_before_endless_junk_is_read(filler):
    begun = time.process_time()
    body = urlset("<loc>https://a.example/1</loc>").replace("</urlset>", filler * (1_000_000 // len(filler)))
    assert [link.url for link in read(body, limit=20_000_000).links][:1] == ["https://a.example/1"]
    assert time.process_time() - begun < 10


# --- which sitemaps of an index ------------------------------------------------------------------------------------

MOMENT = datetime(2026, 3, 1, tzinfo=UTC)


def named(*names):
    return [Child(url=f"https://a.example/{name}") for name in names]


def dated(name, day):
    return Child(url=f"https://a.example/{name}", lastmod=datetime(2026, 3, day, tzinfo=UTC))


def chosen(children, **rules):
    place = Sitemap(url="https://a.example/map.xml", **rules)
    return [child.url.removeprefix("https://a.example/") for child in chosen_children(children, place)]


@pytest.mark.parametrize(
    ("children", "rules", "expected"),
    [
        # By a group of the address: numbers as numbers, days as they are written.
        (named("n9", "n10", "x", "n1"), {"child": r"/n(?P<n>\d+)", "order": "n"}, ["n10", "n9", "n1"]),
        (
            named("?d=20261121", "?d=20261122", "?d=20251230", "about"),
            {"child": r"d=(?P<ymd>\d{8})", "order": "ymd"},
            ["?d=20261122", "?d=20261121", "?d=20251230"],
        ),
        (
            named("2026-9", "2026-10", "2025-12"),
            {"child": r"(?P<month>\d{4}-\d+)", "order": "month"},
            ["2026-10", "2026-9", "2025-12"],
        ),
        (named("a", "n2", "n"), {"child": r"e/(?:a|n(?P<n>\d*))$", "order": "n"}, ["n2", "n", "a"]),
        (named("n" + "9" * 500, "n3"), {"child": r"/n(?P<n>\d+)", "order": "n"}, ["n" + "9" * 500, "n3"]),
        # By their dates, those without one after them.
        ([dated("a", 1), dated("b", 3), *named("c"), dated("d", 2)], {}, ["b", "d", "a", "c"]),
        # By no date: a day in the address, then the end of the document.
        (named("p1", "p2", "p3"), {}, ["p3", "p2", "p1"]),
        ([dated("p1", 1), dated("p2", 1)], {}, ["p2", "p1"]),
        (named("2026-02", "2026-03", "2025-12", "pages"), {}, ["2026-03", "2026-02", "2025-12", "pages"]),
        (named("p1", "video", "p2"), {"child": "/p"}, ["p2", "p1"]),
        (named("p1", "p1"), {}, ["p1"]),
        (named("p1"), {"child": "/q"}, []),
        ([], {}, []),
    ],
)
def test_which_sitemaps_of_an_index_are_read_and_in_which_order(children, rules, expected):
    assert chosen(children, **rules) == expected


@pytest.mark.parametrize(
    ("name", "is_older"),
    [
        ("sitemap-2026-01.xml", True),
        ("sitemap-2026-02.xml", False),  # its last day may still be running where the source is
        ("sitemap-2026-03.xml", False),
        ("2025/12/map.xml", True),
        ("map_202601.xml", True),
        ("map?d=20260226", True),
        ("map?d=20260228", False),
        ("map?d=20260201", False),  # the first of a month may stand for all of it
        ("map?date_start=20251101&date_end=20251130", True),
        ("map?date_start=20251101&date_end=20260301", False),
        ("map?date_start=20251101", False),
        ("since-2025-11", False),
        ("2025/map-2026-11.xml", False),
        ("sitemap-2019.xml", False),
        ("sitemap-201913.xml", False),
        ("sitemap-1202001.xml", False),
        ("sitemap-20250230.xml", False),
        ("sitemap7.xml", False),
        ("x" * 2000, False),
    ],
)
def test_which_sitemaps_are_too_old_to_look_into(name, is_older):
    (child,) = named(name)
    assert is_before(child, MOMENT) is is_older


@pytest.mark.parametrize(
    ("name", "lastmod", "is_older"),
    [
        ("p1", datetime(2026, 2, 27, tzinfo=UTC), True),
        ("p1", datetime(2026, 2, 28, 12, tzinfo=UTC), False),
        ("2026-03", datetime(2020, 1, 1, tzinfo=UTC), False),
        ("2025-03", datetime(2026, 3, 5, tzinfo=UTC), True),
    ],
)
def test_a_date_of_change_tells_where_the_address_does_not(name, lastmod, is_older):
    assert is_before(Child(url=f"https://a.example/{name}", lastmod=lastmod), MOMENT) is is_older


def test_an_index_without_end():
    begun = time.process_time()
    many = named(*(f"part-{number}" for number in range(100_000)))
    assert len(chosen(many, child=r"part-(?P<n>\d+)", order="n")) == 50_000
    assert len(chosen(many)) == 50_000
    assert time.process_time() - begun < 10
