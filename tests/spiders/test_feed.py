"""Feeds to links."""

import json
import time
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from readout.error import SourceChanged
from readout.model import Link
from spiders.discover.feed import feed_links

BAKU = ZoneInfo("Asia/Baku")
URL = "https://courier.example/en/rss"
FIRST = datetime(2025, 10, 16, 6, tzinfo=UTC)


def read(body, content_type="application/rss+xml", zone=BAKU):
    body = body.encode() if isinstance(body, str) else body
    return feed_links(body, url=URL, content_type=content_type, zone=zone)


def rss(*items):
    return f'<?xml version="1.0"?><rss version="2.0"><channel><title>N</title>{"".join(items)}</channel></rss>'


def item(*inside, link="https://courier.example/1"):
    return f"<item><link>{link}</link>{''.join(inside)}</item>"


def test_rss():
    body = rss(
        "<item><title>Talks in Baku</title><link>https://courier.example/1</link>"
        "<pubDate>Thu, 16 Oct 2025 10:00:00 +0400</pubDate></item>",
        "<item><title>Second</title><link>https://courier.example/2</link></item>",
    )
    assert read(body) == [
        Link(url="https://courier.example/1", title="Talks in Baku", published=FIRST),
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


@pytest.mark.parametrize(
    ("links", "url"),
    [
        ('<link rel="self" href="/1.atom"/><link rel="alternate" href="/1"/>', "/1"),
        ('<link rel="alternate" type="application/json" href="/1.json"/><link type="text/html" href="/1"/>', "/1"),
        ('<link rel="alternate" type="application/pdf" href="/1.pdf"/>', "/1.pdf"),
        ('<link rel="edit" href="/edit/1"/><link rel="replies" href="/1#c"/><link href="/1"/>', "/1"),
        ('<link rel="alternate" hreflang="en" href="/en/1"/><link rel="alternate" hreflang="ru" href="/1"/>', "/en/1"),
        ('<link rel="enclosure" href="/1.mp3"/><id>https://courier.example/1</id>', "/1"),
    ],
)
def test_of_several_links_the_page_that_people_read_counts(links, url):
    body = f'<feed xmlns="http://www.w3.org/2005/Atom"><entry><title>A</title>{links}</entry></feed>'
    assert [link.url for link in read(body)] == [f"https://courier.example{url}"]


def test_rdf():
    body = (
        '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/" '
        'xmlns:dc="http://purl.org/dc/elements/1.1/"><item><title>A</title><link>https://courier.example/a</link>'
        "<dc:date>2025-10-16T10:00:00+04:00</dc:date></item></rdf:RDF>"
    )
    (link,) = read(body)
    assert link.url == "https://courier.example/a"
    assert FIRST in (link.published, link.modified)


# --- JSON Feed ------------------------------------------------------------------------------------------------------

JSON_FEED = {
    "version": "https://jsonfeed.org/version/1.1",
    "title": "N",
    "items": [
        {
            "id": "a-1",
            "url": "/news/1",
            "external_url": "https://elsewhere.example/x",
            "title": "Talks &amp; visits",
            "date_published": "2025-10-16T10:00:00+04:00",
            "date_modified": "2025-10-16T11:00:00+04:00",
        },
        {"id": 7, "url": "https://courier.example/7", "date_published": "2025-10-16T10:00:00"},
        {"id": "https://courier.example/8", "content_text": "No title, no address but its name"},
        {"id": "x", "url": "javascript:alert(1)"},
        "no item",
    ],
}
JSON_LINKS = [
    Link(
        url="https://courier.example/news/1",
        title="Talks & visits",
        published=FIRST,
        modified=FIRST + timedelta(hours=1),
        guid="a-1",
    ),
    Link(url="https://courier.example/7", published=FIRST, guid="7"),
    Link(url="https://courier.example/8", guid="https://courier.example/8"),
]


@pytest.mark.parametrize("version", ["https://jsonfeed.org/version/1", "https://jsonfeed.org/version/1.1"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le"])
@pytest.mark.parametrize("content_type", ["application/feed+json", "application/json", "text/html", ""])
def test_json_feed(version, encoding, content_type):
    assert read(json.dumps(JSON_FEED | {"version": version}).encode(encoding), content_type) == JSON_LINKS


def test_a_feed_that_is_called_json_is_read_as_what_it_is():
    assert [link.url for link in read(rss(item()), "application/json")] == ["https://courier.example/1"]


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ('{"items": []}', "no version"),
        ('{"version": "https://jsonfeed.org/version/1", "items": []}', "without entries"),
        ('{"version": "https://jsonfeed.org/version/1", "items": {"a": 1}}', "without entries"),
        ('{"version": ["x"], "items": [{"url": "/1"}]}', "no version"),
        ('{"version": "https://jsonfeed.org/version/1", "items": [', "no JSON"),
        ('{"a":' * 100_000, "deep"),
    ],
)
def test_what_is_no_json_feed_is_said(body, said):
    with pytest.raises(SourceChanged, match=said):
        read(body, "application/feed+json")


# --- dates ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("date", "expected"),
    [
        ("Thu, 16 Oct 2025 10:00:00", FIRST),
        ("2025-10-16 10:00:00", FIRST),
        ("16.10.2025 10:00", FIRST),
        ("16 октября 2025 10:00", FIRST),
        ("Чт, 16 Окт 2025 10:00:00 +0400", FIRST),
        ("16 Oktyabr 2025 10:00", FIRST),
        ("Thu, 16 Oct 2025 10:00:00 GMT", datetime(2025, 10, 16, 10, tzinfo=UTC)),
        ("2025-10", None),
        ("05/10/2025 10:00", None),
        ("25-10-16  10:00", None),
        ("10:00", None),
        ("soon", None),
        ("9" * 100_000, None),
    ],
)
def test_a_date_without_a_zone_is_in_the_sources_zone(date, expected):
    (link,) = read(rss(item(f"<pubDate>{date}</pubDate>")))
    assert link.published == expected
    assert link.modified is None


@pytest.mark.parametrize(
    ("date", "hour", "day_only"),
    [
        ("Thu, 16 Oct 2025", 20, True),
        ("Thu, 16 Oct 2025 00:00:00 +0400", 20, True),
        ("2025-10-16", 20, True),
        ("16 октября 2025 года", 20, True),
        ("Thu, 16 Oct 2025 00:00:01 +0400", 20, False),
        ("Fri, 17 Oct 2025 04:00:00 +0400", 0, False),
    ],
)
def test_a_day_alone_stays_one(date, hour, day_only):
    (link,) = read(rss(item(f"<pubDate>{date}</pubDate>")))
    assert (link.published.hour, link.published_day_only) == (hour, day_only)


@pytest.mark.parametrize(
    ("dates", "expected"),
    [
        # An atomic energy agency's: year, month, day.
        (("26-10-02  14:30", "26-10-01  09:00", "26-09-29  10:00"), ["2026-10-02", "2026-10-01", "2026-09-29"]),
        (("02-10-26 14:30", "01-10-26 09:00", "29-09-26 10:00"), ["2026-10-02", "2026-10-01", "2026-09-29"]),
        # Over New Year there are two years; five days tell them from days.
        (
            ("26-01-02 14:30", "26-01-01 09:00", "25-12-31 10:00", "25-12-30 10:00", "25-12-29 10:00"),
            ["2026-01-02", "2026-01-01", "2025-12-31", "2025-12-30", "2025-12-29"],
        ),
        # All of one day, or of two: nobody can tell.
        (("26-10-02 14:30", "26-10-02 09:00"), [None, None]),
        (("26-10-02 14:30", "25-10-01 09:00"), [None, None]),
        (("26-13-02 14:30", "26-10-01 09:00", "26-09-29 10:00"), [None, "2026-10-01", "2026-09-29"]),
    ],
)
def test_years_of_two_figures_are_read_where_the_feed_tells_which_they_are(dates, expected):
    items = [item(f"<pubDate>{date}</pubDate>", link=f"/{number}") for number, date in enumerate(dates)]
    links = read(rss(*items), zone=ZoneInfo("Europe/Vienna"))
    assert [link.published and link.published.date().isoformat() for link in links] == expected
    assert all(link.published.minute in (0, 30) and not link.published_day_only for link in links if link.published)


# --- addresses and names --------------------------------------------------------------------------------------------


BEHIND_A_COUNTER = (
    '<f:origLink xmlns:f="http://rssnamespace.org/feedburner/ext/1.0">https://courier.example/1</f:origLink>'
)


@pytest.mark.parametrize(
    ("item", "url"),
    [
        ("<link>/news/1</link>", "https://courier.example/news/1"),
        ("<link>news/1</link>", "https://courier.example/en/news/1"),
        ("<link>//www.courier.example/1</link>", "https://www.courier.example/1"),
        ("<link>\n https://courier.example/1 \n</link>", "https://courier.example/1"),
        ("<link>https://courier.example/ne\nws/1</link>", "https://courier.example/news/1"),
        ("<link>https://courier.example/a b</link>", "https://courier.example/a%20b"),
        ("<link><![CDATA[https://courier.example/?a=1&b=2]]></link>", "https://courier.example/?a=1&b=2"),
        ("<guid>https://courier.example/g</guid>", "https://courier.example/g"),
        ("<link>https://courier.example/?a=1&b=2</link>", "https://courier.example/?a=1&b=2"),
        ("<link>https://courier.example/?a=1&amp;b=2</link>", "https://courier.example/?a=1&b=2"),
        (f"<link>https://counter.example/~r/1</link>{BEHIND_A_COUNTER}", "https://courier.example/1"),
        ('<a:link xmlns:a="http://www.w3.org/2005/Atom" rel="self" href="/self"/><link>/1</link>', "/1"),
        ("<link>https://elsewhere.example/1</link>", "https://elsewhere.example/1"),
    ],
)
def test_addresses_are_made_whole(item, url):
    whole = url if url.startswith("http") else f"https://courier.example{url}"
    assert [link.url for link in read(rss(f"<item><title>T</title>{item}</item>"))] == [whole]


@pytest.mark.parametrize(
    "address",
    [
        *("javascript:alert(1)", "data:text/html,x", "ftp://courier.example/1", "mailto:a@courier.example", "http://["),
        *("http://a.example:99999/", "http://\u2100.example/", "https://a.example/" + "x" * 3000),
    ],
)
def test_what_is_no_address_of_the_web_is_no_link(address):
    body = rss(item(link=address), item("<title>Good</title>", link="https://courier.example/2"))
    assert read(body) == [Link(url="https://courier.example/2", title="Good")]


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
        (("<guid isPermaLink='false'>" + "x" * 501 + "</guid>", "<guid isPermaLink='false'>y</guid>"), [None, "y"]),
    ],
)
def test_a_feeds_name_for_an_item_is_kept_unless_several_bear_it(guids, kept):
    items = [f"<item><link>https://courier.example/{n}</link>{guid}</item>" for n, guid in enumerate(guids)]
    guids = [link.guid for link in read(rss(*items))]
    assert [guid and guid.removeprefix("https://courier.example/") for guid in guids] == kept


def test_an_item_said_twice_keeps_its_name():
    twice = item("<guid isPermaLink='false'>g1</guid>")
    assert [link.guid for link in read(rss(twice, twice))] == ["g1"]


@pytest.mark.parametrize(
    ("written", "title"),
    [
        ("A\u202e &amp;amp;\n&lt;b&gt;B&lt;/b&gt;", "A & B"),
        ("<![CDATA[&laquo;Talks&raquo; &ndash; day&nbsp;2]]>", "«Talks» – day 2"),
        ("Council &quot;of Heads&quot; met", 'Council "of Heads" met'),
        ("The heads of secur", "The heads of secur"),
        ("The heads of secur&hellip;", "The heads of secur…"),
        ("", None),
        ("x" * 100_000, "x" * 500),
    ],
)
def test_titles_are_plain_harmless_and_no_longer_than_one(written, title):
    assert [link.title for link in read(rss(item(f"<title>{written}</title>")))] == [title]


# --- broken feeds ---------------------------------------------------------------------------------------------------

BROKEN = (
    '<?xml version="1.0" encoding="utf-8"?>\n<rss version="2.0"><channel><title>Вести</title>\n'
    + "".join(
        f"<item><title>Встреча номер {n} в Баку</title><link>https://courier.example/{n}</link>"
        f"<guid isPermaLink='false'>g{n}</guid><pubDate>Thu, 16 Oct 2025 10:00:00 +0400</pubDate></item>\n"
        for n in (1, 2, 3)
    )
    + "</channel></rss>"
)
WHOLE = [
    Link(url=f"https://courier.example/{n}", title=f"Встреча номер {n} в Баку", published=FIRST, guid=f"g{n}")
    for n in (1, 2, 3)
]


def titled(links, title):
    """`links`, the second with another title."""
    return [
        Link(url=link.url, title=title, published=FIRST, guid=link.guid) if link.url[-1] == "2" else link
        for link in links
    ]


FAULTS = {
    "nothing": (BROKEN, WHOLE),
    "bare ampersand": (BROKEN.replace("номер 2", "2 & 3"), titled(WHOLE, "Встреча 2 & 3 в Баку")),
    "entity of HTML": (BROKEN.replace("номер 2", "2&nbsp;&mdash;"), titled(WHOLE, "Встреча 2 — в Баку")),
    "cp1251 declared as utf-8": (BROKEN.encode("cp1251"), WHOLE),
    "koi8-r declared as utf-8": (BROKEN.encode("koi8-r"), WHOLE),
    "cp1251 declared as such": (BROKEN.replace("utf-8", "windows-1251").encode("cp1251"), WHOLE),
    "utf-8 declared as cp1251": (BROKEN.replace("utf-8", "windows-1251").encode(), WHOLE),
    "utf-8 with a mark": (BROKEN.encode("utf-8-sig"), WHOLE),
    "utf-16": (BROKEN.replace("utf-8", "utf-16").encode("utf-16"), WHOLE),
    "utf-16 declared as utf-8": (BROKEN.encode("utf-16"), WHOLE),
    "utf-16 without a mark": (BROKEN.encode("utf-16-be"), WHOLE),
    "an encoding nobody knows": (BROKEN.replace("utf-8", "utf-99"), WHOLE),
    "one byte that is no utf-8": (
        BROKEN.encode().replace("номер 2".encode(), "номер 2".encode() + b"\xff"),
        titled(WHOLE, "Встреча номер 2\ufffd в Баку"),
    ),
    "cut in an address": (BROKEN[: BROKEN.index("le/3<")], WHOLE[:2]),
    "cut in a tag": (
        BROKEN[: BROKEN.index("guid isPermaLink='false'>g2") + 9],
        [WHOLE[0], Link(url=WHOLE[1].url, title=WHOLE[1].title)],
    ),
    "cut after an address": (
        BROKEN[: BROKEN.index("<guid isPermaLink='false'>g3")],
        [*WHOLE[:2], Link(url=WHOLE[2].url, title=WHOLE[2].title)],
    ),
    "cut in a letter": (BROKEN.encode()[: BROKEN.encode().index("номер 3".encode()) + 3], WHOLE[:2]),
    "junk before": (
        "\n<br />\n<b>Warning</b>: Undefined index in /www/rss.php on line <b>7</b><br />\n" + BROKEN,
        WHOLE,
    ),
    "spaces before": ("\r\n \t" + BROKEN, WHOLE),
    "junk after": (BROKEN + "<!-- 0.3 s --><script>track()</script>", WHOLE),
    "no declaration": (BROKEN.partition("?>")[2], WHOLE),
    "a control character": (BROKEN.replace("номер 2", "но\x0bмер 2"), WHOLE),
    "NUL": (BROKEN.replace("номер 2", "но\x00мер 2"), WHOLE),
    "a reference to a control character": (BROKEN.replace("номер 2", "номер&#11; 2&#x1F;"), WHOLE),
    "tags that are not closed": (
        BROKEN.replace("</title><link>", "<link>"),
        WHOLE,
    ),
    "an unclosed paragraph in a description": (
        BROKEN.replace("</item>", "<description><p>Text <br> more</description></item>"),
        WHOLE,
    ),
    "a prefix without a namespace": (
        BROKEN.replace("</item>", "<dc:creator>X</dc:creator><media:x y='1'/></item>"),
        WHOLE,
    ),
    "another version": (BROKEN.replace('version="2.0"', 'version="0.91"'), WHOLE),
    "no version": (BROKEN.replace(' version="2.0"', ""), WHOLE),
    "uppercase": (BROKEN.replace("item>", "ITEM>").replace("<rss", "<RSS").replace("</rss", "</RSS"), WHOLE),
}


@pytest.mark.parametrize("fault", FAULTS)
@pytest.mark.parametrize("content_type", ["application/rss+xml", "text/html", ""])
def test_a_broken_feed_gives_what_it_has(fault, content_type):
    body, expected = FAULTS[fault]
    assert read(body, content_type) == expected


def test_cyrillic_in_its_own_encoding():
    body = rss("<item><title>Встреча</title><link>https://courier.example/1</link></item>")
    encoded = body.replace("?>", ' encoding="windows-1251"?>', 1).encode("cp1251")
    assert [link.title for link in read(encoded)] == ["Встреча"]


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ("", "empty"),
        (" \n ", "empty"),
        ("\ufeff\x00", "empty"),
        ("<html><body><a href=/news/1>News</a></body></html>", "no feed"),
        ("<!DOCTYPE html><html><head><title>Just a moment</title></head></html>", "no feed"),
        ("Not found", "no feed"),
        ("<rss></rss>", "no feed|without entries"),
        ('<rss version="2.0"><channel><title>N</title></channel></rss>', "without entries"),
        (b"\x1f\x8b\x08\x00" + bytes(range(256)), "no feed"),
        (bytes(range(256)) * 50, "no feed"),
    ],
)
def test_what_is_no_feed_is_said(body, said):
    with pytest.raises(SourceChanged, match=said):
        read(body, "text/html")


# --- hostile feeds --------------------------------------------------------------------------------------------------


def test_entities_do_not_grow():
    laughs = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 9))
    body = f'<?xml version="1.0"?><!DOCTYPE rss [<!ENTITY l0 "ha">{laughs}]>' + rss(
        "<item><title>&l8;</title><link>https://courier.example/1</link></item>"
    ).removeprefix('<?xml version="1.0"?>')
    assert [len(link.title) < 100 for link in read(body)] == [True]


def test_nothing_of_the_disk_comes_in(tmp_path):
    secret = tmp_path / "secret"
    secret.write_text("hidden")
    head = f'<?xml version="1.0"?><!DOCTYPE rss [<!ENTITY x SYSTEM "file://{secret}">]>'
    links = read(head + rss(item("<title>&x;</title>")).partition("?>")[2])
    assert not any("hidden" in (link.title or "") for link in links)


def test_of_an_endless_feed_the_first_entries_are_read():
    items = "".join(item(f"<title>T {n}</title>", link=f"https://courier.example/{n}") for n in range(100_000))
    begun = time.process_time()
    links = read(rss(items))
    assert [link.url for link in links] == [f"https://courier.example/{n}" for n in range(2000)]
    assert time.process_time() - begun < 10


@pytest.mark.parametrize(
    "rest",
    [
        *("<a>", "<", "&x;", "<![CDATA[", "<!-- ", "<!DOCTYPE ", "<?x ", '<a b="', "<a b='\">", "<title>", "</item>"),
        *("<item>", "\x00", "]]>", "&#", "<!ENTITY ", "<e:e>"),
    ],
)
def test_what_stands_before_endless_junk_is_read(rest):
    body = rss(item("<title>First</title>")).replace("</channel></rss>", rest * (100_000 // len(rest)))
    begun = time.process_time()
    assert read(body)[0].url == "https://courier.example/1"
    assert time.process_time() - begun < 15


@pytest.mark.parametrize("number", ["xD800", "xdfff", "x110000", "1114112", "9" * 5_000, "x" + "F" * 5_000, "55296"])
@pytest.mark.parametrize("after", [";", " "])
def test_a_number_that_stands_for_no_character_costs_no_entry(number, after):
    broken = item(f"<title>&#{number}{after}Talks in Baku</title>", "<b>", link="https://courier.example/2")
    links = read(rss(item("<title>First &#233;&#x0000e9;</title>"), broken))
    assert [link.url for link in links] == ["https://courier.example/1", "https://courier.example/2"]
    assert links[0].title == "First éé"
    assert (links[1].title or "").endswith("Talks in Baku")


OUT_OF_PLACE = [
    "<gml:pos>40.4 49.9</gml:pos>",
    "<gml:posList>40.4 49.9</gml:posList>",
    "<x:chapters><x:chapter title='Opening'/></x:chapters>",
    "</creativeCommons:license>",
    "</width>",
    "</height>",
]


@pytest.mark.parametrize("inside", OUT_OF_PLACE)
def test_what_no_link_needs_costs_no_feed(inside):
    """The parser ends with an error where these are empty or stand alone."""
    names = 'xmlns:gml="http://www.opengis.net/gml" xmlns:x="http://podlove.org/simple-chapters"'
    body = rss(item(), item(inside, link="https://courier.example/2")).replace("<channel>", f"<channel {names}>")
    assert [link.url for link in read(body)] == ["https://courier.example/1", "https://courier.example/2"]


def test_a_feed_that_the_parser_cannot_bear_is_said():
    """By another name it is not seen beforehand: the other places of the source must not suffer from it."""
    prefix = "p" * 40
    body = rss(item(f'<{prefix}:pos xmlns:{prefix}="http://www.opengis.net/gml">1 2</{prefix}:pos>'))
    with pytest.raises(SourceChanged, match="cannot be read"):
        read(body)
