"""What changed of a meeting, and what of it is told to those who were told before."""

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from readout.meetings.difference import days_in_words, differences, joined, worth_telling
from readout.model import BodyName, Participant, Report, Status
from readout.watching import Change
from tests.reported import DAY, fact, report

PLANNED = report(session=55, days=DAY, city="Astana", country="KZ", status=Status.PLANNED, received_by="Ivan Petrov")


def changed(**facts) -> Report:
    return replace(PLANNED, **{name: fact(value) for name, value in facts.items()})


def with_people(*people: Participant) -> Report:
    return replace(PLANNED, participants=tuple(map(fact, people)))


def person(name: str, **said) -> Participant:
    return Participant(name=name, name_latin=said.pop("name_latin", name), **said)


def told(before: Report, after: Report) -> list[tuple[str, str | None, str | None]]:
    return [(each.fact, each.before, each.after) for each in differences(before, after)]


def news(before: Report, after: Report) -> list[str]:
    return [each.fact for each in worth_telling(differences(before, after), before, after)]


LATER = date(2024, 10, 5)


@pytest.mark.parametrize(
    ("after", "change", "is_news"),
    [
        (changed(status=Status.POSTPONED), ("status", "planned", "postponed"), True),
        (changed(end_date=LATER), ("days", "2024-10-04", "2024-10-04 to 2024-10-05"), True),
        (changed(start_date=LATER, end_date=LATER), ("days", "2024-10-04", "2024-10-05"), True),
        (changed(start_date=None, end_date=None), ("days", "2024-10-04", None), False),
        (changed(session_number=56), ("session_number", "55", "56"), True),
        (changed(session_number=None), ("session_number", "55", None), False),
        (changed(city="Almaty"), ("city", "Astana", "Almaty"), True),
        (changed(country="KG"), ("country", "KZ", "KG"), True),
        (changed(received_by="Anna Orlova"), ("received_by", "Ivan Petrov", "Anna Orlova"), True),
        (
            changed(body=BodyName(id="intel", name="Council of Intelligence")),
            ("body", "cis-sorb", "Council of Intelligence"),
            True,
        ),
        (changed(body=BodyName(id=None, name="Another Council")), ("body", "cis-sorb", "Another Council"), False),
        (with_people(person("Ali Naghiyev")), ("participants", None, "Ali Naghiyev"), False),
    ],
)
def test_each_fact_that_readers_go_by_is_compared(after, change, is_news):
    assert told(PLANNED, after) == [change]
    assert bool(news(PLANNED, after)) is is_news


@pytest.mark.parametrize(
    "after",
    [
        PLANNED,
        changed(end_date=None),
        changed(received_by="Иван Петров"),
        changed(body=BodyName(id="cis-sorb", name="Совет руководителей органов безопасности")),
        replace(PLANNED, topics=(fact("terrorism"),), countries=(fact("KZ"),)),
    ],
)
def test_what_says_the_same_or_is_of_no_weight_is_no_change(after):
    assert told(PLANNED, after) == []


def test_a_day_or_city_first_learnt_is_news():
    for status in Status:
        before = report(session=55, status=status)
        after = replace(before, start_date=fact(DAY), city=fact("Astana"))
        assert told(before, after) == [("days", None, "2024-10-04"), ("city", None, "Astana")]
        assert news(before, after) == ["days", "city"]


def test_a_number_or_body_first_learnt_is_news_and_a_further_name_is_not():
    before = replace(PLANNED, session_number=None, body=None, received_by=None, participants=())
    changed = [each[0] for each in told(before, PLANNED)]
    assert news(before, PLANNED) == [fact for fact in changed if fact != "participants"] == changed[:3]


DAYS = [
    ({"start_date": None, "end_date": None}, None),
    ({"end_date": None}, "2024-10-04"),
    ({"start_date": None}, "until 2024-10-04"),
    ({"date_partial": "10-04", "start_date": None, "end_date": None}, "10-04, no year said"),
    ({"date_partial": "10-04/10-05", "start_date": None, "end_date": None}, "10-04 to 10-05, no year said"),
]


@pytest.mark.parametrize(("facts", "words"), DAYS)
def test_days_in_words(facts, words):
    assert days_in_words(changed(**facts)) == words


# --- people ---------------------------------------------------------------------------------------------------------

ALI = person("Ali Naghiyev", role="head of the security service", country="AZ")


@pytest.mark.parametrize(
    ("before", "after", "changes"),
    [
        ((ALI,), (person("Али Нагиев"),), []),
        ((person("Naghiyev"),), (ALI,), []),
        ((ALI,), (person("Orkhan Naghiyev"),), [("Ali Naghiyev", "Orkhan Naghiyev")]),
        ((ALI, person("Petr Sidorov")), (), [("Ali Naghiyev", None), ("Petr Sidorov", None)]),
        (
            (ALI, person("Petr Sidorov")),
            (person("Anna Orlova", role="Head of the security service", country="AZ"), person("Vera Lein")),
            [("Ali Naghiyev", "Anna Orlova"), ("Petr Sidorov", None), (None, "Vera Lein")],
        ),
        ((ALI,), (person("Анна Орлова", name_latin="Anna Orlova"),), [("Ali Naghiyev", "Anna Orlova")]),
        ((ALI, person("Petr Sidorov")), (ALI, person("Petr Sidorov"), person("Vera Lein")), [(None, "Vera Lein")]),
    ],
)
def test_who_came_who_went_and_who_was_corrected(before, after, changes):
    one, other = with_people(*before), with_people(*after)
    assert told(one, other) == [("participants", *change) for change in changes]
    assert len(news(one, other)) == sum(None not in change for change in changes)


def test_a_participant_who_turns_out_to_be_the_host_did_not_leave():
    before = replace(with_people(person("Ivan Petrov"), ALI), received_by=None)
    assert told(before, with_people(ALI)) == [("received_by", None, "Ivan Petrov")]


# --- one step of several --------------------------------------------------------------------------------------------


def change(fact: str, before: str | None, after: str | None) -> Change:
    return Change(fact=fact, before=before, after=after)


@pytest.mark.parametrize(
    ("earlier", "later", "together"),
    [
        ([change("days", "4", "5")], [change("days", "5", "6")], [change("days", "4", "6")]),
        ([change("days", "4", "5")], [change("days", "5", "4")], []),
        ([change("days", "4", None)], [change("days", None, "6")], [change("days", "4", "6")]),
        ([change("days", "4", "5")], [change("city", "A", "B")], [change("days", "4", "5"), change("city", "A", "B")]),
        ([change("participants", "X", "Y")], [change("participants", "Y", "X")], []),
        (
            [change("participants", "X", None)],
            [change("participants", None, "Y")],
            [change("participants", "X", None), change("participants", None, "Y")],
        ),
    ],
)
def test_changes_that_go_on_are_one(earlier, later, together):
    assert joined(earlier, later) == tuple(together)


reports = st.builds(
    report,
    session=st.none() | st.integers(1, 3),
    days=st.none() | st.dates(DAY, LATER),
    city=st.none() | st.sampled_from(["Astana", "Almaty"]),
    status=st.sampled_from(Status),
    received_by=st.none() | st.sampled_from(["Ivan Petrov", "Anna Orlova"]),
    people=st.lists(st.sampled_from(["Ali Naghiyev", "Petr Sidorov", "Vera Lein"]), unique=True).map(tuple),
)


@given(reports, reports)
def test_there_and_back_is_no_change(one, other):
    there, back = differences(one, other), differences(other, one)
    assert (there == ()) == (back == ())
    single = [each for each in (*there, *back) if each.fact != "participants"]
    assert joined([], single) == ()
    assert set(worth_telling(there, one, other)) <= set(there)
