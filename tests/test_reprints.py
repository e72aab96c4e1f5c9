"""Reprints name their original, whatever order they come in."""

from datetime import timedelta
from itertools import permutations

import pytest

from readout.found_links import Find
from readout.intake import Intake
from readout.model import Link, SourceKind
from readout.storage.database import Database
from readout.storage.meetings import list_meetings
from tests.reported import DAY, NOW, OTHER_TEXT, TEXT, page, reading, report, source

HOUR = timedelta(hours=1)
SESSION = report(session=55, days=DAY, city="Astana", country="KZ")
TASS = source("tass", home="https://tass.com/")
APA = source("apa", home="https://apa.az/")
PAPER, SHEET = source("paper"), source("sheet")
OFFICE = source("office", kind=SourceKind.GOVERNMENT)


def take(database: Database, who, text: str = TEXT, *reports, path: str = "1", now=NOW, credit=None, **said) -> None:
    """An article of `who` is found, fetched and taken in."""
    intake, url = Intake(database, max_age=None), f"{who.home}{path}"
    intake.take_links(who, Find(url=who.home, links=[Link(url=url)]), now=now)
    (due,) = (each for each in intake.due_links(who.id, now=now, limit=9) if each.url == url)
    read = reading(text, *(reports or (SESSION,)), credit=credit, **said)
    intake.take_page(who, due, page(url, text.encode()), read, now=now)


def originals(database: Database) -> dict[str, str | None]:
    """Whose text each telling of the one meeting copies, by source."""
    with database.read() as connection:
        (meeting,) = list_meetings(connection)
    names = {told.article_key: told.source for told in meeting.tellings}
    return {told.source: told.duplicate_of and names[told.duplicate_of] for told in meeting.tellings}


def line(words: str) -> str:
    """The text with a line of its own below."""
    return f"{TEXT}\n{words}"


@pytest.mark.parametrize("order", [*permutations(range(3))])
def test_credit_decides_whoever_comes_first(database, order):
    copies = [
        (TASS, {"text": TEXT, "published": NOW}),
        (PAPER, {"text": line("TASS reports."), "credit": "tass", "published": NOW - HOUR}),
        (OFFICE, {"text": line("Press service."), "published": NOW - 2 * HOUR}),
    ]
    for number in order:
        who, said = copies[number]
        take(database, who, **said)
    assert originals(database) == {"tass": None, "paper": "tass", "office": "tass"}


@pytest.mark.parametrize("order", [*permutations((APA, PAPER, OFFICE))])
def test_without_credit_the_official_source_is_first(database, order):
    for who in order:
        take(database, who, line(f"This is {who.name}."))
    assert originals(database) == {"office": None, "apa": "office", "paper": "office"}


@pytest.mark.parametrize("order", [*permutations((0, 1, 2))])
def test_else_who_published_first(database, order):
    papers = (APA, PAPER, SHEET)
    for number in order:
        who = papers[number]
        take(database, who, line(f"This is {who.name}."), published=NOW + number * HOUR, now=NOW + 9 * HOUR)
    assert originals(database) == {"apa": None, "paper": "apa", "sheet": "apa"}


def test_the_very_same_text_is_linked_like_a_near_copy(database):
    take(database, PAPER, published=NOW)
    take(database, APA, published=NOW - HOUR)
    take(database, OFFICE, published=NOW + HOUR)
    assert originals(database) == {"paper": "office", "apa": "office", "office": None}


def test_who_names_a_source_in_words_of_its_own_is_no_reprint_and_shows_its_credit(database):
    take(database, TASS)
    take(database, PAPER, OTHER_TEXT, credit="tass")
    assert originals(database) == {"tass": None, "paper": None}
    with database.read() as connection:
        (meeting,) = list_meetings(connection)
    assert {told.source: told.credit for told in meeting.tellings} == {"tass": None, "paper": "tass"}


def test_alike_texts_of_two_meetings_stay_apart(database):
    take(database, PAPER, TEXT, report(session=55, days=DAY, city="Astana"))
    take(database, SHEET, line("As ever."), report("intel", session=21, days=DAY + timedelta(days=60), city="Minsk"))
    with database.read() as connection:
        told = [each.tellings for each in list_meetings(connection)]
    assert [[each.duplicate_of for each in tellings] for tellings in told] == [[None], [None]]


def test_an_article_that_is_rewritten_is_no_reprint_any_more(database):
    take(database, PAPER, published=NOW)
    take(database, SHEET, line("A line."), published=NOW + HOUR, now=NOW + HOUR)
    assert originals(database) == {"paper": None, "sheet": "paper"}
    intake = Intake(database, max_age=None)
    (due,) = intake.due_links(SHEET.id, now=NOW + 3 * HOUR, limit=9)
    anew = reading(OTHER_TEXT, SESSION, published=NOW + HOUR)
    intake.take_page(SHEET, due, page(due.url, b"anew"), anew, now=NOW + 3 * HOUR)
    assert originals(database) == {"paper": None, "sheet": None}


def test_a_reprint_is_no_further_voice_for_a_fact(database):
    # Two independent voices for Astana outweigh one for Almaty and its reprints, whoever came first.
    almaty = report(session=55, days=DAY, city="Almaty", country="KZ")
    for number, who in enumerate((APA, PAPER, SHEET)):
        take(database, who, line(f"This is {who.name}."), almaty, published=NOW + number * HOUR, now=NOW + 5 * HOUR)
    harvest = " ".join(reversed(OTHER_TEXT.split()))
    for number, text in enumerate((OTHER_TEXT, harvest)):
        take(database, source("daily") if number else TASS, text, SESSION, published=NOW + 4 * HOUR, now=NOW + 5 * HOUR)
    with database.read() as connection:
        (meeting,) = list_meetings(connection)
    assert meeting.report.city.value == "Astana"
