"""Which report of a new version is which of before."""

from datetime import timedelta

import pytest

from readout.meetings.retelling import Retelling, retold, told_otherwise
from readout.model import Status
from tests.reported import DAY, NOW, report

COUNCIL = report(session=55, days=DAY, city="Astana")
SERVICES = report("cis-intel", session=21, days=DAY + timedelta(days=1), city="Minsk")
SUMMIT = report("csto-csc", days=DAY - timedelta(days=1), city="Baku")
A_YEAR_ON = report(days=DAY + timedelta(days=365), city="Moscow")
NAMELESS = report(None)


def told(*reports, version=1):
    """Reports as an article told them, numbered from 10."""
    return [Retelling(report_id=10 + at, position=at, version=version, report=each) for at, each in enumerate(reports)]


@pytest.mark.parametrize(
    ("before", "now", "expected"),
    [
        ([], [COUNCIL], [None]),
        ([COUNCIL, SERVICES], [], []),
        ([COUNCIL, SERVICES], [COUNCIL, SERVICES], [10, 11]),
        ([COUNCIL, SERVICES], [SERVICES, COUNCIL], [11, 10]),
        ([COUNCIL, SERVICES], [SUMMIT, COUNCIL, SERVICES], [None, 10, 11]),
        ([COUNCIL, SERVICES], [SERVICES], [11]),
        ([COUNCIL], [report(session=55, city="Moscow")], [10]),
        ([COUNCIL], [SUMMIT], [10]),
        ([COUNCIL, SERVICES], [SUMMIT, A_YEAR_ON, SERVICES], [None, 10, 11]),
        ([NAMELESS, COUNCIL], [COUNCIL, NAMELESS], [11, 10]),
        ([COUNCIL, COUNCIL], [COUNCIL, COUNCIL], [10, 11]),
    ],
    ids=[
        "all new",
        "none left",
        "as before",
        "other order",
        "a new lead",
        "one dropped",
        "another city",
        "wholly another",
        "a new lead and another date",
        "nothing known",
        "alike",
    ],
)
def test_facts_then_the_body_then_the_place_say_which_is_which(before, now, expected):
    assert retold(told(*before), now, NOW) == expected


def test_what_was_withdrawn_is_known_again_by_its_facts_alone():
    before = [*told(COUNCIL, version=2), Retelling(report_id=20, position=1, version=1, report=SERVICES)]
    assert retold(before, [COUNCIL, SERVICES], None) == [10, 20]
    assert retold(before, [COUNCIL, SUMMIT], None) == [10, None]


@pytest.mark.parametrize(
    ("after", "expected"),
    [
        (report(session=55, days=DAY, city="Astana", topics=("terrorism",)), False),
        (report(session=55, days=DAY, city="Astana", name="The council"), False),
        (report(session=55, days=DAY, city="Astana", people=("Ali Naghiyev",)), True),
        (report(session=55, days=DAY, city="Astana", status=Status.POSTPONED), True),
        (report(session=56, days=DAY, city="Astana"), True),
        (report(session=55, partial="10-04", city="Astana"), True),
        (report("cis-intel", session=55, days=DAY, city="Astana"), True),
    ],
)
def test_only_what_a_meeting_is_known_by_is_told_otherwise(after, expected):
    assert told_otherwise(COUNCIL, after) is expected
