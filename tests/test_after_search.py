"""What a search of the past came upon before the feed named it: told once the feed does, if it is not old."""

from dataclasses import replace
from datetime import timedelta

import pytest

from readout.found_links import Find, Onward
from readout.intake import Intake
from readout.model import Link
from readout.storage.alerts import list_alerts
from readout.storage.backfills import begin_backfill
from readout.storage.meetings import list_meetings
from readout.storage.watches import add_watch
from tests.reported import DAY, MAX_AGE, NOW, TEXT, page, reading, report, source

HOUR = timedelta(hours=1)
AGENCY = source("agency")
MAIN, OTHER = "https://agency.example/news/1", "https://agency.example/news/of-the-day"
SESSION = report(session=55, days=DAY, city="Astana", country="KZ")
FEED, ARCHIVE = "https://agency.example/rss", "https://agency.example/archive"


@pytest.fixture
def intake(database):
    with database.write() as connection:
        add_watch(connection, name="w", recipients=["x@y.example"], channel="email", now=NOW - HOUR)
        begin_backfill(connection, AGENCY.id, ARCHIVE, since=NOW - 99 * HOUR, now=NOW)
    intake = Intake(database, max_age=MAX_AGE)
    intake.take_links(AGENCY, Find(url=FEED, links=[Link(url="https://agency.example/news/0")]), now=NOW)
    return intake


def read(intake, url, *, at, text=TEXT, canonical=None, **more):
    (due,) = (each for each in intake.due_links(AGENCY.id, now=at, limit=9) if each.url == url)
    told = reading(text, SESSION, **more)
    told = replace(told, article=replace(told.article, canonical_url=canonical))
    since = NOW - 99 * HOUR if due.quiet else None
    return intake.take_page(AGENCY, due, page(url, text.encode()), told, now=at, since=since)


def search(intake, url, *, at, **more):
    intake.take_older(AGENCY, Find(url=ARCHIVE, links=[Link(url=url)]), Onward(place=ARCHIVE), now=at)
    return read(intake, url, at=at, **more)


def name(intake, *urls, at):
    intake.take_links(AGENCY, Find(url=FEED, links=[Link(url=url) for url in urls]), now=at)


def told(database):
    with database.read() as connection:
        (meeting,) = list_meetings(connection)
        return len(list_alerts(connection)), meeting.late


@pytest.mark.parametrize("text", [TEXT, TEXT + " It was edited since."])
def test_it_is_told_when_the_feed_names_it(intake, database, text):
    search(intake, MAIN, at=NOW + HOUR)
    assert told(database) == (0, True)
    for hours in (2, 3):
        name(intake, MAIN, at=NOW + hours * HOUR)
        if hours == 2:
            read(intake, MAIN, at=NOW + 2 * HOUR, text=text)
        assert told(database) == (1, False)


def test_it_is_told_when_the_feed_names_another_address_of_it(intake, database):
    search(intake, MAIN, at=NOW + HOUR)
    name(intake, OTHER, at=NOW + 2 * HOUR)
    read(intake, OTHER, at=NOW + 2 * HOUR, canonical=MAIN)
    assert told(database) == (1, False)


def test_what_is_old_stays_late(intake, database):
    search(intake, MAIN, at=NOW + HOUR, published=NOW - MAX_AGE - HOUR)
    name(intake, MAIN, at=NOW + 2 * HOUR)
    read(intake, MAIN, at=NOW + 2 * HOUR, published=NOW - MAX_AGE - HOUR)
    assert told(database) == (0, True)
