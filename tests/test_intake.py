"""The way of a page after fetching: one transaction, one fate, one meeting, one alert."""

import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy.exc import DataError

from readout.discovery import Validators
from readout.found_links import Find
from readout.intake import DueLink, Intake
from readout.model import Link, Outcome, OutcomeKind, Status
from readout.storage import articles, links
from readout.storage.alerts import list_alerts
from readout.storage.database import Database
from readout.storage.histories import outcomes
from readout.storage.meetings import list_meetings
from readout.storage.places import Asked
from readout.storage.watches import add_watch
from readout.watches.query import parse
from tests.reported import DAY, MAX_AGE, NOW, OTHER_TEXT, TEXT, link, page, reading, report, source
from tests.store import store_url

HOUR = timedelta(hours=1)
AGENCY, PAPER = source("agency", kind="agency"), source("paper")
SESSION = report(session=55, days=DAY, city="Astana", country="KZ")
STORED, DUPLICATE, UNCHANGED = OutcomeKind.STORED, OutcomeKind.DUPLICATE, OutcomeKind.UNCHANGED


@pytest.fixture
def intake(database: Database) -> Intake:
    return Intake(database, max_age=MAX_AGE)


def due(intake: Intake, path: str = "1", who=AGENCY, *, now=NOW, **said) -> DueLink:
    """A link, found and due."""
    url = link(path, who.id).url
    intake.take_links(who, Find(url=f"https://{who.id}.example/rss", links=[Link(url=url, **said)]), now=now)
    return next(each for each in intake.due_links(who.id, now=now, limit=99) if each.url == url)


def take(intake: Intake, text: str, *reports, path: str = "1", who=AGENCY, now=NOW, body=None, **more) -> Outcome:
    """Find a page, fetch it and take it in."""
    wanted = due(intake, path, who, now=now)
    since = more.pop("since", None)
    fetched = page(wanted.url, (body or text).encode())
    return intake.take_page(who, wanted, fetched, reading(text, *reports, **more), now=now, since=since)


def revisit(intake: Intake, text: str, *reports, now, who=AGENCY, **more) -> Outcome:
    """Fetch the link that is due again."""
    (wanted,) = intake.due_links(who.id, now=now, limit=9)
    return intake.take_page(who, wanted, page(wanted.url, text.encode()), reading(text, *reports, **more), now=now)


def meetings(database: Database):
    with database.read() as connection:
        return list(list_meetings(connection))


def fate(database: Database, path: str = "1", who=AGENCY):
    with database.read() as connection:
        return links.link_by_url(connection, link(path, who.id).url)


def article(database: Database, path: str = "1", who=AGENCY):
    with database.read() as connection:
        return articles.article_of_link(connection, links.link_by_url(connection, link(path, who.id).url).id)


def watch(database: Database, now=NOW - HOUR, query="") -> None:
    with database.write() as connection:
        add_watch(connection, name="w", query=parse(query), recipients=["x@y.example"], channel="email", now=now)


def alerts(database: Database):
    with database.read() as connection:
        return list_alerts(connection)


# --- fates ----------------------------------------------------------------------------------------------------------


def test_a_report_is_stored_under_a_meeting(intake, database):
    assert take(intake, TEXT, SESSION) == Outcome(kind=STORED, reason="tells of meeting 1")
    (meeting,) = meetings(database)
    assert (meeting.report, meeting.late) == (SESSION, False)
    assert [(told.article_key, told.url, told.text, told.source) for told in meeting.tellings] == [
        ("a1", "https://agency.example/1", TEXT, "agency")
    ]
    assert fate(database).outcome == Outcome(kind=STORED, reason="tells of meeting 1")


def test_a_report_knows_who_published_it_and_how_surely_it_is_one(intake, database):
    take(intake, TEXT, report())
    with database.read() as connection:
        ((told,),) = (meeting.tellings for meeting in list_meetings(connection))
    assert (told.source_kind, told.official, told.score) == (AGENCY.kind, AGENCY.is_official, 0.9)


def test_what_is_no_report_is_kept_with_the_reason(intake, database):
    outcome = take(intake, OTHER_TEXT)
    assert outcome == Outcome(kind=OutcomeKind.NOT_A_REPORT, reason="score 0.10: words of sport")
    assert (article(database).outcome, article(database).article.text) == ("not_a_report", OTHER_TEXT)
    assert meetings(database) == []
    assert fate(database).next_visit is None


def test_a_copy_elsewhere_is_a_reprint_under_the_same_meeting(intake, database):
    take(intake, TEXT, SESSION)
    outcome = take(intake, TEXT, SESSION, who=PAPER)
    assert outcome == Outcome(kind=DUPLICATE, reason="the same text as https://agency.example/1; tells of meeting 1")
    (meeting,) = meetings(database)
    assert [told.duplicate_of for told in meeting.tellings] == [None, "a1"]


def test_a_copy_that_tells_no_facts_joins_its_original(intake, database):
    take(intake, TEXT, report(None))
    take(intake, TEXT, report(None), who=PAPER, published=NOW + 3 * HOUR)
    assert len(meetings(database)) == 1


def test_an_edited_copy_is_a_report_of_its_own_and_names_its_original(intake, database):
    take(intake, TEXT, SESSION)
    outcome = take(intake, TEXT + " The paper adds a line of its own.", SESSION, who=PAPER)
    assert outcome.kind is STORED
    (meeting,) = meetings(database)
    assert [told.duplicate_of for told in meeting.tellings] == [None, "a1"]


def test_a_page_of_several_meetings_stands_under_each(intake, database):
    other = report("intel", session=21, days=DAY + timedelta(days=1), city="Astana")
    assert take(intake, TEXT, SESSION, other).reason == "tells of meeting 1, 2"
    take(intake, OTHER_TEXT, other, who=PAPER)
    assert [[told.article_key for told in each.tellings] for each in meetings(database)] == [["a1"], ["a1", "a2"]]


def test_two_reports_of_one_page_are_two_meetings(intake, database):
    take(intake, TEXT, report("sorb"), report("sorb"))
    assert len(meetings(database)) == 2


def test_a_copy_of_a_page_of_several_meetings_matches_them_in_order(intake, database):
    for who in (AGENCY, PAPER):
        take(intake, TEXT, report(None, city="Astana"), report(None, city="Minsk"), who=who)
    assert [len(each.tellings) for each in meetings(database)] == [2, 2]


def test_the_life_of_a_meeting_is_one_meeting(intake, database):
    take(intake, "announcement " + TEXT, report(session=55, days=DAY, status=Status.PLANNED), path="a")
    take(intake, OTHER_TEXT, report(days=DAY, city="Astana", status=Status.HELD), path="b")
    (meeting,) = meetings(database)
    assert (meeting.report.status.value, meeting.report.city.value, meeting.report.session_number.value) == (
        Status.HELD,
        "Astana",
        55,
    )


def test_an_unsure_report_has_its_own_meeting_that_is_perhaps_the_same(intake, database):
    take(intake, TEXT, SESSION)
    take(intake, OTHER_TEXT, report(days=DAY, city="Minsk", country="BY"), who=PAPER)
    assert [each.perhaps_same_as for each in meetings(database)] == [(2,), (1,)]


# --- time -----------------------------------------------------------------------------------------------------------


def test_a_search_of_the_past_leaves_aside_what_is_older(intake, database):
    outcome = take(intake, TEXT, SESSION, since=NOW - 24 * HOUR, published=NOW - 48 * HOUR)
    assert outcome == Outcome(kind=OutcomeKind.BEFORE_RANGE, reason="published 2024-10-02, before 2024-10-03")
    assert article(database).outcome == "before_range"
    assert meetings(database) == []


def test_a_search_of_the_past_counts_days_as_the_source_does(intake):
    midnight_further_east = NOW.replace(day=3, hour=20)
    said = {"published": midnight_further_east, "day": DAY, "since": NOW.replace(hour=0)}
    assert take(intake, TEXT, SESSION, **said).kind is STORED


@pytest.mark.parametrize(
    ("published", "since", "late"),
    [
        (NOW - MAX_AGE, None, False),
        (NOW - MAX_AGE - HOUR, None, True),
        (None, None, False),
        (NOW, NOW - HOUR, True),
        (None, NOW - HOUR, True),
    ],
)
def test_what_comes_late_is_stored_and_nobody_is_told(intake, database, published, since, late):
    watch(database)
    take(intake, TEXT, SESSION, published=published, since=since)
    assert [meeting.late for meeting in meetings(database)] == [late]
    assert len(alerts(database)) == (0 if late else 1)


def find_in_the_past(intake):
    """The link that a search of the past found, as due."""
    url = "https://agency.example/1"
    with intake._database.write() as connection:
        links.add_links(connection, AGENCY.id, "map", [Link(url=url)], quiet=True, now=NOW)
    (wanted,) = intake.due_links(AGENCY.id, now=NOW, limit=9)
    return wanted


def test_of_what_a_search_of_the_past_left_pending_nobody_is_told_later(intake, database):
    watch(database)
    wanted = find_in_the_past(intake)
    assert wanted.quiet
    intake.take_page(AGENCY, wanted, page(wanted.url), reading(TEXT, SESSION), now=NOW)
    assert [meeting.late for meeting in meetings(database)] == [True]
    assert alerts(database) == []


def test_what_was_too_old_for_one_search_is_taken_by_one_that_reaches_further(intake, database):
    wanted = find_in_the_past(intake)
    said = reading(TEXT, SESSION, published=NOW - 48 * HOUR)
    for hours, kind in ((24, OutcomeKind.BEFORE_RANGE), (24, UNCHANGED), (96, STORED), (96, UNCHANGED)):
        outcome = intake.take_page(AGENCY, wanted, page(wanted.url), said, now=NOW, since=NOW - hours * HOUR)
        assert (outcome.kind, article(database).version) == (kind, 1)
    assert [meeting.late for meeting in meetings(database)] == [True]


@pytest.mark.parametrize("max_age", [None, timedelta(0)])
def test_without_a_limit_any_age_is_told(database, max_age):
    watch(database)
    take(Intake(database, max_age=max_age), TEXT, SESSION, published=NOW - 9_000 * HOUR)
    assert len(alerts(database)) == 1


def test_one_report_in_time_makes_a_late_meeting_worth_telling(intake, database):
    watch(database)
    take(intake, TEXT, SESSION, published=NOW - 2 * MAX_AGE)
    take(intake, OTHER_TEXT, SESSION, who=PAPER)
    assert [meeting.late for meeting in meetings(database)] == [False]
    assert len(alerts(database)) == 1


# --- alerts ---------------------------------------------------------------------------------------------------------


def test_one_meeting_is_one_alert_however_often_it_is_told(intake, database):
    watch(database)
    take(intake, TEXT, SESSION)
    take(intake, TEXT, SESSION, who=PAPER)
    take(intake, OTHER_TEXT, SESSION, who=PAPER, path="2")
    assert len(alerts(database)) == 1


def test_a_later_report_can_be_the_one_that_matches(intake, database):
    watch(database, query="topic:terrorism")
    take(intake, TEXT, SESSION)
    assert alerts(database) == []
    take(intake, OTHER_TEXT, report(session=55, topics=("terrorism",)), who=PAPER)
    assert len(alerts(database)) == 1


def test_all_is_stored_or_nothing(intake, database):
    """A fact that no database takes breaks the transaction at its last step."""
    watch(database)
    wanted = due(intake)
    with pytest.raises((OverflowError, DataError)):
        intake.take_page(AGENCY, wanted, page(wanted.url), reading(TEXT, SESSION, report("b", session=2**70)), now=NOW)
    assert (article(database), meetings(database), alerts(database)) == (None, [], [])
    assert intake.due_links(AGENCY.id, now=NOW, limit=9) == [wanted]


# --- visits again ---------------------------------------------------------------------------------------------------


def test_reports_are_looked_at_again_and_keep_their_fate(intake, database):
    take(intake, TEXT, SESSION)
    seen = []
    for age in (1, 24, 168):
        (again,) = intake.due_links(AGENCY.id, now=NOW + age * HOUR, limit=9)
        intake.settle(again, Outcome(kind=UNCHANGED, reason="304"), now=NOW + age * HOUR)
        seen.append((again.validators, fate(database).outcome.kind, fate(database).next_visit))
    validators = Validators(etag='"1"')
    assert seen == [
        (validators, STORED, NOW + 24 * HOUR),
        (validators, STORED, NOW + 168 * HOUR),
        (validators, STORED, None),
    ]
    with database.read() as connection:
        assert [each.outcome.kind for each in links.visits(connection, again.id)] == [STORED, *[UNCHANGED] * 3]


def test_the_same_bytes_are_known(intake):
    take(intake, TEXT, SESSION, body="bytes")
    (again,) = intake.due_links(AGENCY.id, now=NOW + HOUR, limit=9)
    assert intake.is_known_bytes(again, page(again.url, b"bytes")) is True
    assert intake.is_known_bytes(again, page(again.url, b"others")) is False


def test_other_bytes_of_the_same_text_change_nothing(intake, database):
    take(intake, TEXT, SESSION, body="bytes")
    (again,) = intake.due_links(AGENCY.id, now=NOW + HOUR, limit=9)
    outcome = intake.take_page(AGENCY, again, page(again.url, b"others"), reading(TEXT, SESSION), now=NOW + HOUR)
    assert outcome.kind is UNCHANGED
    assert (fate(database).outcome.kind, article(database).version) == (STORED, 1)


def test_an_edited_page_is_a_new_version_of_the_same_meeting(intake, database):
    take(intake, TEXT, report(session=55))
    outcome = revisit(intake, TEXT + " Corrected.", report(session=55, city="Astana"), now=NOW + HOUR)
    assert outcome == Outcome(kind=STORED, reason="version 2 tells of meeting 1")
    (meeting,) = meetings(database)
    assert (meeting.report.city.value, len(meeting.tellings)) == ("Astana", 1)
    assert meeting.tellings[0].text == TEXT + " Corrected."


def test_an_edit_that_turns_to_facts_that_nobody_told_stays_where_it_was(intake, database):
    take(intake, TEXT, SESSION)
    revisit(intake, OTHER_TEXT, report("intel", session=21, days=DAY), now=NOW + HOUR)
    assert [(meeting.id, meeting.report.body.value.id) for meeting in meetings(database)] == [(1, "intel")]


def test_an_edit_that_turns_to_another_meetings_facts_joins_it(intake, database):
    """A reader of both would else be told of one meeting under two numbers for ever."""
    take(intake, TEXT, SESSION)
    take(intake, OTHER_TEXT, report("intel", session=21, days=DAY), who=PAPER)
    revisit(intake, TEXT + " Corrected.", report("intel", session=21, days=DAY), now=NOW + HOUR)
    (meeting,) = meetings(database)
    assert (meeting.report.body.value.id, len(meeting.tellings)) == ("intel", 2)


def test_an_edit_that_tells_of_no_meeting_leaves_what_was_told(intake, database):
    take(intake, TEXT, SESSION)
    assert revisit(intake, OTHER_TEXT, now=NOW + HOUR).kind is OutcomeKind.NOT_A_REPORT
    (meeting,) = meetings(database)
    assert (meeting.report, meeting.tellings[0].text) == (SESSION, TEXT)
    assert article(database).article.text == OTHER_TEXT


def test_an_edit_may_add_a_meeting(intake, database):
    take(intake, TEXT, SESSION)
    revisit(intake, TEXT + " And more.", SESSION, report("intel", days=DAY), now=NOW + HOUR)
    assert [len(each.tellings) for each in meetings(database)] == [1, 1]


def test_an_edit_back_and_forth_between_copies_ends(intake, database):
    take(intake, TEXT, SESSION)
    take(intake, TEXT, SESSION, who=PAPER)
    revisit(intake, OTHER_TEXT, SESSION, now=NOW + HOUR)
    assert revisit(intake, TEXT, SESSION, now=NOW + 24 * HOUR).kind is STORED
    assert [told.duplicate_of for told in meetings(database)[0].tellings] == [None, "a1"]


# --- what brings nothing --------------------------------------------------------------------------------------------


def test_a_failed_link_is_tried_again_and_given_up_after_five(intake, database):
    wanted, now, waits = due(intake), NOW, []
    for number in range(1, 6):
        intake.settle(wanted, Outcome(kind=OutcomeKind.FAILED, reason="timeout"), now=now)
        assert (fate(database).outcome.kind, fate(database).attempts) == (OutcomeKind.FAILED, number)
        waits.append(fate(database).next_visit and (fate(database).next_visit - now) // HOUR)
        now = fate(database).next_visit or now
    assert waits == [1, 6, 24, 24, None]
    intake.take_links(AGENCY, Find(url="rss", links=[Link(url=wanted.url, modified=now + HOUR)]), now=now + HOUR)
    (again,) = intake.due_links(AGENCY.id, now=now + HOUR, limit=9)
    assert again.attempts == 0


@pytest.mark.parametrize(
    ("kind", "days"),
    [
        (OutcomeKind.REFUSED, 7),
        (OutcomeKind.WALL, None),
        (OutcomeKind.UNREADABLE, None),
        (OutcomeKind.UNSUPPORTED, None),
    ],
)
def test_other_fates_are_final(intake, database, kind, days):
    intake.settle(due(intake), Outcome(kind=kind, reason="why"), now=NOW)
    assert fate(database).outcome == Outcome(kind=kind, reason="why")
    assert fate(database).next_visit == (NOW + timedelta(days=days) if days else None)


@pytest.mark.parametrize(("kind", "is_kept"), [(OutcomeKind.UNREADABLE, True), (OutcomeKind.WALL, False)])
def test_only_the_page_itself_leaves_its_validators(intake, database, kind, is_kept):
    wanted = due(intake)
    intake.settle(wanted, Outcome(kind=kind, reason="why"), now=NOW, page=page(wanted.url))
    assert (fate(database).validators.etag is not None, fate(database).body_hash is not None) == (is_kept, is_kept)


def test_a_report_whose_page_vanishes_keeps_its_fate(intake, database):
    take(intake, TEXT, SESSION)
    (again,) = intake.due_links(AGENCY.id, now=NOW + HOUR, limit=9)
    intake.settle(again, Outcome(kind=OutcomeKind.FAILED, reason="404"), now=NOW + HOUR)
    assert (fate(database).outcome.kind, fate(database).next_visit) == (STORED, NOW + 2 * HOUR)


def test_links_and_the_validators_that_cover_them_are_kept_together(intake):
    asked = Asked(validators=Validators(etag='"7"'), body_hash="5e", full_at=NOW, cursor={"newest": 7})
    find = Find(url="https://agency.example/rss", links=[link("1"), link("2")], asked=asked)
    assert intake.take_links(AGENCY, find, now=NOW).new == 2
    assert intake.asked(AGENCY.id, "https://agency.example/rss") == asked
    assert len(intake.due_links(AGENCY.id, now=NOW, limit=99)) == 2


# --- imports --------------------------------------------------------------------------------------------------------


def row(intake: Intake, text=TEXT, *reports, key="r1", url="https://old.example/1", alert=False, **more) -> Outcome:
    return intake.take_row(key, url, None, reading(text, *reports, **more), now=NOW, alert=alert)


@pytest.mark.parametrize("change", [{"published": NOW - timedelta(days=2)}, {"url": "https://new.example/1"}])
def test_an_imported_row_with_another_date_or_address_is_taken_anew(intake, database, change):
    row(intake, TEXT, SESSION)
    assert row(intake, TEXT, SESSION, **change).kind is STORED
    (told,) = meetings(database)[0].tellings
    assert (told.published, told.url) == (change.get("published", NOW), change.get("url", "https://old.example/1"))
    assert row(intake, TEXT, SESSION, **change).kind is UNCHANGED


def test_an_imported_row_keeps_its_key_and_is_imported_once(intake, database):
    assert row(intake, TEXT, SESSION).kind is STORED
    assert row(intake, TEXT, SESSION).kind is UNCHANGED
    (meeting,) = meetings(database)
    assert [(told.article_key, told.source, told.url) for told in meeting.tellings] == [
        ("r1", None, "https://old.example/1")
    ]


def test_a_changed_row_is_a_new_version(intake, database):
    row(intake, TEXT, SESSION)
    assert row(intake, OTHER_TEXT, SESSION).reason == "version 2 tells of meeting 1"
    assert len(meetings(database)) == 1


def test_two_rows_of_one_text_are_duplicates(intake):
    row(intake, TEXT, SESSION)
    assert row(intake, TEXT, SESSION, key="r2").kind is DUPLICATE


@pytest.mark.parametrize(("alert", "owed"), [(False, 0), (True, 1)])
def test_imports_tell_only_when_asked_and_then_at_any_age(intake, database, alert, owed):
    watch(database)
    row(intake, TEXT, SESSION, alert=alert, published=NOW - 9_000 * HOUR)
    assert len(alerts(database)) == owed


def test_a_row_cannot_overwrite_what_was_crawled(intake, database):
    take(intake, TEXT, SESSION)
    assert row(intake, OTHER_TEXT, SESSION, key="a1").kind is UNCHANGED
    assert article(database).article.text == TEXT


def test_a_crawled_article_finds_a_key_beside_an_imported_one(intake, database):
    row(intake, OTHER_TEXT, SESSION, key="a1")
    take(intake, TEXT, SESSION)
    assert article(database).key == "a1-"


def test_undated_rows_do_not_pass_for_told_today(intake, database):
    row(intake, TEXT, report("sorb"), key="r1", published=None)
    row(intake, OTHER_TEXT, report("sorb"), key="r2", published=None)
    assert len(meetings(database)) == 2


# --- two at once ----------------------------------------------------------------------------------------------------

TAKE = """# warm
import sys
from readout.found_links import Find
from readout.intake import Intake
from readout.model import MeetingKind, Validators
from readout.storage.database import open_database
from tests.reported import DAY, NOW, link, page, reading, report, source
url, name = sys.argv[1:]
who = source(name)
database = open_database(url, create=False)
intake = Intake(database, max_age=None)
intake.take_links(who, Find(url="rss", links=[link(str(n), name) for n in range(25)]), now=NOW)
due = intake.due_links(who.id, now=NOW, limit=25)
print("ready", flush=True)
sys.stdin.readline()
for number, wanted in enumerate(due):
    told = report("sorb", session=number, days=DAY, kind=MeetingKind.SESSION)
    text = f"{name} writes at length and in words of its own about session number {number} of the council in Astana"
    intake.take_page(who, wanted, page(wanted.url), reading(text, told), now=NOW)
    print("stored", flush=True)
database.close()
"""


def test_two_processes_make_one_meeting_of_two_reports(database, tmp_path):
    watch(database)
    command = [sys.executable, "-c", TAKE, store_url(tmp_path)]
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True, "cwd": Path(__file__).parents[1]}
    processes = [subprocess.Popen([*command, name], **pipes) for name in ("agency", "paper")]
    for process in processes:
        assert process.stdout.readline() == "ready\n"
    for process in processes:
        process.stdin.write("go\n")
        process.stdin.flush()
    assert [process.communicate() and process.returncode for process in processes] == [0, 0]
    assert [sorted(told.source for told in each.tellings) for each in meetings(database)] == [["agency", "paper"]] * 25
    assert len(alerts(database)) == 25


def test_a_killed_process_leaves_whole_pages_only(database, tmp_path):
    command = [sys.executable, "-c", TAKE, store_url(tmp_path), "agency"]
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True, "cwd": Path(__file__).parents[1]}
    with subprocess.Popen(command, **pipes) as process:
        assert process.stdout.readline() == "ready\n"
        process.stdin.write("go\n")
        process.stdin.flush()
        assert process.stdout.readline() == "stored\n"
        process.kill()
    with database.read() as connection:
        counts = outcomes(connection)[AGENCY.id]
    stored = counts.get(STORED, 0)
    assert counts.get("pending", 0) == 25 - stored
    assert [len(each.tellings) for each in meetings(database)] == [1] * stored
