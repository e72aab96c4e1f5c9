"""JSON of a site's own script to links."""

import json
import time
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from readout.discovery import JsonApi
from readout.error import SourceChanged
from readout.model import Link
from spiders.discover.json_api import JsonPage, json_links

ALMATY = ZoneInfo("Asia/Almaty")
URL = "https://gov.example/api/news?page=1"
LINK = "https://gov.example/news/{id}"
GOLDEN = (Path(__file__).parent / "golden" / "content.json").read_bytes()


def read(value, **rules):
    body = value if isinstance(value, bytes) else json.dumps(value).encode()
    return json_links(body, URL, JsonApi(**{"url": URL, "link": LINK} | rules), ALMATY)


def urls(value, **rules):
    return [link.url for link in read(value, **rules).links]


def test_a_content_manager():
    place = {"link": f"{LINK}?lang={{lang}}", "title": "title|name", "date": "created_date|createdDate"}
    assert read(GOLDEN, items="$[*]", **place) == JsonPage(
        links=(
            Link(
                url="https://gov.example/news/901?lang=ru",
                title="Commission met & reported",
                published=datetime(2026, 10, 2, 6, 20, tzinfo=UTC),
            ),
            Link(
                url="https://gov.example/news/902?lang=ru",
                title="Visit of a delegation",
                published=datetime(2026, 10, 2, tzinfo=UTC),
            ),
            Link(url="https://gov.example/news/903?lang=ru"),
        )
    )


ITEM = {"id": 1, "node": {"id": 2, "path": "/a b/é"}, "slug": "x/y", "link": "https://gov.example/w/?a=1&b=2"}


@pytest.mark.parametrize(
    ("document", "items", "found"),
    [
        ([ITEM], "$", 1),
        ([ITEM], "$[*]", 1),
        ({"data": [ITEM]}, "data", 1),
        ({"data": [ITEM]}, "$.data[*]", 1),
        ({"data": {"items": [ITEM]}}, "data.items", 1),
        ({"data": [{"news": [ITEM]}, {"news": []}]}, "data[*].news", 1),
        ({"data": [{"x": []}, {"news": [ITEM]}]}, "data[1].news", 1),
        ({"edges": [{"node": ITEM}]}, "edges[*].node", 1),
        ({"old": {}, "new": [ITEM]}, "old|new", 1),
        ({"old": [], "new": [ITEM]}, "old|new", 0),
        ({"data": []}, "data", 0),
        ({"edges": []}, "edges[*].node", 0),
        ([], "$[*]", 0),
    ],
)
def test_where_the_items_are(document, items, found):
    assert urls(document, items=items) == ["https://gov.example/news/1"] * found


@pytest.mark.parametrize(
    ("link", "url"),
    [
        ("https://gov.example/{id}", "https://gov.example/1"),
        ("https://gov.example/{node.id}/{id}", "https://gov.example/2/1"),
        ("https://gov.example/{slug}", "https://gov.example/x/y"),
        ("https://gov.example{node.path}", "https://gov.example/a%20b/%C3%A9"),
        ("https://gov.example/?q={link}", "https://gov.example/?q=https%3A//gov.example/w/%3Fa%3D1%26b%3D2"),
        ("{link}", "https://gov.example/w/?a=1&b=2"),
        ("/news/{id}", "https://gov.example/news/1"),
        ("{slug}", "https://gov.example/api/x/y"),
    ],
)
def test_a_link_is_made_of_fields(link, url):
    assert urls([ITEM], link=link) == [url]


@pytest.mark.parametrize(
    ("value", "url"),
    [
        (0, "https://gov.example/news/0"),
        (12.0, "https://gov.example/news/12"),
        ("12", "https://gov.example/news/12"),
        ("d%C3%A9", "https://gov.example/news/d%C3%A9"),
        ("100%", "https://gov.example/news/100%25"),
        ("a?b#c", "https://gov.example/news/a%3Fb%23c"),
        ("a\x00b\ud800", "https://gov.example/news/a%00b%EF%BF%BD"),
        (int("9" * 20), "https://gov.example/news/" + "9" * 20),
        *((nothing, None) for nothing in (None, "", "  ", True, [], {}, [1], "x" * 3000)),
    ],
)
def test_a_value_is_encoded_and_one_that_names_nothing_is_no_link(value, url):
    assert urls([{"id": value}, {"id": 7}]) == [*([url] if url else []), "https://gov.example/news/7"]


@pytest.mark.parametrize("link", ["javascript:alert(1)", "data:text/html,x", "ftp://a.example/", "http://["])
def test_what_is_no_address_of_the_web_is_no_link(link):
    assert urls([{"link": link}, {"link": "/1"}], link="{link}") == ["https://gov.example/1"]


@pytest.mark.parametrize(
    ("date", "expected", "day_only"),
    [
        ("2026-10-02T10:00:00+02:00", "2026-10-02T08:00", False),
        ("2026-10-02 10:00:00", "2026-10-02T05:00", False),
        ("2026-10-02", "2026-10-01T19:00", True),
        ("20261002", "2026-10-01T19:00", True),
        (20261002, "2026-10-01T19:00", True),
        ("20261002100000", "2026-10-02T05:00", False),
        (202610021000, "2026-10-02T05:00", False),
        ("02.10.2026 10:00", "2026-10-02T05:00", False),
        (1790899200, "2026-10-02T00:00", False),
        (1790899200.5, "2026-10-02T00:00", False),
        ("1790899200", "2026-10-02T00:00", False),
        (1790899200000, "2026-10-02T00:00", False),
        ("/Date(1790899200000+0500)/", "2026-10-02T00:00", False),
        *((none, None, False) for none in ("soon", "05/10/2026", "", None, True, 7, -1790899200, 10**18, 1e300)),
        *((none, None, False) for none in ("20261302", "9" * 5000, {"at": 1}, [1790899200], float("nan"))),
    ],
)
def test_dates(date, expected, day_only):
    (link,) = read([{"id": 1, "at": date}], date="at").links
    assert (link.published and link.published.strftime("%Y-%m-%dT%H:%M")) == expected
    assert link.published_day_only is day_only


def test_the_first_date_that_can_be_read_counts():
    (link,) = read([{"id": 1, "a": "soon", "c": {"d": "2026-10-02T10:00Z"}}], date="a|b|c.d").links
    assert link.published == datetime(2026, 10, 2, 10, tzinfo=UTC)


@pytest.mark.parametrize(
    ("title", "said"),
    [("<b>A</b>\u202e &amp; B\x00", "A & B"), (["A"], None), ("", None), (17, "17"), ("x" * 10**6, "x" * 500)],
)
def test_titles(title, said):
    assert read([{"id": 1, "t": title}], title="t").links[0].title == said


@pytest.mark.parametrize(
    ("document", "cursor"),
    [
        ({"next": "abc"}, "abc"),
        ({"next": 20}, "20"),
        ({"meta": {"after": "x"}}, "x"),
        ({"next": None}, None),
        ({"next": ""}, None),
        ({"next": False}, None),
        ({"next": "x" * 2000}, None),
        ({}, None),
    ],
)
def test_the_cursor_of_the_next_page(document, cursor):
    assert read({"items": [{"id": 1}]} | document, items="items", cursor="next|meta.after").cursor == cursor


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-be", "utf-32"])
def test_encodings(encoding):
    body = json.dumps([{"id": 1, "t": "Встреча"}], ensure_ascii=False).encode(encoding)
    assert read(body, title="t").links[0].title == "Встреча"


def test_what_is_not_in_unicode_gives_its_links_all_the_same():
    body = json.dumps([{"id": 1, "t": "Встреча"}], ensure_ascii=False).encode("cp1251")
    assert urls(body, title="t") == ["https://gov.example/news/1"]


@pytest.mark.parametrize(
    ("body", "said"),
    [
        (b"", "empty"),
        (b"\xef\xbb\xbf \n", "empty"),
        (b"<!DOCTYPE html><html></html>", "HTML"),
        (b"Not found", "no JSON"),
        (b'[{"id": 1}', "no JSON"),
        (b"\x00" * 100, "no JSON"),
        (bytes(range(256)), "no JSON"),
        (b"[" * 1_000_000, "deep"),
        (b'{"a":' * 800_000, "deep"),
        (b'["' + b'\\"' * 2_000_000, "no JSON"),
        (b" " * 5_000_001, "more than 5000000"),
        (b'{"error": "wrong token"}', "no list"),
        (b"null", "no list"),
        (b"17", "no list"),
        (b'"text"', "no list"),
        (b'[{"nr": 1}, 2, null, [], "x"]', "none of the 4 items"),
    ],
)
def test_what_is_no_list_of_articles_is_said(body, said):
    with pytest.raises(SourceChanged, match=said):
        read(body, items="$[*]")


def test_numbers_past_all_counting_are_none():
    assert urls(b'[{"id": ' + b"9" * 100_000 + b'}, {"id": 1e99999}, {"id": NaN}, {"id": 3}]') == [LINK.format(id=3)]


def test_a_list_without_end():
    begun = time.process_time()
    assert len(urls([{"id": number} for number in range(100_000)])) == 2000
    assert time.process_time() - begun < 5
