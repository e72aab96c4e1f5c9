"""What a query finds in a meeting and a telling of it, filter by filter, and what its negation does."""

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from readout.catalog import load_body_kinds
from readout.model import BodyName, LanguageCode, MeetingKind, Report, SourceId, SourceKind, Status, Telling
from readout.watches.match import first_told, joined, matches
from readout.watches.query import parse
from readout.watching import SEARCHED, Filter, Query, Term
from tests.telling import fact, meeting, person, session, telling

TOLD = telling(source_kind=SourceKind.NEWS_AGENCY, score=0.8)
BARE = Report(kind=session().kind, status=session().status)
KINDS = {"cis-sorb": "session", "cis-intel": "conference"}
COUNCIL = "Council of Heads of Security Agencies and Special Services"

# query, what matched it (None: it does not match)
CASES: list[tuple[str, str | None]] = [
    ("body:cis-sorb", COUNCIL),
    ("body:CIS-SORB", COUNCIL),
    ("body:cis-intel", None),
    ("body:cis-intel,cis-sorb", COUNCIL),
    ("body_kind:session", f"session ({COUNCIL})"),
    ("body-kind:Session", f"session ({COUNCIL})"),
    ("body_kind:conference", None),
    ("kind:session", "session"),
    ("kind:summit", None),
    ("status:held", "held"),
    ("status:planned,ongoing", None),
    ("session:55", "55"),
    ("session:50..55", "55"),
    ("session:56..", None),
    ("session:..54", None),
    ("session:1,55..60", "55"),
    ("day:2024-10-04", "2024-10-04"),
    ("day:2024-10", "2024-10-04"),
    ("day:2024", "2024-10-04"),
    ("day:..2024-10-03", None),
    ("day:2024-10-05..", None),
    ("day:2024-09..2024-11", "2024-10-04"),
    ("country:KZ", "KZ"),
    ("country:az", "AZ"),
    ("country:RU", "RU"),
    ("country:TR", None),
    ("country:TR,BY", "BY"),
    ("state:az", "AZ"),
    ("state:TR", None),
    ("city:astana", "Astana"),
    ("city:Астана", "Astana"),
    ("city:Almaty", None),
    ("topic:terrorism", "terrorism"),
    ("topic:information-security", "information_security"),
    ("topic:energy", None),
    ("person:Бортников", "Alexander Bortnikov"),
    ('person:"Александр Бортников"', "Alexander Bortnikov"),
    ('person:"Василий Бортников"', None),
    ("person:«Токаев Касым-Жомарт»", "Kassym-Jomart Tokayev"),
    ("language:en", "en"),
    ("language:EN", "en"),
    ("language:az", None),
    ("source:agency", "agency"),
    ("source:Agency", "agency"),
    ("source:other", None),
    ("source_kind:news_agency", "news_agency"),
    ("source_kind:agency", None),
    ("confidence:0.8", "0.80"),
    ("confidence:.5", "0.80"),
    ("confidence:0.81", None),
    ("title:president", "President"),
    ("title:terrorism", None),
    ('title:"president receives"', "President receives"),
    ("text:terror", "terrorism"),
    ("text:receives", None),
    ("terror", "terrorism"),
    ("words:terror", "terrorism"),
    ("TERRORISM", "terrorism"),
    ("error", None),
    ("энергия,террор", "terrorism"),
    ('"information space"', "information space"),
    ('"inform space"', None),
    ('"inform* space"', "information space"),
    ('"inform* spac"', None),
    ('"space information"', None),
    ('"President receives"', "President receives"),
    ("информ", "information"),
    ("астана", "Astana"),
]

# text, wanted, whether it is found
WORDS = [
    ("Əliyev Şuşada çıxış etdi", "susada", True),
    ("İSTANBUL'da toplantı", "istanbul", True),
    ("istanbul", "İSTANBUL", True),
    ("Совещание по ИНФОРМАЦИОННОЙ безопасности", '"информационн* безопасност*"', True),
    ("Совещание по ИНФОРМАЦИОННОЙ безопасности", '"информационн* безопасность"', False),
    ("Cafe\u0301 de Flore", "café", True),
    ("Café de Flore", "cafe", True),
    ("Straße", "strasse", True),
    ("Мо\u0301сква", "москва", True),
    ("cyber-crime units", "cyber-crim", True),
    ("cyber, crime", '"cyber crime"', True),
    ("a crimes b", '"crimes"', True),
    ("a crimes b", '"crime"', False),
    ("会议在阿斯塔纳举行", "阿斯塔纳", True),
    ("会议在阿斯塔纳举行", '"阿斯塔纳"', True),
    ("会议在北京举行", "阿斯塔纳", False),
    ("the ь sign", "ъ", False),
]


def found(query: Query | str, report: Report = TOLD.report, told: Telling = TOLD) -> Any:
    return matches(parse(query) if isinstance(query, str) else query, report, told, KINDS)


@pytest.mark.parametrize(("query", "what"), CASES, ids=str)
def test_a_filter_and_its_negation(query: str, what: str | None) -> None:
    (term,) = parse(query).terms
    assert found(query) == (None if what is None else {term.filter: what})
    assert found(f"-{query}") == ({} if what is None else None)


def test_every_filter_stands_in_the_table() -> None:
    assert {parse(query).terms[0].filter for query, _ in CASES} == set(Filter)


@pytest.mark.parametrize(("text", "wanted", "is_found"), WORDS)
def test_words_without_regard_to_case_accents_and_script(text: str, wanted: str, is_found: bool) -> None:
    told = telling(text=text, title=None, report=BARE)
    assert (found(wanted, BARE, told) is not None) == is_found
    assert (found(f"title:{wanted}", BARE, replace(told, title=text, text="")) is not None) == is_found
    assert found(f"title:{wanted}", BARE, told) is None


def test_terms_are_all_required_also_of_one_filter() -> None:
    assert found("country:BY topic:energy") is None
    assert found("country:BY topic:energy,terrorism") == {"country": "BY", "topic": "terrorism"}
    assert found("state:AZ state:BY") == {"state": "AZ; BY"}
    assert found("state:AZ state:TR") is None
    assert found("state:AZ -state:BY") is None


def test_no_term_hears_of_everything() -> None:
    assert found("", BARE, telling(report=BARE, title=None, text="", source=None, language=None)) == {}


@pytest.mark.parametrize(
    "query", ["body:cis-sorb", "session:55", "day:2024", "city:astana", "topic:terrorism", "state:AZ"]
)
def test_facts_of_the_meeting_and_of_the_telling_both_count_and_either_is_too_much(query: str) -> None:
    silent = telling(report=BARE)
    for report, told in ((session(), silent), (BARE, TOLD)):
        assert found(query, report, told) is not None
        assert found(f"-{query}", report, told) is None
    assert found(query, BARE, silent) is None
    assert found(f"-{query}", BARE, silent) == {}


def test_kind_and_status_are_the_meetings_whatever_one_report_says() -> None:
    planned = session(status=fact(Status.PLANNED, "met"), kind=fact(MeetingKind.SUMMIT, "session"))
    for report, told in ((planned, TOLD), (session(), telling(report=planned))):
        is_planned = report is planned
        assert (found("status:planned", report, told) is not None) == is_planned
        assert (found("-status:planned", report, told) is not None) != is_planned
        assert (found("kind:summit", report, told) is not None) == is_planned


def test_a_topic_filter_hears_of_subjects_too() -> None:
    water = session(subjects=(replace(session().topics[0], value="water"),))
    assert found("topic:water", water, telling(report=water)) == {"topic": "water"}
    assert found("topic:climate,water", BARE, telling(report=water)) == {"topic": "water"}
    assert found("topic:climate", water, telling(report=water)) is None


def test_a_person_is_found_by_the_romanised_name_too() -> None:
    report = session(participants=(person("Бортников", "Бортников", name_latin="Bortnikov"),), received_by=None)
    assert found("person:Bortnikov", report, telling(report=report)) == {"person": "Бортников"}


def test_a_language_includes_its_scripts() -> None:
    told = telling(language=LanguageCode("uz-Cyrl"))
    assert found("language:uz", BARE, told) is not None
    assert found("language:uz-cyrl", BARE, told) is not None
    assert found("language:uz-Latn", BARE, told) is None


@pytest.mark.parametrize(
    "query",
    ["body:cis-sorb", "body_kind:session", "language:en", "source:agency", "source_kind:agency", "confidence:0"],
)
def test_what_is_not_known_is_not_found_and_not_feared(query: str) -> None:
    nameless = session(body=fact(BodyName(id=None, name=COUNCIL), COUNCIL))
    told = telling(report=nameless, language=None, source=None)
    assert found(query, nameless, told) is None
    assert found(f"-{query}", nameless, told) == {}


def test_days_of_more_days_than_one_overlap() -> None:
    days = session(end_date=fact(session().start_date.value.replace(day=6), "4 October"))
    assert found("day:2024-10-05", days, telling(report=days)) == {"day": "2024-10-04 – 2024-10-06"}
    assert found("day:2024-10-07", days, telling(report=days)) is None


def test_the_first_report_that_is_asked_for_names_what_matched() -> None:
    first, second = telling(1, language=LanguageCode("ru"), source=SourceId("x")), telling(2)
    query = parse("language:en source:agency,x")
    assert first_told(query, meeting(first, second), KINDS) == {"language": "en", "source": "agency"}
    assert first_told(query, meeting(first), KINDS) is None


def test_what_matched_several_watches_is_joined_once() -> None:
    assert joined([{"body": "A"}, {"body": "A", "words": "x"}, {"words": "y"}]) == {"body": "A", "words": "x; y"}


def test_the_registry_knows_the_kind_of_each_body() -> None:
    assert load_body_kinds()["cis-sorb"] == "session"
    assert set(load_body_kinds().values()) <= set(MeetingKind)


TERMS = st.lists(
    st.sampled_from([query for query, _ in CASES]).flatmap(lambda q: st.sampled_from([q, f"-{q}"])), max_size=4
)


@given(TERMS)
def test_terms_together_match_when_each_alone_does(terms: list[str]) -> None:
    alone = [found(term) for term in terms]
    assert (found(" ".join(terms)) is not None) == all(each is not None for each in alone)


@given(TERMS)
def test_what_matched_names_exactly_what_was_asked_for(terms: list[str]) -> None:
    query = parse(" ".join(terms))
    matched = found(query)
    assert matched is None or set(matched) == {term.filter for term in query.terms if not term.is_not}


@given(st.sampled_from(CASES), st.sampled_from(CASES))
def test_one_more_alternative_never_silences_a_watch(
    one: tuple[str, str | None], other: tuple[str, str | None]
) -> None:
    (first,), (second,) = parse(one[0]).terms, parse(other[0]).terms
    wider = Query((Term(first.filter, (*first.values, *(second.values if second.filter is first.filter else ()))),))
    assert found(wider) is not None or one[1] is None


@given(st.text(max_size=200), st.text(max_size=200), st.text(max_size=30), st.booleans())
def test_any_text_may_be_asked_for_and_searched(title: str, text: str, wanted: str, is_quoted: bool) -> None:
    for each in (*SEARCHED, Filter.PERSON, Filter.CITY):
        found(Query((Term(each, (f'"{wanted}"' if is_quoted else wanted,)),)), told=telling(title=title, text=text))
