"""What all tellings of a meeting say together."""

from datetime import date, timedelta
from itertools import permutations

import pytest

from readout.meetings.consensus import Voice, consensus
from readout.model import MeetingKind, Status
from tests.reported import DAY, NOW, report


def voice(told=0, *, official=False, copies=False, **facts):
    moment = None if told is None else NOW + timedelta(hours=told)
    return Voice(report=report(**facts), official=official, copies=copies, told_at=moment)


def test_one_voice_is_repeated():
    only = voice(session=55, days=DAY, city="Astana", country="KZ", people=("A",), topics=("terrorism",))
    assert consensus([only]) == only.report


def test_the_official_voice_counts_before_many():
    said = consensus([voice(city="Almaty"), voice(city="Almaty"), voice(city="Astana", official=True)])
    assert said.city.value == "Astana"


def test_many_count_before_the_earliest_but_copies_do_not_count():
    assert consensus([voice(session=54), voice(1, session=55), voice(2, session=55)]).session_number.value == 55
    copied = [voice(session=55), voice(1, session=54), voice(2, session=54, copies=True)]
    assert consensus(copied).session_number.value == 55


def test_days_come_from_one_voice():
    two_days = (DAY, DAY + timedelta(days=1))
    said = consensus([voice(days=two_days), voice(1, days=date(2024, 11, 1))])
    assert (said.start_date.value, said.end_date.value) == two_days


def test_a_country_is_not_put_beside_another_voices_city():
    said = consensus([voice(city="Astana", country="KZ", official=True), voice(country="BY"), voice(country="BY")])
    assert (said.city.value, said.country.value) == ("Astana", "KZ")


def test_bodies_are_one_by_id_whatever_their_name():
    said = consensus([voice(body="x"), voice(1, body="sorb", name="СОРБ"), voice(2, body="sorb", name="Council")])
    assert said.body.value.name == "СОРБ"


@pytest.mark.parametrize(
    ("told", "expected"),
    [
        ([Status.PLANNED, Status.HELD, Status.PLANNED], Status.HELD),
        ([Status.PLANNED, Status.ONGOING], Status.ONGOING),
        ([Status.PLANNED, Status.POSTPONED], Status.POSTPONED),
        ([Status.POSTPONED, Status.PLANNED], Status.PLANNED),
        ([Status.PLANNED, Status.CANCELLED], Status.CANCELLED),
        ([Status.CANCELLED, Status.HELD], Status.HELD),
    ],
)
def test_a_meeting_stands_where_its_life_has_come_to(told, expected):
    assert consensus([voice(i, status=status) for i, status in enumerate(told)]).status.value == expected


def test_a_session_with_its_reception_is_a_session():
    said = consensus([voice(kind=MeetingKind.RECEPTION), voice(1, kind=MeetingKind.RECEPTION), voice(2)])
    assert said.kind.value == MeetingKind.SESSION


def test_everybody_named_takes_part_once():
    said = consensus([voice(people=("A", "B")), voice(1, people=("B", "C"))])
    assert [person.value.name for person in said.participants] == ["A", "B", "C"]


def test_every_topic_and_subject_named_counts_once():
    said = consensus([voice(topics=("energy",), subjects=("water",)), voice(1, subjects=("climate", "water"))])
    assert [fact.value for fact in said.topics] == ["energy"]
    assert [fact.value for fact in said.subjects] == ["water", "climate"]


def test_the_order_of_hearing_does_not_matter():
    voices = [
        voice(0, session=55, city="Astana", status=Status.PLANNED),
        voice(1, session=55, days=DAY, people=("A",)),
        voice(2, session=54, days=DAY + timedelta(days=1), official=True, people=("B",)),
        voice(3, city="Almaty", status=Status.HELD),
    ]
    assert len({repr(consensus(order)) for order in permutations(voices)}) == 1
