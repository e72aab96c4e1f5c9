"""Queries that nothing can answer: refused where they are asked, and only those."""

from collections.abc import Iterator
from datetime import date, timedelta
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from readout.error import QueryError
from readout.model import BodyName, LanguageCode, MeetingKind, Report, Status, Telling
from readout.watches.contradiction import clashes
from readout.watches.match import matches
from readout.watches.query import parse
from readout.watching import Filter, Query, Term
from tests.telling import fact, session, telling


def asked_anew(text: str) -> None:
    parse(text, lambda _: None)


# query, the term that is pointed at, those that it is said to clash with
CLASHING = [
    ("status:held -status:held", "-status:held", "status:held"),
    ("status:held status:planned", "status:planned", "status:held"),
    ("status:held,planned x status:planned,ongoing status:held", "status:held", "status:planned,ongoing"),
    ("kind:session kind:summit", "kind:summit", "kind:session"),
    (
        "kind:session,summit kind:summit,visit kind:visit,session",
        "kind:visit,session",
        "kind:session,summit kind:summit",
    ),
    ("body:cis-sorb -body:cis-sorb,cis-intel", "-body:cis-sorb,cis-intel", "body:cis-sorb"),
    ("-body:cis-sorb y body:cis-sorb", "body:cis-sorb", "-body:cis-sorb"),
    ("body:a body:b body:c", "body:c", "body:a body:b"),
    ("source:a source:b", "source:b", "source:a"),
    ("language:ru language:en", "language:en", "language:ru"),
    ("language:uz-cyrl -language:uz", "-language:uz", "language:uz-cyrl"),
    ("session:50..55 -session:49..52 -session:53..", "-session:53..", "session:50..55 -session:49..52"),
    ("session:50 session:51 session:52..", "session:52..", "session:50 session:51"),
    ("day:2024-10 -day:2024", "-day:2024", "day:2024-10"),
    ("day:2024-10 -day:..2024-10-15 -day:2024-10-16..", "-day:2024-10-16..", "day:2024-10 -day:..2024-10-15"),
    ("confidence:0.8 -confidence:0.5", "-confidence:0.5", "confidence:0.8"),
    ("state:AZ -country:AZ", "-country:AZ", "state:AZ"),
    ("city:Astana -city:ASTANA", "-city:ASTANA", "city:Astana"),
    ("terrorism -terror", "-terror", "terrorism"),
    ('"drug trafficking" -words:traffick', "-words:traffick", '"drug trafficking"'),
    ('title:"these words" -"words"', '-"words"', 'title:"these words"'),
    ("-status:planned,ongoing,held,cancelled,postponed", "-status:planned,ongoing,held,cancelled,postponed", ""),
]


@pytest.mark.parametrize(("text", "pointed_at", "beside"), CLASHING)
def test_what_leaves_no_meeting_is_pointed_at(text: str, pointed_at: str, beside: str) -> None:
    with pytest.raises(QueryError) as caught:
        asked_anew(text)
    (fault,), ((start, end),) = caught.value.faults, caught.value.spans
    assert text[start:end] == pointed_at
    assert f"no meeting is left {f'beside {beside}' if beside else ''}".rstrip() in fault.split("\n")[0]


@pytest.mark.parametrize(
    "text",
    [
        "body:a body:b",  # of the meeting one, of its report the other
        "body:cis-sorb,cis-intel -body:cis-intel",
        "session:50 session:51",
        "session:50..55 -session:49..52 -session:54..",
        "day:2024-10-04 day:2024-10-05 day:2024-10-06",
        "country:AZ -state:AZ",  # it met there
        "state:AZ state:KZ state:BY",
        "language:uz language:uz-cyrl",
        "confidence:0.5 confidence:0.8 -confidence:0.9",
        "words:terror -title:terror",
        'terror -"terror"',
        '"drug*" -"drug"',
        '"drug trafficking" -"drug traffick"',
        "会议 -会议abc -abc",
        "status:held -status:planned -status:planned kind:session",
        "-source:a -source:b -language:ru",
        "-body_kind:session,summit,bilateral,call,reception,visit,working_group,committee,conference,other",
    ],
)
def test_what_may_be_is_left_alone(text: str) -> None:
    asked_anew(text)


def test_of_each_filter_the_first_clash_is_told_beside_other_faults() -> None:
    with pytest.raises(QueryError) as caught:
        asked_anew("status:held kind:call -status:held sesion:5 -kind:call status:planned")
    text = "status:held kind:call -status:held sesion:5 -kind:call status:planned"
    assert [text[start:end] for start, end in caught.value.spans] == ["-status:held", "sesion", "-kind:call"]


def test_a_term_with_a_fault_of_its_own_clashes_with_nothing() -> None:
    with pytest.raises(QueryError) as caught:
        asked_anew("status:held,plannd -status:held")
    assert len(caught.value.faults) == 1


def test_what_is_stored_is_read_whatever_it_asks_for() -> None:
    assert len(parse("status:held -status:held").terms) == 2


def test_a_query_of_very_many_words_is_compared_too() -> None:
    words = " ".join(f"w{number}x" for number in range(250))
    asked_anew(words)
    with pytest.raises(QueryError, match="-w7x: no meeting is left beside w7x"):
        asked_anew(f"{words} -w7x")


# --- held against what matches ------------------------------------------------------------------------------------

_VALUES = {
    Filter.KIND: [kind.value for kind in MeetingKind],
    Filter.STATUS: [status.value for status in Status],
    Filter.BODY: ["a", "b", "c"],
    Filter.SESSION: ["1", "2", "3", "1..2", "2..", "..1"],
    Filter.DAY: ["2024-10-01", "2024-10-02", "2024-10-01..2024-10-02", "2024-10-03..", "..2024-10-02"],
    Filter.LANGUAGE: ["uz", "uz-cyrl", "ru"],
    Filter.CONFIDENCE: ["0.3", "0.6", "0.9"],
    Filter.WORDS: ["ab", "a", '"ab"', '"a"', '"b a"', '"b a*"'],
}
_DAY = date(2024, 9, 30)


def facts(**said: object) -> Report:
    return session(body=None, session_number=None, start_date=None, end_date=None, **said)


def _of_reports(wanted: Filter) -> Iterator[Report]:
    """A report for each value that a fact of one may have."""
    words = "session"
    match wanted:
        case Filter.KIND:
            yield from (facts(kind=fact(kind, words)) for kind in MeetingKind)
        case Filter.STATUS:
            yield from (facts(status=fact(status, words)) for status in Status)
        case Filter.BODY:
            yield facts()
            yield from map(_bodied, ("a", "b", "c", "d"))
        case Filter.SESSION:
            yield facts()
            yield from map(_numbered, range(5))
        case Filter.DAY:
            yield facts()
            yield from (_dated(first, last) for first in range(6) for last in range(first, 6))
        case _:
            yield facts()


def _bodied(body: str) -> Report:
    return session(body=fact(BodyName(id=body, name=body), "session"))


def _numbered(number: int) -> Report:
    return session(session_number=fact(number, "session"))


def _dated(first: int, last: int) -> Report:
    ends = (fact(_DAY + timedelta(days=number), "session") for number in (first, last))
    return session(**dict(zip(("start_date", "end_date"), ends, strict=True)))


def worlds(wanted: Filter) -> Iterator[tuple[Report, Telling]]:
    """Meetings and tellings of them that hold, in small, all that can be so of one filter."""
    for best, own in product(_of_reports(wanted), repeat=2):
        match wanted:
            case Filter.LANGUAGE:
                told = [{"language": code and LanguageCode(code)} for code in (None, "uz", "uz-Cyrl", "ru", "en")]
            case Filter.CONFIDENCE:
                told = [{"score": score} for score in (None, 0.1, 0.4, 0.7, 1.0)]
            case Filter.WORDS:
                texts = (
                    " ".join(words)
                    for many in range(5)
                    for words in product(("a", "ab", "abc", "ac", "b"), repeat=many)
                )
                told = [{"title": "", "text": text} for text in texts]
            case _:
                told = [{}]
        yield from ((best, telling(report=own, **each)) for each in told)


WORLDS = {wanted: list(worlds(wanted)) for wanted in _VALUES}
_TERMS = st.sampled_from(sorted(_VALUES)).flatmap(
    lambda wanted: st.lists(
        st.builds(
            Term,
            st.just(wanted),
            st.lists(st.sampled_from(_VALUES[wanted]), min_size=1, max_size=3, unique=True).map(tuple),
            st.booleans(),
        ),
        min_size=1,
        max_size=4,
    )
)


@given(_TERMS)
def test_nothing_is_refused_that_a_meeting_can_answer_and_all_else_is(terms: list[Term]) -> None:
    wanted = terms[0].filter
    answered = [matches(Query(tuple(terms)), *world, {}) is not None for world in WORLDS[wanted]]
    assert any(answered) is not any(clashes(terms))
