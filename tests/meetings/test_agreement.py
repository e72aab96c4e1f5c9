"""Which reports support a fact, which omit it, which contradict it."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from readout.meetings.agreement import agreement
from readout.model import MeetingKind, Status
from tests.reported import DAY, NOW, fact, report
from tests.telling import meeting, telling

NEXT = DAY + timedelta(days=1)
SUPPORTS, OMITS, CONTRADICTS = "supports", "omits", "contradicts"


def told(number, facts, hours=0, **changes):
    published = {"published": NOW + timedelta(hours=hours)}
    return telling(number, **{"report": facts} | published | changes)


def stand(name, mine, theirs):
    """How a report `theirs` stands to the fact `name` of the meeting `mine`, and with what other value."""
    (support,) = [each for each in agreement(meeting(told(1, theirs), report=mine)) if each.fact == name]
    if support.contradicts:
        return CONTRADICTS, support.contradicts[0].value
    return SUPPORTS if support.supports else OMITS


def partial(days):
    return replace(report(), date_partial=fact(days))


TWO_DAYS = report(days=(DAY, NEXT))
CASES = {
    "same body, other name": ("body", report("sorb", name="СОРБ"), report("sorb", name="Council"), SUPPORTS),
    "other body": (
        "body",
        report("sorb"),
        report("intel", name="X"),
        (CONTRADICTS, report("intel", name="X").body.value),
    ),
    "nameless body": ("body", report("sorb", name="A"), report(None, name="Б"), OMITS),
    "one name": ("body", report(None, name="Commission"), report(None, name="commission"), SUPPORTS),
    "no body": ("body", report("sorb"), report(None), OMITS),
    "number": ("session_number", report(session=55), report(session=55), SUPPORTS),
    "other number": ("session_number", report(session=55), report(session=54), (CONTRADICTS, 54)),
    "number of another body": ("session_number", report("sorb", session=55), report("intel", session=21), OMITS),
    "days": ("start_date", TWO_DAYS, report(days=(DAY, NEXT)), SUPPORTS),
    "first of two days": ("start_date", TWO_DAYS, report(days=DAY), SUPPORTS),
    "first of two days, end": ("end_date", TWO_DAYS, report(days=DAY), OMITS),
    "second of two days": ("start_date", TWO_DAYS, report(days=NEXT), OMITS),
    "second of two days, end": ("end_date", TWO_DAYS, report(days=NEXT), SUPPORTS),
    "opening alone": ("end_date", TWO_DAYS, report(days=(DAY, None)), OMITS),
    "opening on another day": ("start_date", TWO_DAYS, report(days=(NEXT, None)), (CONTRADICTS, NEXT)),
    "more days": ("end_date", report(days=DAY), report(days=(DAY, NEXT)), (CONTRADICTS, NEXT)),
    "another day": ("start_date", report(days=DAY), report(days=NEXT), (CONTRADICTS, NEXT)),
    "no year": ("start_date", TWO_DAYS, partial("10-04/10-05"), SUPPORTS),
    "no year, end": ("end_date", TWO_DAYS, partial("10-04/10-05"), SUPPORTS),
    "no year, first day": ("end_date", TWO_DAYS, partial("10-04"), OMITS),
    "no year, another day": ("start_date", report(days=DAY), partial("10-03"), (CONTRADICTS, "10-03")),
    "no such day": ("start_date", report(days=date(2023, 2, 28)), partial("02-29"), OMITS),
    "nobody knows the year": ("date_partial", partial("10-04"), partial("10-04"), SUPPORTS),
    "another knows the year": ("date_partial", partial("10-04"), report(days=DAY), SUPPORTS),
    "another month": ("date_partial", partial("10-04"), partial("11-04"), (CONTRADICTS, "11-04")),
    "another month with year": ("date_partial", partial("11-04"), report(days=DAY), (CONTRADICTS, "10-04")),
    "city": ("city", report(city="Astana"), report(city="ASTANA"), SUPPORTS),
    "other city": ("city", report(city="Astana"), report(city="Almaty"), (CONTRADICTS, "Almaty")),
    "country alone": ("city", report(city="Astana", country="KZ"), report(country="KZ"), OMITS),
    "other country": ("country", report(country="KZ"), report(country="BY"), (CONTRADICTS, "BY")),
    "receiver": ("received_by", report(received_by="Касым-Жомарт Токаев"), report(received_by="Tokayev"), SUPPORTS),
    "other receiver": (
        "received_by",
        report(received_by="Tokayev"),
        report(received_by="Rahmon"),
        (CONTRADICTS, "Rahmon"),
    ),
    "part of it": ("kind", report(), report(kind=MeetingKind.RECEPTION), OMITS),
    "other kind": ("kind", report(), report(kind=MeetingKind.CALL), (CONTRADICTS, MeetingKind.CALL)),
}


@pytest.mark.parametrize("case", CASES)
def test_a_telling_stands_to_each_fact(case):
    name, mine, theirs, expected = CASES[case]
    assert stand(name, mine, theirs) == expected


PLANNED, ONGOING, HELD, CANCELLED, POSTPONED = Status


@pytest.mark.parametrize(
    ("mine", "theirs", "expected"),
    [
        (HELD, HELD, SUPPORTS),
        (HELD, PLANNED, OMITS),
        (HELD, ONGOING, OMITS),
        (HELD, CANCELLED, (CONTRADICTS, CANCELLED)),
        (ONGOING, POSTPONED, (CONTRADICTS, POSTPONED)),
        (CANCELLED, HELD, (CONTRADICTS, HELD)),
        (CANCELLED, PLANNED, OMITS),
        (CANCELLED, POSTPONED, OMITS),
        (PLANNED, POSTPONED, OMITS),
        (PLANNED, HELD, (CONTRADICTS, HELD)),
    ],
)
def test_stages_of_one_life_do_not_contradict_each_other(mine, theirs, expected):
    assert stand("status", report(status=mine), report(status=theirs)) == expected


def test_official_ones_come_first_then_those_that_are_no_copies_then_the_earlier():
    tellings = [
        told(1, report(), 0, duplicate_of="a2"),
        told(2, report(), 2),
        told(3, report(), 1),
        told(4, report(), 3, official=True),
        told(5, report(), 0, published=None),
    ]
    body = next(each for each in agreement(meeting(*tellings)) if each.fact == "body")
    assert [each.report_id for each in body.supports] == [4, 3, 2, 5, 1]


def test_each_telling_stands_in_one_place():
    tellings = [told(1, report(session=55)), told(2, report(session=54)), told(3, report())]
    number = next(each for each in agreement(meeting(*tellings)) if each.fact == "session_number")
    assert [each.report_id for each in number.supports] == [1]
    assert [each.report_id for each in number.omits] == [3]
    assert [each.telling.report_id for each in number.contradicts] == [2]


def test_facts_that_the_meeting_does_not_hold_are_left_out():
    assert [each.fact for each in agreement(meeting(told(1, report(city="Astana")), report=report(None)))] == [
        "kind",
        "status",
    ]


def test_a_list_has_the_support_of_each_value_and_is_never_contradicted():
    mine = report(topics=("terrorism", "energy"), subjects=("water",))
    support = agreement(meeting(told(1, report(topics=("energy",))), told(2, report(subjects=("water",))), report=mine))
    assert [
        (each.fact, each.value, [t.report_id for t in each.supports], [t.report_id for t in each.omits])
        for each in support
        if each.fact in ("topics", "subjects")
    ] == [("topics", "terrorism", [], [1, 2]), ("topics", "energy", [1], [2]), ("subjects", "water", [2], [1])]
    assert not any(each.contradicts for each in support)


def test_a_person_is_one_in_every_script_and_all_spellings_are_kept():
    mine = report(people=("Ali Naghiyev", "Alexander Bortnikov"))
    support = agreement(
        meeting(
            told(1, report(people=("Əli Nağıyev",)), 2),
            told(2, report(people=("Александр Бортников", "Али Нагиев")), 1),
            told(3, report(people=("Əli Nağıyev", "Somebody Else")), 3),
            report=mine,
        )
    )
    people = [each for each in support if each.fact == "participants"]
    assert [(each.value.name, each.spellings, [t.report_id for t in each.supports]) for each in people] == [
        ("Ali Naghiyev", ("Ali Naghiyev", "Али Нагиев", "Əli Nağıyev"), [2, 1, 3]),
        ("Alexander Bortnikov", ("Alexander Bortnikov", "Александр Бортников"), [2]),
    ]


def test_a_full_name_is_not_taken_for_another_of_its_surname():
    mine = report(people=("Nagiyev", "Ali Nagiyev", "Vusal Nagiyev"))
    people = [
        each
        for each in agreement(meeting(told(1, report(people=("Vüsal Nağıyev",))), report=mine))
        if each.fact == "participants"
    ]
    assert [bool(each.supports) for each in people] == [False, False, True]


def test_the_receiver_has_spellings_too():
    tellings = [told(1, report(received_by="Токаев")), told(2, report(received_by="Kassym-Jomart Tokayev"), 1)]
    (receiver,) = [each for each in agreement(meeting(*tellings)) if each.fact == "received_by"]
    assert receiver.spellings == ("Токаев", "Kassym-Jomart Tokayev")


def test_facts_stand_in_the_order_of_a_reports_row():
    from readout.record import report_row

    full = report(
        session=1, days=DAY, city="A", country="KZ", received_by="B", people=("C D",), topics=("e",), subjects=("f",)
    )
    full = replace(full, date_partial=fact("10-04"), countries=(fact("KZ"),))
    names = [name for name in report_row(full) if name != "evidence"]
    assert [each.fact for each in agreement(meeting(told(1, full)))] == names
