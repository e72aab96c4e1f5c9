"""The pages as a browser shows them: sound for everybody, and nothing that was stored does anything there."""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest
from sqlalchemy import Connection

from readout.model import BodyName, Meeting, Participant
from readout.storage import watches
from readout.storage.attendees import put_attendees
from readout.storage.database import Database
from readout.watching import Query
from tests.payloads import MARKUP, PAYLOADS
from tests.telling import NOW, fact, meeting, session, store, telling
from tests.web.browsing import DESK, PHONE, browser, paths, shape, tab
from tests.web.visiting import served

# Of pages that differ only in what they are about, so many are looked at.
_OF_A_KIND = 2
_MOST_PAGES = 80
# What programs read is no page.
_NO_PAGE = re.compile(r"/(api|export|feed|metrics|healthz)\b|\.(zip|json|ics)$")


@pytest.fixture(scope="module")
def chrome() -> Iterator[Any]:
    with browser() as opened:
        yield opened


def walk(page: Any, home: str, of_a_kind: int = _OF_A_KIND) -> Iterator[str]:
    """Open every page that can be reached from the first one, so many of a kind; the path of each while it is open."""
    waiting, known, kinds = deque(["/"]), {"/"}, {shape("/"): 1}
    for _ in range(_MOST_PAGES):
        if not waiting:
            return
        path = waiting.popleft()
        answer = page.goto(home + path)
        assert answer.status == 200, path
        yield path
        for found in paths(page, home):
            kind = shape(found)
            if found in known or _NO_PAGE.search(found.partition("?")[0]):
                continue
            known.add(found)
            if kinds.get(kind, 0) < of_a_kind:
                kinds[kind] = kinds.get(kind, 0) + 1
                waiting.append(found)


def keep(connection: Connection, told: Meeting) -> None:
    """Store a meeting, to be found by the names of those who were there."""
    kept = store(connection, told)
    put_attendees(connection, kept.id, kept.report, date(2024, 10, 4))


def stored(database: Database) -> None:
    """Meetings of two bodies, one of them told by several, and a watch."""
    with database.write() as connection:
        keep(connection, meeting(telling(1), telling(2, url="https://other.example/2")))
        keep(connection, meeting(telling(3, report=session(session_number=fact(55, "55th")))))
        for number in range(12):  # a wide table of who came
            day = fact(date(2012 + number, 10, 4), "4 October")
            keep(connection, meeting(telling(10 + number, report=session(start_date=day, end_date=None))))
        watches.add_watch(connection, name="chiefs", recipients=["reader@example.org"], channel="email", now=NOW)


@pytest.mark.parametrize(("size", "scheme"), [(DESK, "light"), (PHONE, "dark")])
def test_every_page_is_sound_for_everybody(database, chrome, size, scheme):
    """axe-core finds nothing serious, nothing is wider than the window, and the browser has no complaint."""
    from axe_playwright_python.sync_playwright import Axe

    stored(database)
    axe, faults = Axe(), []
    with served(database) as guest:
        home = f"http://127.0.0.1:{guest.address[1]}"
        with tab(chrome, home, size, color_scheme=scheme, bypass_csp=True) as (page, seen):
            for path in walk(page, home):
                found = axe.run(page).response["violations"]
                faults += [
                    (path, each["id"], [node["html"][:200] for node in each["nodes"]][:3])
                    for each in found
                    if each["impact"] in ("serious", "critical")
                ]
                if page.evaluate("document.documentElement.scrollWidth > window.innerWidth"):
                    faults.append((path, "wider than the window", []))
    assert faults == []
    assert (seen.asked_elsewhere, seen.ran, seen.complained) == ([], [], [])


def test_what_is_printed_is_dark_on_white_and_says_where_it_stands(database, chrome):
    stored(database)
    with served(database) as guest:
        home = f"http://127.0.0.1:{guest.address[1]}"
        with tab(chrome, home, color_scheme="dark") as (page, _):
            page.goto(f"{home}/meetings/1")
            page.emulate_media(media="print")
            look = "each => [getComputedStyle(each).backgroundColor, getComputedStyle(each).color]"
            back, ink = page.eval_on_selector("table", look)
            after = "each => getComputedStyle(each, '::after').content"
            assert page.locator("[rel=bookmark]").is_visible()
            assert page.eval_on_selector("[rel=bookmark]", after) == '" · /meetings/1"'
            assert not page.locator("form").first.is_visible()
    assert back == "rgb(255, 255, 255)"
    assert ink == "rgb(0, 0, 0)"


@pytest.mark.parametrize(("scheme", "soft"), [("light", "rgb(85, 96, 110)"), ("dark", "rgb(164, 175, 188)")])
def test_what_stands_in_an_empty_box_is_read_as_easily_as_beside_it(database, chrome, scheme, soft):
    """The box that searches has no other label; axe-core looks at none of these."""
    with served(database) as guest:
        home = f"http://127.0.0.1:{guest.address[1]}"
        with tab(chrome, home, color_scheme=scheme) as (page, _):
            page.goto(home)
            colour = "each => getComputedStyle(each, '::placeholder').color"
            assert page.eval_on_selector(".find input", colour) == soft


def hostile(database: Database) -> int:
    """Meetings whose every text is a payload; how many there are."""
    texts = [text for text in (*MARKUP, *PAYLOADS.values()) if text.isascii() or _can_be_stored(text)]
    with database.write() as connection:
        for number, text in enumerate(texts, 1):
            person = Participant(name=text, name_latin=text, role=text, country=text[:20], key=text)
            told = session(
                body=fact(BodyName(id="cis-sorb" if number % 3 == 0 else None, name=text), text, text),
                city=fact(text, text, text),
                received_by=fact(text, text, text),
                participants=(fact(person, text, text),),
                topics=(fact(text, text, text),),
            )
            bad = telling(number, url=text, title=text, text=text, source=text, report=told, language=text[:20])
            keep(connection, meeting(bad, telling(1000 + number, title=text, report=told), number=number))
            name, readers = f"{number} {text}"[:60], [f"reader{number}@example.org"]
            watches.add_watch(connection, name=name, recipients=readers, channel="email", query=Query(), now=NOW)
    return 2 * len(texts)


def _can_be_stored(text: str) -> bool:
    try:
        return bool(text.encode())
    except UnicodeEncodeError:
        return False


def test_nothing_that_was_stored_runs_or_asks_for_anything(database, chrome):
    assert hostile(database) >= 200
    with served(database) as guest:
        home = f"http://127.0.0.1:{guest.address[1]}"
        with tab(chrome, home) as (page, seen):
            shown = [path for path in walk(page, home, of_a_kind=8) if "owned" in page.content()]
    assert shown
    assert (seen.asked_elsewhere, seen.ran, seen.complained) == ([], [], [])
