"""Where accounts differ: only what contradicts, official ones first, copies without a voice."""

from datetime import date
from typing import Any

from readout.channels.channel import Names
from readout.channels.mail.differing import Difference, find_differences
from readout.channels.mail.saying import Saying
from readout.channels.mail.words import words_in
from readout.model import BodyName, Evidence, Fact, Meeting, MeetingKind, Report, Status, Telling
from tests.telling import fact, meeting, session, telling

NAMES = Names(cities={"Astana": "Астана", "Almaty": "Алматы"}, countries={"KZ": "Казахстан", "KG": "Киргизия"})
OTHER_DAY = {"start_date": fact(date(2024, 10, 3), "4 October"), "end_date": fact(date(2024, 10, 3), "4 October")}


def told_by(number: int, host: str, *, official: bool = False, copy_of: str | None = None, **said: Any) -> Telling:
    return telling(
        number,
        url=f"https://{host}.example/{number}",
        source=None,
        official=official,
        duplicate_of=copy_of,
        report=session(**said),
    )


def differences(told: Meeting, language: str = "en") -> tuple[Difference, ...]:
    names = NAMES if language == "ru" else Names()
    return find_differences(told, Saying(words_in(language), names))


def sides(told: Meeting, language: str = "en") -> list[tuple[str, list[tuple[str, str]]]]:
    return [
        (found.label, [(side.value, side.outlets) for side in found.sides]) for found in differences(told, language)
    ]


def by_hand(value: Any) -> Fact[Any]:
    return Fact(value=value, evidence=Evidence(text="said so", start=0, end=0, where="ruling"))


def test_accounts_that_agree_have_no_section() -> None:
    assert differences(meeting(told_by(1, "a"), told_by(2, "b"))) == ()


def test_who_says_less_does_not_differ() -> None:
    short = told_by(2, "b", city=None, start_date=None, end_date=None, body=None, session_number=None, received_by=None)
    assert differences(meeting(told_by(1, "a"), short)) == ()


def test_stages_of_one_life_do_not_differ() -> None:
    planned = told_by(1, "a", status=fact(Status.PLANNED, "met"))
    assert differences(meeting(told_by(2, "b"), planned)) == ()


def test_days_are_one_fact_and_who_bears_them_out_stands_first() -> None:
    told = meeting(told_by(1, "paper"), told_by(2, "palace", official=True), told_by(3, "other", **OTHER_DAY))
    assert sides(told) == [("When", [("4 Oct 2024", "palace.example, paper.example"), ("3 Oct 2024", "other.example")])]


def test_one_day_of_several_is_no_difference() -> None:
    both = session(start_date=OTHER_DAY["start_date"])
    told = meeting(told_by(1, "a", start_date=OTHER_DAY["start_date"]), told_by(2, "b"), report=both)
    assert differences(told) == ()


def test_days_without_a_year_differ_where_they_do() -> None:
    partial = {"start_date": None, "end_date": None}
    same = told_by(2, "b", date_partial=fact("10-04", "4 October"), **partial)
    other = told_by(3, "c", date_partial=fact("10-06", "4 October"), **partial)
    told = meeting(told_by(1, "a"), same, other)
    assert sides(told) == [("When", [("4 Oct 2024", "a.example, b.example"), ("6 Oct", "c.example")])]


def test_every_fact_that_is_contradicted_is_said_in_the_language() -> None:
    other = told_by(
        2,
        "b",
        kind=fact(MeetingKind.SUMMIT, "session"),
        status=fact(Status.CANCELLED, "met"),
        body=fact(BodyName(id="csto-csc", name="Совет"), "Council"),
        city=fact("Almaty", "Astana"),
        country=fact("KG", "Kazakhstan"),
        received_by=fact("Emomali Rahmon", "Kassym-Jomart Tokayev"),
    )
    told = meeting(told_by(1, "a"), other)
    council = "Council of Heads of Security Agencies and Special Services"
    assert [(label, [value for value, _ in said]) for label, said in sides(told, "ru")] == [
        ("Что", ["заседание", "саммит"]),
        ("Статус", ["состоялось", "отменён"]),
        ("Кто заседает", [council, "Совет"]),
        ("Город", ["Астана", "Алматы"]),
        ("Страна", ["Казахстан", "Киргизия"]),
    ]
    fewer = meeting(
        told_by(1, "a"), told_by(2, "b", session_number=fact(54, "55th"), received_by=other.report.received_by)
    )
    assert [(label, [value for value, _ in said]) for label, said in sides(fewer)] == [
        ("Number", ["55", "54"]),
        ("Received by", ["Kassym-Jomart Tokayev", "Emomali Rahmon"]),
    ]


def test_copies_have_no_voice() -> None:
    copy = told_by(2, "b", copy_of="a9", **OTHER_DAY)
    assert differences(meeting(told_by(1, "a"), copy)) == ()
    told = meeting(told_by(1, "a"), told_by(3, "c", copy_of="a1"), told_by(4, "d", **OTHER_DAY), copy)
    assert sides(told) == [("When", [("4 Oct 2024", "a.example"), ("3 Oct 2024", "d.example")])]


def test_a_value_that_a_person_set_may_have_no_voice_for_it() -> None:
    ruled = session(city=by_hand("Shymkent"))
    assert sides(meeting(told_by(1, "a"), report=ruled)) == [
        ("City", [("Shymkent", "corrected by hand"), ("Astana", "a.example")])
    ]
    told = meeting(told_by(1, "a"), told_by(2, "b", city=fact("Shymkent", "Astana")), report=ruled)
    assert sides(told, "az")[0][1][0] == ("Shymkent", "əl ilə düzəldilib, b.example")


def test_a_day_that_a_person_set_is_said_to_be() -> None:
    ruled = session(start_date=by_hand(date(2024, 10, 1)), end_date=by_hand(date(2024, 10, 1)))
    told = meeting(told_by(1, "a"), report=ruled)
    assert sides(told) == [("When", [("1 Oct 2024", "corrected by hand"), ("4 Oct 2024", "a.example")])]


def test_many_sides_and_many_outlets_do_not_make_an_endless_mail() -> None:
    days = [{"start_date": fact(date(2024, 11, day), "4 October"), "end_date": None} for day in range(1, 9)]
    others = [told_by(number, f"x{number}", **said) for number, said in enumerate(days, start=10)]
    same = [told_by(number, f"s{number}") for number in range(1, 8)]
    (found,) = differences(meeting(*same, *others))
    assert found.sides[0].outlets == "s1.example, s2.example, s3.example, s4.example, and 3 more"
    assert [side.value for side in found.sides[1:]] == ["1 Nov 2024", "2 Nov 2024", "3 Nov 2024"]
    assert found.more == "and 5 more"


def test_two_names_of_one_city_are_no_difference_where_both_are_called_alike() -> None:
    told = meeting(told_by(1, "a"), told_by(2, "b", city=fact("Akmola", "Astana")))
    saying = Saying(words_in("ru"), Names(cities={"Astana": "Астана", "Akmola": "Астана"}))
    assert find_differences(told, saying) == ()
    assert len(differences(told)) == 1


def test_what_looks_alike_when_it_is_said_is_no_difference() -> None:
    first, second = (fact(BodyName(id=None, name=name), "Council") for name in ("Council of A", "Council of  A"))
    told: tuple[Report, ...] = (session(body=first), session(body=second))
    assert differences(meeting(*(telling(number, report=each) for number, each in enumerate(told)))) == ()
