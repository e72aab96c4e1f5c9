"""Rhythms: those that bodies have, and those that only seem to be."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from readout.meetings.cadence import find_cadence
from readout.meetings.series import Sitting
from readout.model import Status

START = date(2020, 1, 10)


def held(*days, status=Status.HELD, cities=()):
    """Meetings so many days after the start."""
    return [
        Sitting(
            meeting_id=at,
            status=status,
            first_day=None if day is None else START + timedelta(days=day),
            city=cities[at - 1] if cities else None,
        )
        for at, day in enumerate(days, 1)
    ]


RHYTHMS = [
    ("every year", (0, 365, 731, 1096), (365, 1, 0)),
    ("about every year", (0, 330, 700, 1100), (370, 40, 0)),
    ("one was not seen", (0, 360, 730, 1460), (370, 10, 1)),
    ("every week", (0, 7, 14, 21, 28), (7, 0, 0)),
    ("told twice as two", (0, 30, 32, 60, 90), (30, 0, 0)),
    ("in any order", (731, 0, 1096, 365), (365, 1, 0)),
    ("three are too few", (0, 365, 731), None),
    ("one without a day is none", (0, 365, 731, None), None),
    ("the same day is one meeting", (0, 0, 365, 731), None),
    ("an extraordinary one between", (0, 365, 500, 731, 1096), None),
    ("as they like", (0, 20, 200, 260, 900), None),
    ("too uneven", (0, 100, 240, 340), None),
    ("too many not seen", (0, 100, 200, 500, 600, 900), None),
]


@pytest.mark.parametrize(("days", "rhythm"), [row[1:] for row in RHYTHMS], ids=[row[0] for row in RHYTHMS])
def test_a_rhythm_is_seen_where_there_is_one(days, rhythm):
    cadence = find_cadence(held(*days))
    assert (cadence and (cadence.interval.days, cadence.spread.days, cadence.unseen)) == rhythm


@pytest.mark.parametrize("status", [Status.PLANNED, Status.CANCELLED, Status.POSTPONED])
def test_only_meetings_that_took_place_make_a_rhythm(status):
    assert find_cadence([*held(0, 365, 731), *held(1096, status=status)]) is None
    assert find_cadence([*held(0, 365, 731), *held(1096, status=Status.ONGOING)]) is not None


def test_what_was_long_ago_does_not_count():
    cadence = find_cadence(held(0, 10, 500, *(1000 + 30 * at for at in range(12))))
    assert (cadence.interval.days, cadence.meetings) == (30, 12)


def test_the_window_is_one_interval_after_the_last_meeting():
    cadence = find_cadence(held(0, 330, 700, 1100))
    last = START + timedelta(days=1100)
    assert cadence.last.meeting_id == 4
    assert cadence.window == (last + timedelta(days=330), last + timedelta(days=410))


@pytest.mark.parametrize(("interval", "slack"), [(7, 3), (365, 36)])
def test_the_window_of_a_body_as_regular_as_a_clock_has_some_width(interval, slack):
    earliest, latest = find_cadence(held(*(interval * at for at in range(5)))).window
    assert (latest - earliest).days in (2 * slack, 2 * slack + 1)


def test_usual_months_and_cities():
    cadence = find_cadence(held(120, 300, 485, 665, 850, cities=("Minsk", "Minsk", "Baku", "Minsk", "Minsk")))
    assert cadence.months == (5, 11)
    assert cadence.cities == ("Minsk",)


def test_a_body_that_roves_and_meets_all_the_year_has_no_usual_city_or_month():
    cadence = find_cadence(held(*(70 * at for at in range(8)), cities="ABCDEFGH"))
    assert (cadence.months, cadence.cities) == ((), ())


days = st.lists(st.integers(0, 4000), max_size=20)


@given(days, st.integers(0, 1000), st.randoms())
def test_a_rhythm_does_not_depend_on_the_order_or_on_the_calendar(told, shift, dice):
    cadence = find_cadence(held(*told))
    dice.shuffle(told)
    later = find_cadence(held(*(day + shift for day in told)))
    assert (cadence is None) == (later is None)
    if cadence and later:
        assert (later.interval, later.spread, later.unseen) == (cadence.interval, cadence.spread, cadence.unseen)
        assert [day - timedelta(days=shift) for day in later.window] == list(cadence.window)
        assert cadence.window[0] <= cadence.last.first_day + cadence.interval <= cadence.window[1]
        assert max(START + timedelta(days=day) for day in told) - cadence.last.first_day <= timedelta(days=3)


@given(st.integers(7, 800), st.lists(st.integers(-2, 2), min_size=4, max_size=12))
def test_a_rhythm_with_little_noise_is_found(interval, noise):
    told = [interval * at + round(interval * off / 100) for at, off in enumerate(noise)]
    cadence = find_cadence(held(*(day + 1000 for day in told)))
    assert cadence is not None
    assert abs(cadence.interval.days - interval) <= interval * 0.2 + 1
