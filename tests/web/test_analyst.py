"""The way of an analyst through the pages, in a real browser at the width of a desk and of a phone."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import feedparser
import pytest

from readout.storage.database import Database
from tests.telling import fact, meeting, session, store, telling
from tests.web.browsing import DESK, PHONE, browser, tab
from tests.web.visiting import served


@pytest.fixture(scope="module")
def chrome() -> Iterator[Any]:
    with browser() as opened:
        yield opened


def stored(database: Database) -> None:
    """One session under two numbers, as if nobody had seen that it is one, and one of another body."""
    with database.write() as connection:
        store(connection, meeting(telling(1), telling(2, url="https://other.example/2")))
        store(connection, meeting(telling(3)))
        elsewhere = session(body=None, city=fact("Minsk", "Belarus"), country=fact("BY", "Belarus"))
        store(connection, meeting(telling(4, report=elsewhere)))


@pytest.mark.parametrize("size", [DESK, PHONE], ids=["desk", "phone"])
def test_an_analyst_looks_reads_rules_watches_and_follows(database, chrome, size):
    stored(database)
    with served(database) as guest:
        home = f"http://127.0.0.1:{guest.address[1]}"
        with tab(chrome, home, size) as (page, seen):
            page.goto(home)
            looks_and_filters(page)
            reads_the_evidence(page)
            joins_two_and_takes_it_back(page)
            makes_a_watch_and_tries_it(page)
            address = follows(page)
        assert (seen.asked_elsewhere, seen.ran, seen.complained) == ([], [], [])
        feed = feedparser.parse(guest.get(address.removeprefix(home)).body)
    assert [entry.title for entry in feed.entries if "55th" in entry.title]


def listed(page: Any) -> int:
    return page.locator(".columns > div .meeting").count()


def looks_and_filters(page: Any) -> None:
    assert listed(page) == 3
    page.get_by_label("Country").select_option("BY")
    page.get_by_role("button", name="Show", exact=True).click()
    assert page.get_by_label("Ask for").input_value() == "country:BY"
    assert listed(page) >= 1
    page.get_by_label("Ask for").fill("session:55 body:cis-sorb")
    page.get_by_role("button", name="Show", exact=True).click()
    assert listed(page) == 2


def reads_the_evidence(page: Any) -> None:
    page.locator(".columns > div .meeting a", has_text="Council").last.click()
    assert page.get_by_role("heading", level=1).inner_text().endswith("Special Services")
    page.locator(".quote figcaption a").first.click()
    marked = page.locator("mark", has_text="Astana").first
    assert marked.is_visible()
    page.go_back()


def joins_two_and_takes_it_back(page: Any) -> None:
    form = page.locator("form[action$='/merge']")
    form.get_by_label("Number of another meeting").fill("M2")
    form.get_by_label("Reason").fill("the same day in the same hall")
    form.get_by_role("button", name="The same").click()
    done = page.locator(".done")
    assert "the same day in the same hall" in done.inner_text()
    assert page.locator(".reports > li").count() == 3
    done.get_by_label("Reason").fill("it was the next day")
    done.get_by_role("button").click()
    assert "it was the next day" in page.locator(".done").inner_text()
    assert page.locator(".reports > li").count() == 2


def makes_a_watch_and_tries_it(page: Any) -> None:
    page.get_by_role("link", name="Watches", exact=True).click()
    page.get_by_role("link", name="Make a watch").first.click()
    page.get_by_label("Name", exact=True).fill("chiefs")
    page.get_by_label("Query").fill("body:cis-sorb")
    page.get_by_label("Recipients").fill("analyst@example.org")
    page.get_by_role("button", name="Make it").click()
    assert "It watches from now on." in page.locator(".done").inner_text()
    page.get_by_role("link", name="What would it have sent?").click()
    assert page.locator("main").inner_text().count("55th session") >= 2


def follows(page: Any) -> str:
    """The address of the feed of what is asked for."""
    page.get_by_role("link", name="Meetings", exact=True).click()
    page.get_by_label("Ask for").fill("body:cis-sorb")
    page.get_by_role("button", name="Show", exact=True).click()
    address = page.get_by_role("link", name="Atom").get_attribute("href")
    assert re.fullmatch(r"/feed/meetings\.atom\?q=body%3Acis-sorb", address)
    return address
