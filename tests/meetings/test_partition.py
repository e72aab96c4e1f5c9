"""Reports near one another fall into the same groups whatever order they came in, and a person's word holds."""

from datetime import datetime, timedelta
from itertools import permutations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from readout.meetings.consensus import Voice
from readout.meetings.partition import Member, partition, why
from readout.model import MeetingKind, Report, Status
from tests.reported import DAY, NOW, fact, report

ASTANA = {"city": "Astana", "country": "KZ"}


def member(number: int, told: Report, *, at: datetime | None = NOW, **more) -> Member:
    """A report of an article of its own."""
    return Member(
        report_id=number,
        article_id=more.pop("article", number),
        position=more.pop("position", 0),
        key=f"a{number}",
        voice=Voice(report=told, official=more.pop("official", False), told_at=at),
        **more,
    )


def groups(*members: Member, amendments=None) -> set[frozenset[int]]:
    parts = partition(members, amendments or {})
    return {frozenset(each.report_id for each in group.members) for group in parts.groups}


BRIDGED = [
    member(1, report(session=55), at=None),
    member(2, report(days=DAY, **ASTANA)),
    member(3, report(session=55, days=DAY), at=None),
]
AMBIGUOUS = [
    member(1, report(days=DAY, people=("Ali Naghiyev", "Ermek Sagimbayev"), **ASTANA)),
    member(
        2,
        report(days=DAY + timedelta(days=400), people=("Ali Naghiyev", "Ermek Sagimbayev"), **ASTANA),
        at=NOW + timedelta(days=400),
    ),
    member(3, report(people=("Ali Naghiyev", "Ermek Sagimbayev"), **ASTANA), at=None),
]
LOOK_ALIKES = [
    member(1, report("sorb", session=57, days=DAY, **ASTANA)),
    member(2, report("intel", session=21, days=DAY + timedelta(days=1), **ASTANA)),
    member(3, report("sorb", **ASTANA)),
    member(4, report("intel", **ASTANA)),
]
WITHOUT_A_YEAR = [
    member(1, report(days=DAY, **ASTANA)),
    member(2, report(partial="10-04", **ASTANA), at=None),
    member(3, report(partial="11-20", **ASTANA), at=None),
]


@pytest.mark.parametrize(
    ("told", "expected"),
    [
        (BRIDGED, {frozenset({1, 2, 3})}),
        (AMBIGUOUS, {frozenset({1}), frozenset({2}), frozenset({3})}),
        (AMBIGUOUS[1:], {frozenset({2, 3})}),
        (LOOK_ALIKES, {frozenset({1, 3}), frozenset({2, 4})}),
        (WITHOUT_A_YEAR, {frozenset({1, 2}), frozenset({3})}),
    ],
    ids=["a third report bridges two", "two fit as well", "one fits", "look-alikes", "days without a year"],
)
def test_every_order_gives_the_same_groups(told, expected):
    for order in permutations(told):
        assert groups(*order) == expected


def test_of_what_may_be_either_both_are_named():
    parts = partition(AMBIGUOUS, {})
    (unsure,) = parts.unsure.values()
    assert unsure[1].reasons[-1].endswith("fits as well")


def test_a_neighbourhood_of_nobody_is_nothing():
    assert partition([], {}).groups == ()


# What a person ruled.


def test_what_a_person_joined_stays_together():
    apart = [
        member(1, report("sorb", days=DAY), meeting_id=7, is_pinned=True),
        member(2, report("intel", days=DAY), meeting_id=7, is_pinned=True),
    ]
    assert groups(*apart) == {frozenset({1, 2})}


def test_what_a_person_parted_stays_apart():
    same = report(session=55, days=DAY)
    sent_away = member(1, same, meeting_id=8, is_pinned=True, banned=frozenset({7}))
    for order in permutations([sent_away, member(2, same, meeting_id=7), member(3, same)]):
        parts = partition(order, {})
        (home,) = (group for group in parts.groups if 1 in [each.report_id for each in group.members])
        assert 2 not in [each.report_id for each in home.members]


def test_a_fact_set_by_hand_decides():
    other_day = DAY + timedelta(days=200)
    told = [member(1, report(days=DAY), meeting_id=7), member(2, report(days=other_day), at=NOW + timedelta(days=200))]
    by_hand = {7: {"start_date": fact(other_day), "end_date": fact(other_day)}}
    assert len(groups(*told)) == 2
    assert groups(*told, amendments=by_hand) == {frozenset({1, 2})}


def test_one_articles_reports_are_of_as_many_meetings():
    same = report(days=DAY)
    assert len(groups(member(1, same, article=1), member(2, same, article=1, position=1))) == 2


# Numbers of meetings.


def test_a_group_goes_on_as_the_meeting_it_holds_most_of():
    same = report(session=55, days=DAY)
    told = [member(n, same, meeting_id=meeting_id) for n, meeting_id in enumerate([9, 7, 9])]
    (group,) = partition([*told, member(4, same)], {}).groups
    assert group.meeting_id == 9


def test_a_meeting_goes_on_as_one_group():
    told = [
        member(1, report("sorb", days=DAY), meeting_id=7),
        member(2, report("intel", days=DAY), meeting_id=7),
        member(3, report("intel", days=DAY), meeting_id=7),
    ]
    assert {group.meeting_id for group in partition(told, {}).groups} == {7, None}


def test_why_a_report_stands_where_it_does():
    told = [member(1, report(session=55, days=DAY)), member(2, report(session=55))]
    (group,) = partition(told, {}).groups
    assert why(told[1], group).reasons[:2] == ("same body: cis-sorb", "same session number: 55")
    assert why(told[0], partition(told[:1], {}).groups[0]).reasons == ("no known meeting fits",)


# Stories as they come: each of one event, told in full or in part, in any order.
events = st.sampled_from(
    [
        ("sorb", 55, DAY, "Astana"),
        ("intel", 20, DAY + timedelta(days=1), "Astana"),
        ("sorb", 56, DAY + timedelta(days=371), "Minsk"),
        ("csto", None, DAY + timedelta(days=40), "Astana"),
    ]
)
tellings = st.lists(st.tuples(events, st.sets(st.sampled_from(["number", "days", "city"])), st.booleans()), max_size=7)


def story(number: int, event, parts: set[str], is_planned: bool) -> Member:
    body, session, day, city = event
    told = report(
        body,
        session=session if "number" in parts else None,
        days=day if "days" in parts else None,
        city=city if "city" in parts else None,
        status=Status.PLANNED if is_planned else Status.HELD,
        kind=MeetingKind.SESSION,
    )
    moment = NOW.replace(year=day.year, month=day.month, day=day.day)
    return member(number, told, at=moment - timedelta(days=1) if is_planned else moment)


@settings(deadline=None, max_examples=60)
@given(tellings, st.randoms(use_true_random=False))
def test_the_order_of_arrival_does_not_matter(told, random):
    members = [story(number, *each) for number, each in enumerate(told)]
    shuffled = random.sample(members, len(members))
    assert groups(*shuffled) == groups(*members)
    for group in groups(*members):
        assert len({told[number][0] for number in group}) == 1
