"""What changes after the first alert: noted with its meeting, told once to those who asked, in one thread."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from readout.config import Config, Mail
from readout.demo.sink import MailSink
from readout.found_links import Find
from readout.intake import DueLink, Intake
from readout.model import Alert, AlertKind, AlertState, BodyName, Link, Outcome, OutcomeKind, Status
from readout.outbox import deliver
from readout.storage import alerts, articles, links, sending
from readout.storage.changes import NotedChange, changes_of
from readout.storage.database import Database
from readout.storage.meetings import list_meetings
from readout.storage.watches import add_watch, remove_watch
from readout.trace import why
from readout.watching import Change
from tests.reported import DAY, MAX_AGE, NOW, OTHER_TEXT, TEXT, fact, link, page, reading, report, source
from tests.telling import begin_all

HOUR = timedelta(hours=1)
AGENCY, PAPER = source("agency", kind="agency"), source("paper")
NEXT_DAY = date(2024, 10, 5)
PLANNED = report(session=55, days=DAY, city="Astana", country="KZ", status=Status.PLANNED)
LATER = replace(PLANNED, start_date=fact(NEXT_DAY), end_date=fact(NEXT_DAY))
DAY_MOVED = Change(fact="days", before="2024-10-04", after="2024-10-05")
READER = "reader@example.org"


@pytest.fixture
def intake(database: Database) -> Intake:
    return Intake(database, max_age=MAX_AGE)


def watch(database: Database, name: str = "chiefs", *, updates: bool = True, to: str = READER) -> None:
    with database.write() as connection:
        add_watch(
            connection,
            name=name,
            recipients=[to],
            channel="email",
            updates=updates,
            now=NOW - HOUR,
        )


def take(intake: Intake, text: str, *reports, path: str = "1", who=AGENCY, at=NOW, since=None, **said) -> Outcome:
    """What comes of a visit to a page that is found, or said to be edited, at `at`."""
    url = link(path, who.id).url
    intake.take_links(who, Find(url="https://x.example/rss", links=[Link(url=url, modified=at)]), now=at)
    due: DueLink = next(each for each in intake.due_links(who.id, now=at, limit=99) if each.url == url)
    return intake.take_page(who, due, page(url, text.encode()), reading(text, *reports, **said), now=at, since=since)


def told(database: Database, *, fate: AlertState = AlertState.ACCEPTED, at=NOW) -> None:
    """Let all that is due leave, and end so."""
    with database.write() as connection:
        for alert in begin_all(connection, at):
            match fate:
                case AlertState.ACCEPTED:
                    sending.mark_accepted(connection, alert.id, now=at, code=250, text="OK")
                case AlertState.DOUBTFUL:
                    sending.mark_doubtful(connection, alert.id, text="the line broke", next_try=at + 9 * HOUR)
                case AlertState.FAILED:
                    sending.mark_failed(connection, alert.id, code=550, text="no such reader")


def updates(database: Database) -> list[Alert]:
    with database.read() as connection:
        every = reversed(alerts.list_alerts(connection))
    return [alert for alert in every if alert.kind is AlertKind.UPDATE]


def changes(database: Database, meeting_id: int = 1) -> list[NotedChange]:
    with database.read() as connection:
        return changes_of(connection, meeting_id)


def noted(database: Database) -> list[Change]:
    return [each.change for each in changes(database)]


# --- what is noted --------------------------------------------------------------------------------------------------


def test_an_edit_that_moves_the_day_is_noted_with_its_article(intake, database):
    take(intake, TEXT, PLANNED)
    take(intake, TEXT + " Postponed by a day.", LATER, at=NOW + HOUR)
    url = link("1").url
    assert changes(database) == [NotedChange(change=DAY_MOVED, at=NOW + HOUR, article_key="a1", url=url)]
    with database.read() as connection:
        (meeting,) = list_meetings(connection)
    assert meeting.report.start_date.value == NEXT_DAY


def test_what_another_report_adds_is_noted_too(intake, database):
    take(intake, TEXT, PLANNED)
    held = replace(PLANNED, status=fact(Status.HELD), received_by=fact("Ivan Petrov"))
    take(intake, OTHER_TEXT, held, path="2", at=NOW + HOUR)
    assert {(each.change.fact, each.change.after, each.article_key) for each in changes(database)} == {
        ("status", "held", "a2"),
        ("received_by", "Ivan Petrov", "a2"),
    }


def test_a_meeting_first_told_of_has_not_changed(intake, database):
    take(intake, TEXT, PLANNED)
    take(intake, OTHER_TEXT, PLANNED, path="2")
    assert noted(database) == []


# --- who is told ----------------------------------------------------------------------------------------------------


def test_who_was_told_and_asked_for_updates_is_told_of_the_change(intake, database):
    watch(database)
    watch(database, "no updates", updates=False, to="other@example.org")
    take(intake, TEXT, PLANNED)
    told(database)
    take(intake, TEXT + " Postponed by a day.", LATER, at=NOW + HOUR)
    (update,) = updates(database)
    assert (update.recipient, update.watch_names, update.revision) == (READER, ("chiefs",), 1)
    assert (update.state, update.changes) == (AlertState.OWED, (DAY_MOVED,))


def test_a_first_alert_that_has_not_left_tells_the_newest_facts_itself(intake, database):
    watch(database)
    take(intake, TEXT, PLANNED)
    take(intake, TEXT + " Postponed by a day.", LATER, at=NOW + HOUR)
    assert updates(database) == []
    assert noted(database) == [DAY_MOVED]


@pytest.mark.parametrize(
    ("fate", "count"), [(AlertState.ACCEPTED, 1), (AlertState.DOUBTFUL, 1), (AlertState.FAILED, 0)]
)
def test_only_who_may_have_been_told_is_told_more(intake, database, fate, count):
    watch(database)
    take(intake, TEXT, PLANNED)
    told(database, fate=fate)
    take(intake, TEXT + " Postponed by a day.", LATER, at=NOW + HOUR)
    assert len(updates(database)) == count


def test_a_first_alert_under_way_may_have_told_what_was_before(intake, database):
    watch(database)
    take(intake, TEXT, PLANNED)
    with database.write() as connection:
        begin_all(connection, NOW)
    take(intake, TEXT + " Postponed by a day.", LATER, at=NOW + HOUR)
    assert [update.changes for update in updates(database)] == [(DAY_MOVED,)]


def test_one_more_participant_is_noted_and_not_told(intake, database):
    watch(database)
    take(intake, TEXT, PLANNED)
    told(database)
    for hour, name in enumerate(("Ali Naghiyev", "Vera Lein"), 1):
        named = replace(PLANNED, participants=(fact_of(name),))
        take(intake, OTHER_TEXT + name, named, path=name[:3], at=NOW + hour * HOUR)
    assert updates(database) == []
    assert noted(database) == [
        Change(fact="participants", before=None, after=name) for name in ("Ali Naghiyev", "Vera Lein")
    ]


def fact_of(name: str):
    return report(people=(name,)).participants[0]


def test_a_corrected_name_is_told(intake, database):
    watch(database)
    take(intake, TEXT, replace(PLANNED, participants=(fact_of("Ali Naghiyev"),)))
    told(database)
    take(intake, TEXT + " Corrected.", replace(PLANNED, participants=(fact_of("Orkhan Naghiyev"),)), at=NOW + HOUR)
    (update,) = updates(database)
    assert update.changes == (Change(fact="participants", before="Ali Naghiyev", after="Orkhan Naghiyev"),)


def test_a_late_meeting_that_nobody_was_told_of_has_no_updates(intake, database):
    watch(database)
    old = NOW - MAX_AGE - HOUR
    take(intake, TEXT, PLANNED, published=old)
    take(intake, TEXT + " Postponed by a day.", LATER, published=old, at=NOW + HOUR)
    assert (noted(database), updates(database)) == ([DAY_MOVED], [])


def test_an_old_page_that_is_edited_is_told_to_those_it_was_told_to(intake, database):
    watch(database)
    take(intake, TEXT, PLANNED)
    told(database)
    take(intake, TEXT + " Postponed by a day.", LATER, at=NOW + MAX_AGE + HOUR)
    assert len(updates(database)) == 1


def test_a_search_of_the_past_tells_nobody(intake, database):
    watch(database)
    take(intake, TEXT, PLANNED)
    told(database)
    take(intake, TEXT + " Postponed by a day.", LATER, since=NOW - 9 * HOUR, at=NOW + HOUR)
    assert (noted(database), updates(database)) == ([DAY_MOVED], [])


@pytest.mark.parametrize("alert", [False, True])
def test_an_import_tells_only_if_it_is_to(intake, database, alert):
    watch(database)
    take(intake, TEXT, PLANNED)
    told(database)
    held = reading(OTHER_TEXT, replace(PLANNED, status=fact(Status.HELD)))
    intake.take_row("r1", "https://x.example/r1", None, held, now=NOW + HOUR, alert=alert)
    assert noted(database) == [Change(fact="status", before="planned", after="held")]
    assert len(updates(database)) == alert


def test_a_reader_of_two_watches_is_told_once_by_that_which_asks_for_updates(intake, database):
    watch(database, "plain", updates=False)
    watch(database, "chiefs")
    watch(database, "astana")
    take(intake, TEXT, PLANNED)
    told(database)
    take(intake, TEXT + " Postponed by a day.", LATER, at=NOW + HOUR)
    (update,) = updates(database)
    assert update.watch_names == ("chiefs", "astana")


def test_a_removed_watch_owes_no_update(intake, database):
    watch(database)
    take(intake, TEXT, PLANNED)
    told(database)
    take(intake, TEXT + " Postponed by a day.", LATER, at=NOW + HOUR)
    with database.write() as connection:
        remove_watch(connection, "chiefs", NOW + HOUR)
    take(intake, TEXT, PLANNED, at=NOW + 2 * HOUR)
    assert [update.state for update in updates(database)] == [AlertState.WITHDRAWN]


def test_who_was_not_told_because_it_is_perhaps_the_same_is_not_told_of_changes(intake, database):
    watch(database)
    take(intake, TEXT, PLANNED)
    other = report(days=DAY, city="Minsk", country="BY", status=Status.PLANNED)
    take(intake, OTHER_TEXT, other, who=PAPER)
    told(database)
    moved = replace(other, city=fact("Brest"))
    take(intake, OTHER_TEXT + " In Brest, that is.", moved, who=PAPER, at=NOW + HOUR)
    with database.read() as connection:
        assert [each.perhaps_same_as for each in list_meetings(connection)] == [(2,), (1,)]
    assert updates(database) == []


# --- one update of many changes -------------------------------------------------------------------------------------


def test_further_changes_join_an_update_that_has_not_left(intake, database):
    watch(database)
    take(intake, TEXT, PLANNED)
    told(database)
    take(intake, TEXT + " Postponed by a day.", LATER, at=NOW + HOUR)
    last = replace(LATER, end_date=fact(date(2024, 10, 6)), city=fact("Almaty"))
    take(intake, TEXT + " Postponed by a day, and in Almaty.", last, at=NOW + 2 * HOUR)
    (update,) = updates(database)
    assert set(update.changes) == {
        Change(fact="days", before="2024-10-04", after="2024-10-05 to 2024-10-06"),
        Change(fact="city", before="Astana", after="Almaty"),
    }


def test_what_is_again_as_it_was_told_cancels_an_update_that_has_not_left(intake, database):
    watch(database)
    take(intake, TEXT, PLANNED)
    told(database)
    take(intake, TEXT + " Postponed by a day.", LATER, at=NOW + HOUR)
    take(intake, TEXT + " It is today.", PLANNED, at=NOW + 2 * HOUR)
    (update,) = updates(database)
    assert (update.state, update.next_try, update.changes) == (AlertState.WITHDRAWN, None, ())
    take(intake, TEXT + " Postponed once more.", LATER, at=NOW + 3 * HOUR)
    assert [(each.revision, each.state.value) for each in updates(database)] == [(1, "withdrawn"), (2, "owed")]


def test_after_an_update_has_left_the_next_change_is_another(intake, database):
    watch(database)
    take(intake, TEXT, PLANNED)
    told(database)
    take(intake, TEXT + " Postponed by a day.", LATER, at=NOW + HOUR)
    told(database, at=NOW + HOUR)
    take(intake, TEXT + " Called off.", replace(LATER, status=fact(Status.CANCELLED)), at=NOW + 2 * HOUR)
    first, second = updates(database)
    assert (first.revision, second.revision) == (1, 2)
    assert second.changes == (Change(fact="status", before="planned", after="cancelled"),)
    assert first.message_id != second.message_id


def test_a_fact_that_is_no_longer_told_is_told_with_what_an_owed_update_tells(intake, database):
    watch(database)
    take(intake, TEXT, PLANNED)
    told(database)
    take(intake, TEXT + " Postponed by a day.", LATER, at=NOW + HOUR)
    take(intake, TEXT + " No day is set.", replace(PLANNED, start_date=None, end_date=None), at=NOW + 2 * HOUR)
    assert [update.changes for update in updates(database)] == [(replace(DAY_MOVED, after=None),)]


# --- the mail -------------------------------------------------------------------------------------------------------


def test_an_update_is_a_mail_in_the_thread_of_the_first_that_begins_with_what_changed(intake, database):
    watch(database)
    hostile = "Council <b>of</b> =?UTF-8?Q?=0A?=Bcc: x@y.example\u202e"
    named = replace(PLANNED, body=fact(BodyName(id="cis-sorb", name="Council")))
    other = replace(LATER, body=fact(BodyName(id="intel", name=hostile)), status=fact(Status.POSTPONED))
    with MailSink() as sink:
        mail = Mail(host="127.0.0.1", port=sink.port, sender="Readout <readout@example.org>", timeout=5)
        take(intake, TEXT, named)
        deliver(database, Config(mail=mail), now=lambda: NOW)
        take(intake, TEXT + " It is another council.", other, at=NOW + HOUR)
        deliver(database, Config(mail=mail), now=lambda: NOW + HOUR)
        take(intake, TEXT + " It is held.", replace(other, status=fact(Status.HELD)), at=NOW + 2 * HOUR)
        deliver(database, Config(mail=mail), now=lambda: NOW + 2 * HOUR)
        first, update, again = sink.received
    assert [first.message["In-Reply-To"], first.message["References"]] == [None, None]
    for each in (update, again):
        assert (each.message["In-Reply-To"], each.message["References"]) == (first.message["Message-ID"],) * 2
    assert len({each.message["Message-ID"] for each in sink.received}) == 3
    assert (first.subject, update.subject.partition("Postponed: ")[0]) == (
        "Planned: Council, 55th session: Astana, 4 Oct 2024",
        "Update: ",
    )
    assert "Bcc" not in update.message
    assert update.recipients == (READER,)
    lines = update.text.splitlines()
    at = lines.index("WHAT CHANGED")
    assert at < lines.index("WHEN")
    assert "  Status: planned → postponed" in lines[at : at + 4]
    assert "  When: 4 Oct 2024 → 5 Oct 2024" in lines[at : at + 4]
    assert "\u202e" not in update.text
    assert "asks for what changes" in " ".join(update.text.split())
    html = update.message.get_body(("html",)).get_content()
    assert ("4 Oct 2024</bdi></s>" in html, "<b>of</b>" in html) == (True, False)


# --- versions -------------------------------------------------------------------------------------------------------


def version(database: Database) -> int:
    with database.read() as connection:
        return articles.article_by_key(connection, "a1").version


def said_by_why(database: Database) -> list[str]:
    with database.read() as connection:
        (article,) = why(connection, link("1").url).articles
    return [revision.in_words() for revision in article.revisions]


def test_each_version_is_kept_and_what_changed_in_it_is_told(intake, database):
    take(intake, TEXT, PLANNED)
    take(intake, TEXT + " Postponed by a day.", LATER, at=NOW + HOUR)
    take(intake, TEXT, PLANNED, at=NOW + 2 * HOUR)
    assert said_by_why(database) == ["", "added “Postponed by a day.”", "back to version 1"]


def test_counters_and_the_day_of_the_visit_make_no_version(intake, database):
    take(intake, "4 October 2024\n" + TEXT + "\nViews: 10", PLANNED)
    later = NOW + timedelta(days=2)
    outcome = take(intake, "6 October 2024\n" + TEXT.upper() + "\nViews: 1 234", PLANNED, at=later)
    assert (outcome.kind, version(database)) == (OutcomeKind.UNCHANGED, 1)


def test_a_line_that_looks_like_a_counter_and_tells_another_fact_makes_one(intake, database):
    take(intake, "4 October 2024\n" + TEXT, PLANNED)
    take(intake, "5 October 2024\n" + TEXT, LATER, at=NOW + timedelta(days=1))
    assert (version(database), noted(database)) == (2, [DAY_MOVED])


def test_a_page_that_goes_to_and_fro_makes_no_versions_for_ever(intake, database):
    other = TEXT + " Postponed by a day."
    for visit in range(9):
        views = f"\nViews: {visit}"
        text, told_of = (TEXT, PLANNED) if visit % 2 == 0 else (other, LATER)
        outcome = take(intake, text + views, told_of, at=NOW + visit * HOUR)
    assert version(database) == 4
    assert outcome == Outcome(
        kind=OutcomeKind.UNCHANGED,
        reason="the words of version 1 again: it goes to and fro, and version 4 stands",
    )
    take(intake, TEXT + " Called off for good.", replace(PLANNED, status=fact(Status.CANCELLED)), at=NOW + 9 * HOUR)
    assert version(database) == 5


def test_a_date_that_moves_with_every_visit_makes_no_versions_for_ever(intake, database):
    for visit in range(6):
        take(intake, TEXT, PLANNED, published=NOW + visit * HOUR, at=NOW + visit * HOUR)
    assert version(database) == 3


# --- further reports ------------------------------------------------------------------------------------------------

WIRE = source("wire")
HARVEST = OTHER_TEXT.replace("Farmers", "Growers").replace("wheat", "barley")


def test_a_second_outlet_is_told_and_a_third_is_not(intake, database):
    watch(database)
    take(intake, TEXT, PLANNED, who=PAPER)
    told(database)
    take(intake, OTHER_TEXT, PLANNED, who=WIRE, at=NOW + HOUR)
    (second,) = updates(database)
    assert second.changes == (Change(fact="report", before=None, after="https://wire.example/1"),)
    told(database, at=NOW + HOUR)
    take(intake, HARVEST, PLANNED, who=source("third"), at=NOW + 2 * HOUR)
    assert len(updates(database)) == 1


def test_neither_is_a_copy_nor_the_same_outlet_again_nor_an_edit(intake, database):
    watch(database)
    take(intake, TEXT, PLANNED, who=PAPER)
    told(database)
    take(intake, TEXT, PLANNED, who=WIRE, at=NOW + HOUR)
    take(intake, OTHER_TEXT, PLANNED, who=PAPER, path="2", at=NOW + HOUR)
    take(intake, TEXT + " More of the same.", PLANNED, who=PAPER, at=NOW + 2 * HOUR)
    assert updates(database) == []


def test_the_first_official_one_is_told_however_late_it_comes(intake, database):
    watch(database)
    take(intake, TEXT, PLANNED, who=PAPER)
    take(intake, OTHER_TEXT, PLANNED, who=WIRE, at=NOW)
    told(database)
    take(intake, HARVEST, PLANNED, at=NOW + HOUR)
    assert [each.after for update in updates(database) for each in update.changes] == ["https://agency.example/1"]


def test_who_did_not_ask_is_told_of_no_further_report(intake, database):
    watch(database, updates=False)
    take(intake, TEXT, PLANNED, who=PAPER)
    told(database)
    take(intake, OTHER_TEXT, PLANNED, who=WIRE, at=NOW + HOUR)
    assert updates(database) == []


# --- reports that are withdrawn -------------------------------------------------------------------------------------


def test_a_page_that_tells_of_no_meeting_any_more_keeps_its_report_which_is_noted_as_withdrawn(intake, database):
    watch(database)
    take(intake, TEXT, PLANNED)
    told(database)
    assert take(intake, OTHER_TEXT, at=NOW + HOUR).kind is OutcomeKind.NOT_A_REPORT
    url = link("1").url
    assert noted(database) == [Change(fact="report", before=url, after=None)]
    with database.read() as connection:
        (meeting,) = list_meetings(connection)
        (article,) = why(connection, url).articles
        assert links.link_by_url(connection, url).next_visit is not None, "it may tell of it again"
    assert [telling.text for telling in meeting.tellings] == [TEXT]
    assert [told_of.is_standing for told_of in article.reports] == [False]
    assert updates(database) == []

    take(intake, TEXT + " Confirmed.", PLANNED, at=NOW + 2 * HOUR)
    assert noted(database)[1:] == [Change(fact="report", before=None, after=url)]


def test_of_several_meetings_on_a_page_the_one_no_longer_told_of_is_noted(intake, database):
    other = report("intel", session=21, days=NEXT_DAY, city="Astana")
    take(intake, TEXT, PLANNED, other)
    take(intake, TEXT + " Shorter.", PLANNED, at=NOW + HOUR)
    assert [noted(database), [each.change.fact for each in changes(database, 2)]] == [[], ["report"]]
