"""Meetings: facts that come back as they went, tellings in order, and lists that find them."""

from datetime import date, timedelta
from itertools import count

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from readout.model import (
    BodyName,
    Evidence,
    Fact,
    Judgement,
    MeetingKind,
    Participant,
    Report,
    SourceId,
    Status,
    Verdict,
)
from readout.storage.articles import Origin, add_article
from readout.storage.database import open_database
from readout.storage.meetings import Query, list_meetings, load_meeting, open_meeting
from readout.storage.reports import judge, meeting_of, put_report
from tests.reported import DAY, NOW, TEXT, reading, report
from tests.telling import open_told

words = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
spans = st.builds(
    Evidence,
    text=words,
    start=st.integers(0, 10**6),
    end=st.integers(0, 10**6),
    where=st.sampled_from(["text", "title"]),
)


def facts(values):
    return st.builds(Fact, value=values, evidence=spans)


reports = st.builds(
    Report,
    kind=facts(st.sampled_from(MeetingKind)),
    status=facts(st.sampled_from(Status)),
    body=st.none() | facts(st.builds(BodyName, id=st.none() | words, name=words)),
    session_number=st.none() | facts(st.integers(1, 10_000)),
    start_date=st.none() | facts(st.dates()),
    end_date=st.none() | facts(st.dates()),
    city=st.none() | facts(words),
    country=st.none() | facts(words),
    participants=st.lists(
        facts(st.builds(Participant, name=words, name_latin=words, role=st.none() | words, country=st.none() | words)),
        max_size=3,
    ).map(tuple),
    countries=st.lists(facts(words), max_size=3).map(tuple),
    received_by=st.none() | facts(words),
    topics=st.lists(facts(words), max_size=3).map(tuple),
    subjects=st.lists(facts(words), max_size=3).map(tuple),
)


@pytest.fixture(scope="module")
def kept(tmp_path_factory):
    database = open_database(f"sqlite:///{tmp_path_factory.mktemp('kept')}/readout.db", create=True)
    yield database
    database.close()


@settings(deadline=None)
@given(reports, st.booleans())
def test_any_report_comes_back_as_it_went(kept, told, late):
    with kept.write() as connection:
        stored = load_meeting(connection, open_meeting(connection, told, late=late, now=NOW))
    assert (stored.report, stored.late, stored.first_seen) == (told, late, NOW)


_numbers = count(1)


def tell(connection, meeting_id, *, source="agency", told=None):
    key = f"r{next(_numbers)}"
    origin = Origin(key=key, url=f"https://x.example/{key}", source_id=SourceId(source), official=False, told_at=NOW)
    article_id = add_article(connection, reading(TEXT), origin, outcome="stored", now=NOW)
    report_id = put_report(connection, article_id, 0, told or report(), version=1)
    say(connection, report_id, meeting_id)
    return report_id


def say(connection, report_id, meeting_id, verdict=Verdict.SAME, by="rule"):
    judgement = Judgement(
        report_id=report_id, meeting_id=meeting_id, verdict=verdict, score=1.0, reasons=("because",), by=by
    )
    judge(connection, judgement, now=NOW)


def opened(connection, **facts_):
    return open_meeting(connection, report(**facts_), late=False, now=NOW)


def test_a_persons_word_outweighs_the_rule_and_is_not_overwritten(database):
    with database.write() as connection:
        first, second = opened(connection), opened(connection)
        moved = tell(connection, first)
        say(connection, moved, first, Verdict.DIFFERENT, by="person")
        say(connection, moved, second, Verdict.SAME, by="person")
        say(connection, moved, first)  # the rule says so again
        assert meeting_of(connection, moved) == second
        assert [len(load_meeting(connection, each).tellings) for each in (first, second)] == [0, 1]


def test_meetings_that_may_be_one_name_each_other(database):
    with database.write() as connection:
        first, second, third = opened(connection), opened(connection), opened(connection)
        tell(connection, first)
        say(connection, tell(connection, second), first, Verdict.UNSURE)
        say(connection, tell(connection, third), first, Verdict.UNSURE)
        assert [each.perhaps_same_as for each in list_meetings(connection)] == [(second, third), (first,), (first,)]


QUERIES = [
    (Query(), [1, 2, 3]),
    (Query(bodies=("sorb", "csto")), [1, 3]),
    (Query(countries=("BY",)), [2]),
    (Query(sources=("paper",)), [2]),
    (Query(since=DAY + timedelta(days=1)), [2]),
    (Query(until=DAY), [1]),
    (Query(since=date(2024, 1, 1), until=date(2024, 12, 31)), [1, 2]),
    (Query(limit=2), [1, 2]),
    (Query(bodies=("sorb",), countries=("BY",)), []),
]


@pytest.mark.parametrize(("query", "expected"), QUERIES, ids=str)
def test_lists_find_what_was_asked_for(database, query, expected):
    with database.write() as connection:
        tell(connection, opened(connection, body="sorb", days=DAY, country="KZ"))
        days = (DAY + timedelta(days=1), DAY + timedelta(days=3))
        tell(connection, opened(connection, body="intel", days=days, country="BY"), source="paper")
        tell(connection, opened(connection, body="csto", status=Status.PLANNED))
    with database.read() as connection:
        assert [each.id for each in list_meetings(connection, query)] == expected


def test_more_meetings_than_a_page_are_listed_once_each(database):
    with database.write() as connection:
        ids = [open_told(connection, report()) for _ in range(450)]
        assert [each.id for each in list_meetings(connection)] == ids


@pytest.mark.parametrize("number", [0, -1, 7, 2**63, 10**30])
def test_a_meeting_that_is_not_there_is_none(database, number):
    with database.read() as connection:
        assert load_meeting(connection, number) is None
