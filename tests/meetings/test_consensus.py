"""What all tellings of a meeting say together."""

from dataclasses import replace
from datetime import date, timedelta
from itertools import permutations

import pytest

from readout.meetings.consensus import Voice, consensus
from readout.model import Evidence, Fact, MeetingKind, Participant, Status
from tests.reported import DAY, NOW, fact, report


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


def test_official_voices_count_before_one_of_them_and_many_others():
    said = consensus(
        [
            voice(session=54, official=True),
            voice(1, session=54),
            voice(1, session=54),
            voice(2, session=55, official=True),
            voice(3, session=55, official=True),
        ]
    )
    assert said.session_number.value == 55


def test_the_evidence_is_that_of_the_most_trusted_voice():
    said = consensus([voice(body="sorb", name="Bodies"), voice(1, body="sorb", name="The Council", official=True)])
    assert said.body.value.name == "The Council"
    held = [voice(0, status=Status.HELD), voice(1, status=Status.HELD, official=True)]
    words = Evidence(text="took place", start=0, end=10)
    worded = replace(held[1].report, status=Fact(value=Status.HELD, evidence=words))
    assert consensus([held[0], replace(held[1], report=worded)]).status.evidence.text == "took place"


def test_days_come_from_one_voice():
    two_days = (DAY, DAY + timedelta(days=1))
    said = consensus([voice(days=two_days), voice(1, days=date(2024, 11, 1))])
    assert (said.start_date.value, said.end_date.value) == two_days


def test_a_country_is_not_put_beside_another_voices_city():
    said = consensus([voice(city="Astana", country="KZ", official=True), voice(country="BY"), voice(country="BY")])
    assert (said.city.value, said.country.value) == ("Astana", "KZ")


def test_who_tells_less_speaks_for_who_tells_more():
    said = consensus(
        [voice(country="KZ", official=True), voice(1, city="Astana", country="KZ"), voice(2, city="Almaty")]
    )
    assert (said.city.value, said.country.value) == ("Astana", "KZ")
    opening = voice(0, days=(DAY, None), official=True)
    said = consensus([opening, voice(1, days=(DAY, DAY + timedelta(days=1)))])
    assert (said.start_date.value, said.end_date.value) == (DAY, DAY + timedelta(days=1))


def test_a_city_that_contradicts_the_official_country_is_not_put_beside_it():
    said = consensus([voice(country="KZ", official=True), voice(1, city="Minsk", country="BY")])
    assert (said.city, said.country.value) == (None, "KZ")


def no_year(days, told=0, **how):
    plain = voice(told, **how)
    return replace(plain, report=replace(plain.report, date_partial=fact(days)))


def test_days_of_no_year_are_kept_only_while_nobody_knows_the_year():
    unsettled = consensus([no_year("10-04"), no_year("10-05", 1), no_year("10-05", 2)])
    assert (unsettled.start_date, unsettled.date_partial.value) == (None, "10-05")
    settled = consensus([no_year("10-04", official=True), voice(1, days=DAY)])
    assert (settled.start_date.value, settled.date_partial) == (DAY, None)


def test_a_body_that_the_registry_knows_counts_before_a_name_that_it_lacks():
    said = consensus([voice(body=None, name="Şura", official=True), voice(1, body="sorb", name="Council")])
    assert said.body.value.id == "sorb"


def test_a_number_never_comes_from_who_names_another_body():
    said = consensus([voice(body="sorb", official=True), voice(1, body="intel", session=21), voice(2, body="intel")])
    assert (said.body.value.id, said.session_number) == ("sorb", None)
    said = consensus([voice(body="sorb", official=True), voice(1, body=None, session=55)])
    assert said.session_number.value == 55


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


def test_an_undated_voice_does_not_have_the_last_word():
    said = consensus(
        [voice(0, status=Status.PLANNED), voice(1, status=Status.CANCELLED), voice(None, status=Status.PLANNED)]
    )
    assert said.status.value == Status.CANCELLED
    undated = [voice(None, status=Status.PLANNED), voice(None, status=Status.POSTPONED)]
    assert consensus(undated).status.value == Status.POSTPONED


def test_a_session_with_its_reception_is_a_session():
    said = consensus([voice(kind=MeetingKind.RECEPTION), voice(1, kind=MeetingKind.RECEPTION), voice(2)])
    assert said.kind.value == MeetingKind.SESSION


def test_everybody_named_takes_part_once():
    said = consensus([voice(people=("A", "B")), voice(1, people=("B", "C"))])
    assert [person.value.name for person in said.participants] == ["A", "B", "C"]


def test_a_person_is_named_once_across_scripts_by_who_says_most():
    full = Participant(name="Əli Nağıyev", name_latin="Ali Nagiyev", role="rəis", country="AZ")
    told = voice(1, people=("Bortnikov",))
    told = replace(told, report=replace(told.report, participants=(fact(full), *told.report.participants)))
    said = consensus([voice(people=("Нагиев", "Александр Бортников")), told, voice(2, people=("Ali Naghiyev",))])
    assert [person.value.name for person in said.participants] == ["Əli Nağıyev", "Александр Бортников"]


def test_a_surname_that_a_full_name_has_settled_is_nobody_elses():
    said = consensus(
        [voice(people=("Nagiyev",)), voice(1, people=("Ali Nagiyev",)), voice(2, people=("Vusal Nagiyev",))]
    )
    assert [person.value.name for person in said.participants] == ["Ali Nagiyev", "Vusal Nagiyev"]


def test_who_receives_is_one_in_every_script_and_takes_no_part():
    said = consensus(
        [
            voice(received_by="Rahmon"),
            voice(1, received_by="Токаев", people=("A",)),
            voice(2, received_by="Tokayev", people=("Kassym-Jomart Tokayev",)),
        ]
    )
    assert said.received_by.value == "Токаев"
    assert [person.value.name for person in said.participants] == ["A"]


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
