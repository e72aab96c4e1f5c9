"""No markup from outside makes a parser ask for anything, read a file, or grow: it is read for what it says itself."""

import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from readout.articles.extract import extract
from readout.discovery import Listing
from readout.error import SourceChanged
from readout.model import Link, Page
from spiders.discover.feed import feed_links
from spiders.discover.json_value import read_json
from spiders.discover.listing import listing_links
from spiders.discover.sitemap import sitemap
from tests.hostile.markup import BLOW_UP, BOMB

URL = "https://example.org/x"
SECRET = "what-no-page-may-see"
# {trap}: an address that nobody may connect to. {file}: the URI of a file that nobody may read.
LEADS = {
    "external entity": '<!DOCTYPE r [<!ENTITY e SYSTEM "{trap}">]>',
    "file": '<!DOCTYPE r [<!ENTITY e SYSTEM "{file}">]>',
    "public entity": '<!DOCTYPE r [<!ENTITY e PUBLIC "-//X//X" "{trap}">]>',
    "external DTD": '<!DOCTYPE r SYSTEM "{trap}">',
    "public DTD": '<!DOCTYPE r PUBLIC "-//X//DTD X//EN" "{trap}">',
    "parameter entity": '<!DOCTYPE r [<!ENTITY % p SYSTEM "{trap}"> %p;]>',
    "parameter entity of a file": '<!DOCTYPE r [<!ENTITY % p SYSTEM "{file}"> %p;]>',
    "stylesheet": '<?xml-stylesheet type="text/xsl" href="{trap}"?>',
    "bomb": BOMB,
    "blow-up": BLOW_UP,
}
INSIDE = (
    '<xi:include xmlns:xi="http://www.w3.org/2001/XInclude" href="{trap}"/>'
    '<xi:include xmlns:xi="http://www.w3.org/2001/XInclude" href="{file}" parse="text"/>'
    '<x xmlns:s="http://www.w3.org/2001/XMLSchema-instance" s:schemaLocation="urn:x {trap}"/>'
)
TEXT = "Council &e;&i;&a; meets"
FEED = "<rss><channel><item><title>{text}</title><link>https://example.org/news/1</link>{inside}</item></channel></rss>"
ATOM = (
    '<feed xmlns="http://www.w3.org/2005/Atom"><entry><title>{text}</title>'
    '<link href="https://example.org/news/1"/>{inside}</entry></feed>'
)
SITEMAP = "<urlset><url><loc>https://example.org/news/1</loc><title>{text}</title>{inside}</url></urlset>"
HTML = (
    "<html><body><a href='https://example.org/news/1'>{text}</a>"
    "<p>{text} in Astana on Friday.</p>{inside}</body></html>"
)


def read_article(body: bytes) -> Any:
    at = datetime(2026, 11, 1, tzinfo=UTC)
    page = Page(url=URL, final_url=URL, status=200, body=body, content_type="text/html", fetched_at=at)
    return extract(page, link=Link(url=URL), zone=UTC)


READERS: dict[str, tuple[str, Callable[[bytes], Any]]] = {
    "feed": (FEED, lambda body: feed_links(body, url=URL, content_type="application/rss+xml", zone=UTC)),
    "atom": (ATOM, lambda body: feed_links(body, url=URL, content_type="application/atom+xml", zone=UTC)),
    "sitemap": (SITEMAP, lambda body: sitemap(body, URL, limit=1_000_000).links),
    "listing": (HTML, lambda body: listing_links(body.decode(), URL, Listing(url=URL), UTC).links),
    "article": (HTML, read_article),
}


@contextmanager
def listening() -> Iterator[socket.socket]:
    with socket.create_server(("127.0.0.1", 0)) as trap:
        trap.setblocking(False)
        yield trap


def was_hit(trap: socket.socket) -> bool:
    """Whether anybody connected: whoever did waits to be accepted."""
    with suppress(BlockingIOError):
        trap.accept()[0].close()
        return True
    return False


@pytest.mark.parametrize("lead", LEADS)
@pytest.mark.parametrize("reader", READERS)
def test_markup_makes_nobody_ask_or_grow(tmp_path: Path, reader: str, lead: str) -> None:
    (tmp_path / "secret").write_text(SECRET)
    form, read = READERS[reader]
    with listening() as trap:
        places = {"trap": f"http://127.0.0.1:{trap.getsockname()[1]}/x", "file": (tmp_path / "secret").as_uri()}
        inside = INSIDE.format(**places)
        start = LEADS[lead] if lead in ("bomb", "blow-up") else LEADS[lead].format(**places)
        found = read((start + form.format(text=TEXT, inside=inside)).encode())
        assert not was_hit(trap)
    said = repr(found)
    assert "https://example.org/news/1" in said or reader == "article"
    assert SECRET not in said
    assert "lollol" not in said
    assert "aaaaaaaa" not in said


def test_the_trap_is_one() -> None:
    with listening() as trap:
        assert not was_hit(trap)
        with socket.create_connection(trap.getsockname()):
            assert was_hit(trap)


@pytest.mark.parametrize("body", [b"[" * 100_000, b'{"a":' * 100_000, b'[{"a":' * 100_000])
def test_json_nested_endlessly_is_no_list(body: bytes) -> None:
    with pytest.raises(SourceChanged, match="nested deeper"):
        read_json(body, URL)


def test_json_that_python_reads_in_a_way_of_its_own() -> None:
    assert read_json(b"[" + b"1" * 5_000 + b", NaN, -Infinity, 1e999]", URL)[:3] == [None, None, None]
    assert read_json(b'{"a": 1, "a": 2}', URL) == {"a": 2}
