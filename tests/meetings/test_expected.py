"""What should be reported: announced, due by rhythm, missing among numbers; and why."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from readout.meetings.expected import GRACE, Absence, Announcement, expect_announced, expect_of_body
from readout.meetings.series import Sitting
from readout.model import Status
from tests.reported import fact, report

TODAY = date(2024, 10, 20)
DAY = timedelta(days=1)


def sitting(meeting_id, status=Status.HELD, **facts):
    return Sitting(meeting_id=meeting_id, status=status, **facts)


def announced(*, first=None, last=None, partial=None, number=None, first_told=date(2024, 9, 1), **facts):
    told = report(status=Status.PLANNED, session=number, **facts)
    return Announcement(
        sitting=sitting(9, Status.PLANNED, number=number, first_day=first, last_day=last),
        report=replace(told, date_partial=fact(partial)),
        first_told=first_told,
    )


PASSED = [
    ("to come", {"first": TODAY + DAY}, Absence.ANNOUNCED, None),
    ("today", {"first": TODAY}, Absence.ANNOUNCED, None),
    ("reports may still come", {"first": TODAY - GRACE}, Absence.ANNOUNCED, None),
    ("passed", {"first": TODAY - GRACE - DAY}, Absence.OVERDUE, 4),
    ("goes on", {"first": TODAY - 30 * DAY, "last": TODAY - DAY}, Absence.ANNOUNCED, None),
    ("ended", {"first": TODAY - 30 * DAY, "last": TODAY - 10 * DAY}, Absence.OVERDUE, 10),
    ("only its end is told", {"last": TODAY - 10 * DAY}, Absence.OVERDUE, 10),
    ("no year, to come", {"partial": "12-01"}, Absence.ANNOUNCED, None),
    ("no year, came round", {"partial": "10-04"}, Absence.OVERDUE, None),
    ("no year, its end has not come round", {"partial": "10-04/10-19"}, Absence.ANNOUNCED, None),
    ("no year, told of after that day", {"partial": "08-31"}, Absence.ANNOUNCED, None),
    ("29 February", {"partial": "02-29"}, Absence.ANNOUNCED, None),
    ("no day at all", {"partial": "02-30"}, Absence.ANNOUNCED, None),
]


@pytest.mark.parametrize(("told", "absence", "overdue"), [row[1:] for row in PASSED], ids=[row[0] for row in PASSED])
def test_a_date_has_passed_when_reports_of_its_last_day_should_be_there(told, absence, overdue):
    found = expect_announced(announced(**told), (), TODAY)
    assert (found.absence, found.days_overdue(TODAY)) == (absence, overdue)
    assert found.reasons[0].meeting_id == found.meeting_id == 9
    assert found.partial == told.get("partial")


def test_what_has_no_day_is_not_expected_on_any():
    assert expect_announced(announced(), (), TODAY) is None


def test_a_day_without_a_year_says_when_it_came_round():
    found = expect_announced(announced(partial="10-04"), (), TODAY)
    assert "first seen here on 2024-09-01" in found.reasons[1].says
    assert "came round on 2024-10-04" in found.reasons[1].says
    assert (found.earliest, found.latest) == (None, None)


PERHAPS = [
    (sitting(3, number=55, first_day=TODAY - 200 * DAY), 55, True),
    (sitting(3, number=56, first_day=TODAY - 12 * DAY), 55, False),
    (sitting(3, first_day=TODAY - 12 * DAY), 55, True),
    (sitting(3, first_day=TODAY - 100 * DAY), 55, False),
    (sitting(3), None, False),
    (sitting(3, Status.PLANNED, first_day=TODAY - 10 * DAY), None, False),
    (sitting(3, Status.CANCELLED, first_day=TODAY - 10 * DAY), None, False),
]


@pytest.mark.parametrize(("other", "number", "named"), PERHAPS)
def test_a_meeting_that_may_be_the_one_announced_is_named(other, number, named):
    told = announced(first=TODAY - 10 * DAY, number=number)
    reasons = expect_announced(told, [told.sitting, other], TODAY).reasons
    assert any(reason.meeting_id == 3 and "may be it" in reason.says for reason in reasons) is named


# --- of a body ------------------------------------------------------------------------------------------------------


def yearly(*numbers, last=TODAY - 200 * DAY):
    start = last - 365 * DAY * (len(numbers) - 1)
    return [
        sitting(at + 1, number=number, first_day=start + 365 * DAY * at, city="Minsk")
        for at, number in enumerate(numbers)
    ]


def of_body(*sittings, today=TODAY):
    return list(expect_of_body("sorb", sittings, today))


def test_the_next_one_of_a_rhythm_is_expected_with_its_number():
    (found,) = of_body(*yearly(50, 51, 52, 53))
    due = TODAY + 165 * DAY
    assert (found.absence, found.first_number, found.last_number) == (Absence.UNANNOUNCED, 54, 54)
    assert found.earliest < due < found.latest
    assert "about every 365 days" in found.reasons[0].says
    assert "mostly in April, in Minsk" in found.reasons[0].says
    assert (found.reasons[1].meeting_id, found.days_overdue(TODAY)) == (4, None)


def test_a_window_that_passed_is_told_with_its_days():
    told = yearly(50, 51, 52, 53, last=TODAY - 450 * DAY)
    (found,) = of_body(*told)
    assert (found.absence, found.days_overdue(TODAY)) == (Absence.MISSED, (TODAY - found.latest).days)
    (still,) = of_body(*told, today=found.latest + GRACE)
    assert still.absence is Absence.UNANNOUNCED


def test_a_meeting_announced_with_its_day_is_not_expected_by_rhythm_as_well():
    announced_ = sitting(9, Status.PLANNED, first_day=TODAY + 30 * DAY)
    assert of_body(*yearly(50, 51, 52, 53), announced_) == []
    former = sitting(9, Status.PLANNED, first_day=TODAY - 800 * DAY)
    assert [each.absence for each in of_body(*yearly(50, 51, 52, 53), former)] == [Absence.UNANNOUNCED]


def test_a_meeting_that_was_called_off_since_is_named():
    called_off = sitting(9, Status.CANCELLED, first_day=TODAY - 30 * DAY)
    (found,) = of_body(*yearly(50, 51, 52, 53), called_off)
    assert [reason.meeting_id for reason in found.reasons] == [None, 4, 9]
    assert "since then: a meeting, cancelled" in found.reasons[2].says


def test_no_number_follows_from_numbers_that_do_not_rise():
    (found, unfit) = of_body(*yearly(50, 51, 52, 5))
    assert (found.absence, found.first_number) == (Absence.UNANNOUNCED, None)
    assert (unfit.absence, unfit.first_number, unfit.reasons[1].meeting_id) == (Absence.UNFIT, 5, 4)


def test_a_gap_names_both_neighbours():
    (_, gap) = of_body(*yearly(51, 52, 53, 55))
    assert (gap.absence, gap.first_number, gap.last_number) == (Absence.GAP, 54, 54)
    assert [(reason.says, reason.meeting_id) for reason in gap.reasons] == [
        ("session 53, 2023-04-04", 3),
        ("session 55, 2024-04-03", 4),
    ]
    assert (gap.earliest, gap.latest) == (date(2023, 4, 4), date(2024, 4, 3))


def test_numbers_begun_anew_each_year_lead_to_nothing():
    told = [(1, 0), (2, 40), (3, 200), (1, 365), (3, 500)]
    assert (
        of_body(*(sitting(at, number=n, first_day=TODAY - 600 * DAY + d * DAY) for at, (n, d) in enumerate(told))) == []
    )
