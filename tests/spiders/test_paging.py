"""The addresses of a place's pages."""

from datetime import date
from itertools import islice

import pytest

from readout.discovery import Feed, JsonApi, Listing, Sitemap
from spiders.discover.paging import cursor_url, page_urls

TODAY = date(2026, 3, 2)
HOST = "https://a.example"


@pytest.mark.parametrize(
    ("path", "first", "expected"),
    [
        ("/news", 1, ["/news"]),
        ("/news?page={n}", 1, ["/news?page=1", "/news?page=2", "/news?page=3"]),
        ("/news/{n}/{n}", 0, ["/news/0/0", "/news/1/1", "/news/2/2"]),
        ("/{y}/{mm}/{dd}/", 1, ["/2026/03/02/", "/2026/03/01/", "/2026/02/28/"]),
        ("/{y}{mm}{dd}", 1, ["/20260302", "/20260301", "/20260228"]),
        ("/?d={d}&m={m}&y={y}", 1, ["/?d=2&m=3&y=2026", "/?d=1&m=3&y=2026", "/?d=28&m=2&y=2026"]),
        ("/{y}/{m}/", 1, ["/2026/3/", "/2026/2/", "/2026/1/"]),
        ("/{y}/", 1, ["/2026/", "/2025/", "/2024/"]),
        ("/{y}/{mm}/?p={n}", 1, ["/2026/03/?p=1", "/2026/02/?p=1", "/2026/01/?p=1"]),
        ("/{x}/{}", 1, ["/{x}/{}"]),
    ],
)
def test_pages_from_the_newest_on(path, first, expected):
    place = Listing(url=HOST + path, first=first)
    assert list(islice(page_urls(place, today=TODAY), 3)) == [HOST + path for path in expected]


@pytest.mark.parametrize(
    ("place", "expected"),
    [
        (Feed(url=f"{HOST}/feed/{{n}}", first=2), f"{HOST}/feed/2"),
        (JsonApi(url=f"{HOST}/api?page={{n}}", first=0), f"{HOST}/api?page=0"),
        (JsonApi(url=f"{HOST}/api?after={{cursor}}"), f"{HOST}/api?after="),
        (Sitemap(url=f"{HOST}/map.xml"), f"{HOST}/map.xml"),
    ],
)
def test_the_first_page_of_every_kind(place, expected):
    assert next(page_urls(place, today=TODAY)) == expected


def test_counted_pages_have_no_end_and_days_end_before_the_web():
    counted = page_urls(Listing(url=f"{HOST}/{{n}}"), today=TODAY)
    assert next(islice(counted, 10_000, None)) == f"{HOST}/10001"
    *_, last = page_urls(Listing(url=f"{HOST}/{{y}}/{{mm}}"), today=TODAY)
    assert last == f"{HOST}/1990/01"
    assert len(list(page_urls(Listing(url=f"{HOST}/{{y}}/{{mm}}/{{dd}}"), today=date(2026, 12, 31)))) == 37 * 365 + 9


@pytest.mark.parametrize(
    ("cursor", "written"),
    [("abc", "abc"), ("a/b=&?#", "a%2Fb%3D%26%3F%23"), ("é", "%C3%A9"), ("{n}", "%7Bn%7D"), ("a b\x00", "a%20b%00")],
)
def test_a_cursor_is_written_into_the_address(cursor, written):
    place = JsonApi(url=f"{HOST}/api?after={{cursor}}&size=20")
    assert cursor_url(place, cursor) == f"{HOST}/api?after={written}&size=20"
