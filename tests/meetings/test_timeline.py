"""Who told of a meeting first, and how long after that the others did."""

from datetime import timedelta
from itertools import permutations

import pytest

from readout.meetings.timeline import outlet, timeline
from readout.model import Status
from tests.reported import DAY, NOW, report
from tests.telling import telling

HOUR, DAYS = timedelta(hours=1), timedelta(days=1)
MIDNIGHT = NOW.replace(hour=0)


def told(number, hours=None, *, on=None, **changes):
    """A telling published `hours` after NOW, or `on` a day without a time, or nobody knows when."""
    when = {"published": None if hours is None else NOW + hours * HOUR}
    if on:
        midnight = MIDNIGHT + (on - DAY)
        when = {"published": midnight, "published_day": on, "published_day_only": True}
    return telling(number, **{"report": report()} | when | changes)


def after(*tellings):
    return [(each.telling.report_id, each.after, each.by_day) for each in timeline(tellings).appearances]


def test_time_counts_from_the_first_publication():
    assert after(told(2, 3), told(1, 1.5), told(3, 50)) == [
        (1, timedelta(), False),
        (2, 1.5 * HOUR, False),
        (3, 48.5 * HOUR, False),
    ]


def test_a_page_without_a_time_counts_in_days_and_is_nobodys_forerunner():
    assert after(told(1, on=DAY), told(2, 5), told(3, on=DAY + DAYS)) == [
        (2, timedelta(), False),
        (1, timedelta(), True),
        (3, DAYS, True),
    ]


def test_where_the_first_gives_no_time_all_count_in_days():
    assert after(told(1, on=DAY), told(2, 20), told(3, on=DAY + 3 * DAYS)) == [
        (1, timedelta(), True),
        (2, DAYS, True),
        (3, 3 * DAYS, True),
    ]


def test_the_day_of_another_zone_is_never_before_the_first():
    late_east = told(1, 12.5, published_day=DAY + DAYS)
    west = told(2, published=NOW.replace(hour=7), published_day=DAY, published_day_only=True)
    assert after(late_east, west) == [(1, timedelta(), False), (2, timedelta(), True)]


def test_who_is_undated_comes_last_as_we_saw_it():
    assert after(told(2, first_seen=NOW + HOUR), told(3, first_seen=NOW), told(1, 0)) == [
        (1, timedelta(), False),
        (3, None, False),
        (2, None, False),
    ]
    assert [each.after for each in timeline([told(1), told(2)]).appearances] == [None, None]


def test_outlets_and_languages_stand_in_the_order_in_which_they_joined():
    spread = timeline(
        [
            told(1, 3, source="kabar", language="ky"),
            told(2, 1, source="tass", language="ru"),
            told(3, 2, source="tass", language=None),
        ]
    )
    assert (spread.outlets, spread.languages) == (("tass", "kabar"), ("ru", "ky"))
    assert spread.last.after == 2 * HOUR


def test_the_last_is_the_last_that_somebody_can_date():
    assert timeline([told(1, 0), told(2, 1), told(3)]).last.telling.report_id == 2
    assert timeline([told(1)]).last is None
    assert timeline([]).appearances == ()


def test_stages_are_those_who_said_so_first():
    planned, held = report(status=Status.PLANNED), report(status=Status.HELD)
    tellings = [
        told(1, 5, report=held),
        told(2, 0, report=planned),
        told(3, 2, report=planned),
        told(4, 4, report=held),
    ]
    stages = timeline(tellings).stages
    assert [(stage.status, stage.telling.report_id) for stage in stages] == [(Status.PLANNED, 2), (Status.HELD, 4)]


def test_the_order_of_hearing_does_not_matter():
    tellings = [told(1, 3), told(2, on=DAY), told(3), told(4, 3), told(5, on=DAY + DAYS)]
    assert len({timeline(order) for order in permutations(tellings)}) == 1


@pytest.mark.parametrize(
    ("source", "url", "expected"),
    [
        ("tass", "https://elsewhere.example/1", "tass"),
        (None, "https://www.kabar.example:8080/1", "kabar.example"),
        (None, "https://[broken/1", "unknown"),
        (None, "no address", "unknown"),
    ],
)
def test_an_outlet_is_its_source_or_its_host(source, url, expected):
    assert outlet(told(1, 0, source=source, url=url)) == expected
