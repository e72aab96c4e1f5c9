"""Session numbers: what is missing, what was misread, and when nobody can say."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from readout.meetings.series import Order, Sitting, read_series
from readout.model import Status

START = date(2020, 1, 10)


def sittings(*told, status=Status.HELD):
    """(number, days after the start or None) each, with the ids 1, 2, …"""
    return [
        Sitting(
            meeting_id=at,
            status=status,
            number=number,
            first_day=None if days is None else START + timedelta(days=days),
        )
        for at, (number, days) in enumerate(told, 1)
    ]


def yearly(*numbers):
    return sittings(*((number, 365 * at) for at, number in enumerate(numbers)))


def gaps(series):
    return [(gap.first, gap.last) for gap in series.gaps]


def numbers(points):
    return [point.number for point in points]


SERIES = [
    ("nothing", yearly(), Order.FOLLOWS, [], [], []),
    ("one", yearly(53), Order.FOLLOWS, [], [], []),
    ("no numbers", yearly(None, None), Order.FOLLOWS, [], [], []),
    ("complete", yearly(51, 52, 53), Order.FOLLOWS, [], [], []),
    ("one is missing", yearly(51, 52, 53, 55), Order.FOLLOWS, [(54, 54)], [], []),
    ("of two", yearly(53, 55), Order.FOLLOWS, [(54, 54)], [], []),
    ("some are missing, twice", yearly(1, 5, 6, 8), Order.FOLLOWS, [(2, 4), (7, 7)], [], []),
    ("told twice within days", sittings((51, 0), (51, 2), (52, 365)), Order.FOLLOWS, [], [], []),
    ("seen without a day", sittings((53, 0), (54, None), (55, 700)), Order.FOLLOWS, [], [], []),
    ("a year taken for a number", yearly(51, 52, 2022, 53), Order.FOLLOWS, [], [2022], []),
    ("two years taken for numbers", yearly(51, 52, 2022, 2023, 53), Order.FOLLOWS, [], [2022, 2023], []),
    ("numbers as high as a year", yearly(2019, 2020, 2012), Order.FOLLOWS, [], [2019, 2020], []),
    ("a digit was lost, in the middle", yearly(53, 54, 5, 56), Order.FOLLOWS, [(55, 55)], [], [5]),
    ("a digit was lost, at first", yearly(5, 54, 55, 56), Order.FOLLOWS, [], [5], []),
    ("a digit too many, at last", yearly(53, 54, 551), Order.FOLLOWS, [], [551], []),
    ("later than the next", yearly(53, 55, 54), Order.FOLLOWS, [], [], [55]),
    ("before we watched", yearly(3, 4, 40, 41), Order.FOLLOWS, [(5, 39)], [], []),
    ("only far apart", yearly(100, 150, 200), Order.APART, [], [], []),
    ("two, far apart", yearly(5, 55), Order.APART, [], [], []),
    ("anew each year", sittings((1, 0), (2, 90), (3, 180), (1, 365), (2, 455)), Order.UNKNOWABLE, [], [], []),
    ("anew, once", yearly(1, 2, 4, 5, 6, 7, 1, 2), Order.UNKNOWABLE, [], [], []),
    ("the first of each year", yearly(1, 1, 1), Order.UNKNOWABLE, [], [], []),
    ("the last ones of one year, the first of the next", yearly(3, 5, 1, 2), Order.UNKNOWABLE, [], [], []),
]


@pytest.mark.parametrize(
    ("told", "order", "missing", "far", "odd"), [row[1:] for row in SERIES], ids=[row[0] for row in SERIES]
)
def test_what_a_series_lacks(told, order, missing, far, odd):
    series = read_series(told)
    assert (series.order, gaps(series), numbers(series.far), numbers(series.out_of_order)) == (order, missing, far, odd)


def test_a_gap_says_between_which_days_and_meetings():
    (gap,) = read_series(sittings((53, 0), (55, 800), (55, 790))).gaps
    assert (gap.earliest, gap.latest) == (START, START + timedelta(days=790))
    assert (gap.below.meeting_ids, gap.above.meeting_ids) == ((1,), (3, 2))


def test_a_number_without_a_day_bounds_no_days():
    (gap,) = read_series(sittings((51, 0), (53, None))).gaps
    assert (gap.below.number, gap.above.number, gap.earliest, gap.latest) == (51, 53, START, None)
    (gap,) = read_series(sittings((51, None), (53, None))).gaps
    assert (gap.earliest, gap.latest) == (None, None)


@pytest.mark.parametrize("status", [Status.CANCELLED, Status.POSTPONED])
def test_a_session_that_did_not_meet_when_told_is_seen_but_has_no_day(status):
    told = [*sittings((53, 0), (55, 700)), *sittings((54, 5000), status=status)]
    series = read_series(told)
    assert (series.order, gaps(series), series.out_of_order) == (Order.FOLLOWS, [], ())


def test_a_session_to_come_tells_of_those_before_it():
    told = [*sittings((53, 0)), *sittings((55, 700), status=Status.PLANNED)]
    assert gaps(read_series(told)) == [(54, 54)]


told = st.lists(st.tuples(st.none() | st.integers(1, 3000), st.none() | st.integers(0, 5000)), max_size=25).map(
    lambda rows: sittings(*rows)
)


@given(told, st.randoms())
def test_a_series_is_the_same_in_any_order_and_never_calls_a_seen_number_missing(meetings, dice):
    series = read_series(meetings)
    shuffled = list(meetings)
    dice.shuffle(shuffled)
    assert read_series(shuffled) == series
    assert len(series.gaps) <= len(meetings)
    assert all(not gap.first <= number <= gap.last for gap in series.gaps for number in series.seen)
    assert all(gap.below.number < gap.first <= gap.last < gap.above.number for gap in series.gaps)
    assert all(gap.earliest <= gap.latest for gap in series.gaps if gap.earliest and gap.latest)


@given(st.integers(1, 90), st.integers(4, 20), st.integers(0, 19), st.integers(1, 5000))
def test_one_wrong_number_among_right_ones_opens_no_other_gap_than_its_own(first, count, at, wrong):
    right = list(range(first, first + count))
    at %= count
    told = [*right[:at], wrong, *right[at + 1 :]]
    missing = {number for gap in read_series(yearly(*told)).gaps for number in range(gap.first, gap.last + 1)}
    # a wrong number close above the last, or below the first, cannot be told from a right one
    allowed = {right[at]} | set(range(first - 11, first)) | set(range(first + count, first + count + 11))
    assert missing <= allowed
