"""What the front page of a site says of itself."""

from datetime import UTC, datetime

import pytest

from readout.model import Page
from readout.surveying.front import Front, read_front


def front(body, url="https://a.az/en/"):
    page = Page(
        url=url, final_url=url, status=200, body=body.encode(), content_type="text/html", fetched_at=datetime.now(UTC)
    )
    return read_front(page)


def test_its_feeds_are_named_and_those_of_comments_left_out():
    link = '<link rel="alternate" type="application/rss+xml" href="{}" title="{}">'
    found = front(
        f"<html><head>{link.format('/feed/', 'News')}{link.format('/comments/feed/', 'x')}"
        f"{link.format('javascript:x', 'x')}"
        f"{link.format('/feed/', 'again')}<link rel=alternate type='application/atom+xml; charset=utf-8' href=atom.xml>"
        "<link rel=alternate hreflang=ru href=/ru/></head><body>x</body></html>"
    )
    assert found.feeds == ("https://a.az/feed/", "https://a.az/en/atom.xml")


@pytest.mark.parametrize(
    ("head", "name"),
    [
        ('<meta property="og:site_name" content=" The\x00 Courier\u202e ">', "The Courier"),
        ("<title>All the news of the day – Courier</title>", "Courier"),
        ("<title></title>", None),
        ("", None),
    ],
)
def test_its_name(head, name):
    assert front(f"<html><head>{head}</head><body>x</body></html>").name == name


def test_its_pages_of_news_are_those_of_its_own_host_the_shortest_first():
    hrefs = (
        "/en/press/news/2026",
        "/en/news",
        "/about",
        "https://b.az/news",
        "/newsletter",
        "/az/xeberler/",
        "#news",
        "http://[",
    )
    anchors = "".join(f'<a href="{href}">x</a>' for href in hrefs)
    assert front(f"<body>{anchors}</body>").news_pages == (
        "https://a.az/en/news",
        "https://a.az/az/xeberler/",
        "https://a.az/en/press/news/2026",
    )


@pytest.mark.parametrize(
    ("said", "language"), [("az-Latn", "az"), ("EN_us", "en"), ("", None), ("x" * 500, None), ("1", None)]
)
def test_the_language_it_claims(said, language):
    assert front(f'<html lang="{said}"><body>x</body></html>').language == language


def test_what_is_no_page_says_nothing():
    assert front("") == Front()
