"""The publication day is that of the source's readers, whoever states it, and a meeting's days are told from it."""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest

from readout.catalog import load_knowledge
from readout.discovery import Listing
from readout.model import Link, Page
from readout.reading.read import RowInput, read_page, read_row
from spiders.discover.feed import feed_links
from spiders.discover.listing import listing_links
from spiders.discover.sitemap import sitemap

URL = "https://agency.example/news/55"
PLACE = "https://agency.example/news/"
FRIDAY = date(2024, 10, 4)
THURSDAY = date(2024, 10, 3)
TEXT = (
    "The 55th session of the Council of Heads of Security Agencies and Special Services was held in Astana {when}. "
    "The delegations discussed joint measures against terrorism and drug trafficking."
)

# What stands on a Friday's page, and whether it is a day without a time.
DATES = [
    ("Asia/Baku", "2024-10-04", True),
    ("Asia/Baku", "2024-10-04T00:00:00+04:00", True),
    ("Asia/Baku", "2024-10-04T00:00:00Z", True),
    ("Asia/Baku", "2024-10-04T02:00+04:00", False),
    ("Asia/Baku", "2024-10-04T02:00", False),
    ("Asia/Baku", "2024-10-04T04:00+04:00", False),
    ("Asia/Baku", "2024-10-03T22:00Z", False),
    ("Asia/Almaty", "2024-10-04", True),
    ("Asia/Almaty", "2024-10-04T00:30+05:00", False),
    ("Asia/Almaty", "2024-10-03T19:30:00Z", False),
    ("America/New_York", "2024-10-04", True),
    ("America/New_York", "2024-10-04T00:00:00Z", True),
    ("America/New_York", "2024-10-04T05:30-04:00", False),
    ("America/New_York", "2024-10-04T23:30-04:00", False),
    ("America/New_York", "2024-10-05T02:00:00Z", False),
    ("UTC", "2024-10-04", True),
    ("UTC", "2024-10-04T00:05:00Z", False),
    ("UTC", "2024-10-04T23:55:00Z", False),
]


def page(head="", before="", when="today"):
    body = f"<h1>55th session of the council</h1>{before}<p>{TEXT.format(when=when)}</p>"
    html = f"<html><head>{head}</head><body><article>{body}</article></body></html>"
    return html, Link(url=URL)


def meta(stated, zone):
    return page(f'<meta property="article:published_time" content="{stated}">')


def json_ld(stated, zone):
    return page(f'<script type="application/ld+json">{{"@type": "NewsArticle", "datePublished": "{stated}"}}</script>')


def time_tag(stated, zone):
    return page(before=f'<time datetime="{stated}">at last</time>')


def feed(stated, zone):
    item = f"<item><link>{URL}</link><pubDate>{stated}</pubDate></item>"
    body = f'<rss version="2.0"><channel><title>N</title>{item}</channel></rss>'.encode()
    (link,) = feed_links(body, url=PLACE, content_type="application/rss+xml", zone=zone)
    return page()[0], link


def listing(stated, zone):
    place = Listing(url=PLACE, item="li", date="span")
    found = listing_links(f"<ul><li><a href={URL}>55</a><span>{stated}</span></li></ul>", PLACE, place, zone)
    return page()[0], found.links[0]


def news_sitemap(stated, zone):
    space = "http://www.sitemaps.org/schemas/sitemap/0.9"
    entry = f"<url><loc>{URL}</loc><news><publication_date>{stated}</publication_date></news></url>"
    found = sitemap(f'<urlset xmlns="{space}">{entry}</urlset>'.encode(), PLACE, limit=10_000, zone=zone)
    return page()[0], found.links[0]


def read(found, zone):
    html, link = found
    fetched = Page(
        url=URL,
        final_url=URL,
        status=200,
        body=html.encode(),
        content_type="text/html; charset=utf-8",
        fetched_at=datetime(2024, 10, 6, tzinfo=UTC),
    )
    return read_page(fetched, link=link, zone=zone, knowledge=load_knowledge())


def start(reading):
    (report,) = reading.recognition.reports
    return report.start_date.value


@pytest.mark.parametrize("carrier", [meta, json_ld, time_tag, feed, listing, news_sitemap])
@pytest.mark.parametrize(("zone", "stated", "day_only"), DATES)
def test_today_is_the_day_that_readers_of_the_source_have(carrier, zone, stated, day_only):
    reading = read(carrier(stated, ZoneInfo(zone)), zone)
    assert start(reading) == FRIDAY
    assert reading.article.published_day_only is day_only
    assert reading.article.published_day == FRIDAY


@pytest.mark.parametrize("stated", ["Fri, 04 Oct 2024", "04.10.2024", "Fri, 04 Oct 2024 01:30:00 +0400"])
def test_a_feed_may_write_its_days_as_mail_does(stated):
    assert start(read(feed(stated, ZoneInfo("Asia/Baku")), "Asia/Baku")) == FRIDAY


@pytest.mark.parametrize("zone", ["Asia/Baku", "Asia/Almaty", "America/New_York", "UTC"])
@pytest.mark.parametrize(
    ("when", "expected"),
    [("today", FRIDAY), ("yesterday", THURSDAY), ("on Thursday", THURSDAY), ("on Friday", FRIDAY)],
)
@pytest.mark.parametrize("hour", ["", "T00:40", "T23:40"])
def test_other_words_for_a_day_are_counted_from_it(zone, when, expected, hour):
    found = page(f'<meta name="date" content="2024-10-04{hour}">', when=when)
    assert start(read(found, zone)) == expected


@pytest.mark.parametrize("form", ["text", "html"])
@pytest.mark.parametrize(
    ("stated", "day_only"),
    [
        ("2024-10-04", True),
        ("2024-10-04T00:00:00+05:00", True),
        ("2024-10-04T02:00:00+05:00", False),
        ("2024-10-04T23:30:00-04:00", False),
        ("2024-10-04T23:30:00Z", False),
        ("2024-10-04 01:30", False),
    ],
)
def test_a_rows_day_is_the_one_it_names(form, stated, day_only):
    content = {"text": TEXT.format(when="today"), "html": page()[0]}[form]
    reading = read_row(RowInput(id="1", url=URL, published=stated, **{form: content}), load_knowledge())
    assert start(reading) == FRIDAY
    assert (reading.article.published_day, reading.article.published_day_only) == (FRIDAY, day_only)
