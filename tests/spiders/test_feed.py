"""Feeds to links."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from readout.error import SourceChanged
from readout.model import Link
from spiders.discover.feed import feed_links

BAKU = ZoneInfo("Asia/Baku")
URL = "https://courier.example/en/rss"


def read(body, content_type="application/rss+xml"):
    body = body.encode() if isinstance(body, str) else body
    return feed_links(body, url=URL, content_type=content_type, zone=BAKU)


def rss(*items):
    return f'<?xml version="1.0"?><rss version="2.0"><channel><title>N</title>{"".join(items)}</channel></rss>'


def test_rss():
    body = rss(
        "<item><title>Talks in Baku</title><link>https://courier.example/1</link>"
        "<pubDate>Thu, 16 Oct 2025 10:00:00 +0400</pubDate></item>",
        "<item><title>Second</title><link>https://courier.example/2</link></item>",
    )
    first = datetime(2025, 10, 16, 6, tzinfo=UTC)
    assert read(body) == [
        Link(url="https://courier.example/1", title="Talks in Baku", published=first),
        Link(url="https://courier.example/2", title="Second"),
    ]


def test_atom():
    body = (
        '<feed xmlns="http://www.w3.org/2005/Atom" xml:base="https://courier.example/base/"><entry><title>A</title>'
        '<link rel="alternate" href="a.html"/><link rel="enclosure" href="a.mp3"/><id>urn:1</id>'
        "<published>2025-10-16T10:00:00Z</published><updated>2025-10-17T10:00:00Z</updated></entry></feed>"
    )
    published = datetime(2025, 10, 16, 10, tzinfo=UTC)
    assert read(body, "application/atom+xml") == [
        Link(
            url="https://courier.example/base/a.html",
            title="A",
            published=published,
            modified=published.replace(day=17),
            guid="urn:1",
        )
    ]


def test_rdf():
    body = (
        '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/" '
        'xmlns:dc="http://purl.org/dc/elements/1.1/"><item><title>A</title><link>https://courier.example/a</link>'
        "<dc:date>2025-10-16T10:00:00+04:00</dc:date></item></rdf:RDF>"
    )
    (link,) = read(body)
    assert link.url == "https://courier.example/a"
    assert datetime(2025, 10, 16, 6, tzinfo=UTC) in (link.published, link.modified)


@pytest.mark.parametrize(
    ("date", "expected"),
    [
        ("Thu, 16 Oct 2025 10:00:00", datetime(2025, 10, 16, 6, tzinfo=UTC)),
        ("2025-10-16 10:00:00", datetime(2025, 10, 16, 6, tzinfo=UTC)),
        ("16.10.2025 10:00", datetime(2025, 10, 16, 6, tzinfo=UTC)),
        ("Thu, 16 Oct 2025 10:00:00 GMT", datetime(2025, 10, 16, 10, tzinfo=UTC)),
        ("16 октября 2025", None),
        ("2025-10", None),
        ("soon", None),
    ],
)
def test_a_date_without_a_zone_is_in_the_sources_zone(date, expected):
    (link,) = read(rss(f"<item><link>https://courier.example/1</link><pubDate>{date}</pubDate></item>"))
    assert link.published == expected
    assert link.modified is None


@pytest.mark.parametrize(
    ("date", "hour", "day_only"),
    [
        ("Thu, 16 Oct 2025", 20, True),
        ("Thu, 16 Oct 2025 00:00:00 +0400", 20, True),
        ("2025-10-16", 20, True),
        ("Thu, 16 Oct 2025 00:00:01 +0400", 20, False),
        ("Fri, 17 Oct 2025 04:00:00 +0400", 0, False),
    ],
)
def test_a_day_alone_stays_one(date, hour, day_only):
    (link,) = read(rss(f"<item><link>https://courier.example/1</link><pubDate>{date}</pubDate></item>"))
    assert (link.published.hour, link.published_day_only) == (hour, day_only)


@pytest.mark.parametrize(
    ("item", "url"),
    [
        ("<link>/news/1</link>", "https://courier.example/news/1"),
        ("<link>news/1</link>", "https://courier.example/en/news/1"),
        ("<link>\n https://courier.example/1 \n</link>", "https://courier.example/1"),
        ("<guid>https://courier.example/g</guid>", "https://courier.example/g"),
        ("<link>https://courier.example/?a=1&b=2</link>", "https://courier.example/?a=1&b=2"),
    ],
)
def test_addresses_are_made_whole(item, url):
    assert [link.url for link in read(rss(f"<item><title>T</title>{item}</item>"))] == [url]


def test_entries_without_an_address_are_left_out_and_repeated_ones_said_once():
    body = rss(
        "<item><title>No address</title></item>",
        "<item><title>First</title><link>https://courier.example/1</link></item>",
        "<item><title>Again</title><link>https://courier.example/1</link></item>",
        "<item><title>Broken</title><link>http://[</link></item>",
    )
    assert read(body) == [Link(url="https://courier.example/1", title="First")]


@pytest.mark.parametrize(
    ("guids", "kept"),
    [
        (("<guid isPermaLink='false'> 7f3a </guid>", "<guid>https://courier.example/?p=2</guid>"), ["7f3a", "?p=2"]),
        (("", "<guid></guid>"), [None, None]),
        (("<guid>same</guid>", "<guid>same</guid>"), [None, None]),
    ],
)
def test_a_feeds_name_for_an_item_is_kept_unless_several_bear_it(guids, kept):
    items = [f"<item><link>https://courier.example/{n}</link>{guid}</item>" for n, guid in enumerate(guids)]
    guids = [link.guid for link in read(rss(*items))]
    assert [guid and guid.removeprefix("https://courier.example/") for guid in guids] == kept


def test_an_item_said_twice_keeps_its_name():
    item = "<item><link>https://courier.example/1</link><guid isPermaLink='false'>g1</guid></item>"
    assert [link.guid for link in read(rss(item, item))] == ["g1"]


def test_titles_are_harmless():
    (link,) = read(
        rss("<item><title>A\u202e &amp;amp;\n&lt;b&gt;B&lt;/b&gt;</title><link>https://courier.example/1</link></item>")
    )
    assert link.title == "A & B"


@pytest.mark.parametrize(
    "fault",
    [
        lambda body: body[:-40],
        lambda body: "\n\n  " + body,
        lambda body: body.replace("<channel>", "<channel>\x0b"),
        lambda body: body.replace("</title><link>", "<link>", 1),
        lambda body: body.replace("Story 1", "Fish & chips &nbsp;"),
    ],
)
def test_a_broken_feed_gives_what_it_has(fault):
    items = [
        f"<item><title>Story {n}</title><link>https://courier.example/{n}</link><pubDate>x</pubDate></item>"
        for n in range(9)
    ]
    assert len(read(fault(rss(*items)))) >= 7


def test_cyrillic_in_its_own_encoding():
    body = rss("<item><title>Встреча</title><link>https://courier.example/1</link></item>")
    encoded = body.replace("?>", ' encoding="windows-1251"?>', 1).encode("cp1251")
    assert [link.title for link in read(encoded)] == ["Встреча"]


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ("", "empty"),
        (" \n ", "empty"),
        ("<html><body><a href=/news/1>News</a></body></html>", "no feed"),
        ("Not found", "no feed"),
        ('{"items": []}', "no feed"),
        ('<rss version="2.0"><channel><title>N</title></channel></rss>', "without entries"),
    ],
)
def test_what_is_no_feed_is_said(body, said):
    with pytest.raises(SourceChanged, match=said):
        read(body, "text/html")


def test_entities_do_not_grow():
    laughs = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 9))
    body = f'<?xml version="1.0"?><!DOCTYPE rss [<!ENTITY l0 "ha">{laughs}]>' + rss(
        "<item><title>&l8;</title><link>https://courier.example/1</link></item>"
    ).removeprefix('<?xml version="1.0"?>')
    assert [len(link.title) < 100 for link in read(body)] == [True]
