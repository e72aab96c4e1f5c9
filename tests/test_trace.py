"""Why a URL is where it is."""

import pytest

from readout.found_links import Find
from readout.intake import Intake
from readout.model import Outcome, OutcomeKind, Verdict
from readout.storage.database import Database
from readout.storage.watches import add_watch
from readout.trace import Trace, why
from tests.reported import DAY, NOW, OTHER_TEXT, TEXT, link, page, reading, report, source

AGENCY = source("agency")
FEED = "https://agency.example/rss"
SESSION = report(session=55, days=DAY)


@pytest.fixture
def intake(database: Database) -> Intake:
    return Intake(database, max_age=None)


def trace(database: Database, url: str) -> Trace | None:
    with database.read() as connection:
        return why(connection, url)


def take(intake: Intake, path: str, told) -> None:
    intake.take_links(AGENCY, Find(url=FEED, links=[link(path)]), now=NOW)
    (due,) = intake.due_links(AGENCY.id, now=NOW, limit=1)
    intake.take_page(AGENCY, due, page(due.url), told, now=NOW)


def test_what_was_never_seen_has_no_trace(database):
    assert trace(database, "https://agency.example/1") is None
    assert trace(database, "no url") is None


def test_a_report_is_traced_from_feed_to_alert(database, intake):
    with database.write() as connection:
        add_watch(connection, name="w", recipients=["x@y.example"], channel="email", now=NOW)
    take(intake, "1", reading(TEXT, SESSION))
    found = trace(database, "HTTPS://agency.example/1?utm_source=mail#top")
    (article,) = found.articles
    (told,) = article.reports
    assert (found.link.found_in, found.link.first_seen) == (FEED, NOW)
    assert [visit.outcome for visit in found.visits] == [Outcome(kind=OutcomeKind.STORED, reason="tells of meeting 1")]
    assert (article.stored.score, article.stored.signals, article.original) == (0.9, (("meeting word", 1.5),), None)
    assert (told.meeting_id, told.report) == (1, SESSION)
    assert [(each.verdict, each.reasons) for each in told.judgements] == [(Verdict.SAME, ("no known meeting fits",))]
    assert [alert.recipient for alert in told.alerts] == ["x@y.example"]


def test_a_reprint_names_its_original(database, intake):
    take(intake, "1", reading(TEXT, SESSION))
    take(intake, "2", reading(TEXT, SESSION))
    assert trace(database, link("2").url).articles[0].original.article.url == link("1").url


def test_a_pending_link_has_a_trace_without_visits(database, intake):
    intake.take_links(AGENCY, Find(url=FEED, links=[link("1")]), now=NOW)
    found = trace(database, link("1").url)
    assert (found.link.outcome, found.visits, found.articles) == (None, (), ())


@pytest.mark.parametrize("asked", ["https://old.example/1?utm_source=x", "https://old.example/1"])
def test_imported_rows_are_found_by_either_spelling(database, intake, asked):
    intake.take_row("r1", asked, None, reading(OTHER_TEXT), now=NOW, alert=False)
    found = trace(database, asked)
    assert (found.link, [each.stored.key for each in found.articles]) == (None, ["r1"])
