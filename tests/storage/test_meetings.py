"""Meetings: facts that come back as they went, tellings in order, and lists that find them."""

from dataclasses import replace
from datetime import timedelta
from itertools import count, product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from readout.catalog import load_body_kinds
from readout.model import (
    BodyName,
    Evidence,
    Fact,
    Judgement,
    LanguageCode,
    MeetingKind,
    Participant,
    Report,
    SourceId,
    SourceKind,
    Status,
    Verdict,
)
from readout.storage.articles import Origin, add_article
from readout.storage.database import open_database
from readout.storage.meetings import list_meetings, load_meeting, open_meeting
from readout.storage.reports import judge, meeting_of, put_report
from readout.watches.match import first_told
from readout.watches.query import parse
from tests.reported import DAY, NOW, TEXT, reading, report
from tests.store import store_url
from tests.telling import open_told

words = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=20)
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
    database = open_database(store_url(tmp_path_factory.mktemp("kept")), create=True)
    yield database
    database.close()


@settings(deadline=None)
@given(reports, st.booleans())
def test_any_report_comes_back_as_it_went(kept, told, late):
    with kept.write() as connection:
        stored = load_meeting(connection, open_meeting(connection, told, late=late, now=NOW))
    assert (stored.report, stored.late, stored.first_seen) == (told, late, NOW)


_numbers = count(1)


def tell(connection, meeting_id, *, source="agency", told=None, kind=None, language="en"):
    key, url = f"r{next(_numbers)}", "https://x.example/"
    where = {"key": key, "url": url + key, "source_id": SourceId(source), "source_kind": kind}
    origin = Origin(**where, official=False, told_at=NOW)
    read = reading(TEXT, told or report())
    read = replace(read, article=replace(read.article, language=LanguageCode(language)))
    article_id = add_article(connection, read, origin, outcome="stored", now=NOW)
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


LATER = DAY + timedelta(days=1), DAY + timedelta(days=3)
QUERIES = [
    ("", [1, 2, 3]),
    ("body:sorb,csto", [1, 3]),
    ("-body:sorb,csto", [2]),
    ("body:cis-intel", [2]),
    ("body_kind:session", [2]),
    ("country:BY", [2]),
    ("state:BY", [2]),
    ("city:минск", [2]),
    ("topic:terrorism", [2]),
    ("session:50..57", [2]),
    ("source:paper", [2]),
    ("source_kind:newspaper", [2]),
    ("-source_kind:newspaper", [1, 3]),
    ("language:ru", [2]),
    ("confidence:0.9", [1, 2, 3]),
    ("confidence:1", []),
    ("status:planned", [3]),
    ("-status:planned", [1, 2]),
    ("kind:session -kind:summit", [1, 2, 3]),
    (f"day:{LATER[0]}..", [2]),
    (f"day:..{DAY}", [1]),
    (f"day:{LATER[0] + timedelta(days=1)}", [2]),
    ("day:2024", [1, 2]),
    ("-day:2024", [3]),
    ("person:Nagiyev", [2]),
    ("terrorism", [1, 2, 3]),
    ("nowhere", []),
    ("body:sorb country:BY", []),
]


@pytest.fixture(scope="module")
def three(tmp_path_factory):
    """Three meetings, each told by one report; of the second its report alone knows more than that it was."""
    database = open_database(store_url(tmp_path_factory.mktemp("three")), create=True)
    with database.write() as connection:
        first = report(body="sorb", days=DAY, country="KZ")
        tell(connection, opened(connection, body="sorb", days=DAY, country="KZ"), told=first)
        place = {"city": "Minsk", "country": "BY"}
        asked = report("cis-intel", session=57, days=LATER, topics=("terrorism",), people=("Nagiyev",), **place)
        asked = replace(asked, countries=(asked.country,))
        second = opened(connection, body=None)
        tell(connection, second, source="paper", told=asked, kind=SourceKind.NEWSPAPER, language="ru")
        tell(connection, opened(connection, body="csto", status=Status.PLANNED), told=report(body="csto"))
    yield database
    database.close()


@pytest.mark.parametrize(("query", "expected"), QUERIES, ids=str)
def test_lists_find_what_was_asked_for_whether_the_meeting_or_a_report_says_so(three, query, expected):
    with three.read() as connection:
        assert [each.id for each in list_meetings(connection, parse(query))] == expected


def test_a_limit_counts_what_was_asked_for(three):
    with three.read() as connection:
        assert [each.id for each in list_meetings(connection, limit=2)] == [1, 2]
        assert [each.id for each in list_meetings(connection, parse("-country:KZ"), limit=1)] == [2]


MANY = {
    "terms": " ".join(f"body:{number}" for number in range(1080)),
    "numbers": f"session:57,{','.join(map(str, range(1000, 2900)))}",
    "days": f"day:{LATER[0]}..,{','.join(f'{year:04}' for year in range(1, 1900))}",
    "countries": f"country:BY,{','.join(f'c{number}' for number in range(1500))}",
    "languages": f"language:ru,{','.join(map(''.join, product('abcdefgh', repeat=3)))}",
    "some of each": " ".join(f"country:BY,x{number} day:2024,{number:04}" for number in range(1, 300)),
}


@pytest.mark.parametrize("query", MANY.values(), ids=MANY.keys())
def test_a_query_may_have_more_terms_and_values_than_a_database_takes(three, query):
    with three.read() as connection:
        assert [each.id for each in list_meetings(connection, parse(query))] == ([] if query in MANY["terms"] else [2])


@settings(deadline=None)
@given(st.lists(st.sampled_from([query for query, _ in QUERIES]), max_size=4).map(" ".join).map(parse))
def test_the_first_sieve_loses_nothing(three, query):
    kinds = load_body_kinds()
    with three.read() as connection:
        asked = [each for each in list_meetings(connection) if first_told(query, each, kinds) is not None]
        assert list(list_meetings(connection, query)) == asked


def test_more_meetings_than_a_page_are_listed_once_each(database):
    with database.write() as connection:
        ids = [open_told(connection, report()) for _ in range(450)]
        assert [each.id for each in list_meetings(connection)] == ids


@pytest.mark.parametrize("number", [0, -1, 7, 2**63, 10**30])
def test_a_meeting_that_is_not_there_is_none(database, number):
    with database.read() as connection:
        assert load_meeting(connection, number) is None
