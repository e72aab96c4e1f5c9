"""When two tellings are of one meeting."""

from dataclasses import replace
from datetime import date, timedelta
from itertools import permutations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from readout.meetings.comparison import COMPARATORS, Account
from readout.meetings.identity import WEIGHTS, Candidate, identify
from readout.model import Evidence, Fact, MeetingKind, Status, Verdict
from tests.reported import DAY, NOW, fact, report

SAME, UNSURE, DIFFERENT = Verdict.SAME, Verdict.UNSURE, Verdict.DIFFERENT
NEXT_DAY = DAY + timedelta(days=1)
TOLD = (NOW,)
SESSION = report("sorb", session=55, days=DAY, city="Astana", country="KZ")


def judged(newcomer, known, *, told_at=NOW, known_told=TOLD, likeness=0.0):
    told = () if told_at is None else (told_at,)
    return identify(
        Account(report=newcomer, told_at=told), [candidate(7, known, told_at=known_told, likeness=likeness)]
    )


def candidate(number, known, *, told_at=(), likeness=0.0):
    return Candidate(meeting_id=number, account=Account(report=known, told_at=told_at), likeness=likeness)


CASES = [
    # body and session
    ("the same session, nothing else known", report("sorb", session=55), SAME),
    ("the same session, put off by two weeks", report("sorb", session=55, days=DAY + timedelta(days=14)), SAME),
    (
        "the same session, put off and moved",
        report("sorb", session=55, days=NEXT_DAY, city="Minsk", country="BY"),
        SAME,
    ),
    ("the same number a year later", report("sorb", session=55, days=DAY + timedelta(days=365)), DIFFERENT),
    ("the next session", report("sorb", session=56, days=DAY), DIFFERENT),
    ("another number, there and then: a slip", report("sorb", session=56, days=DAY, city="Astana"), UNSURE),
    # body and days
    ("the same body and day", report("sorb", days=DAY), SAME),
    ("a span of days that holds the day", report("sorb", days=(DAY - timedelta(days=1), NEXT_DAY)), SAME),
    ("the same body and day elsewhere", report("sorb", days=DAY, city="Minsk", country="BY"), UNSURE),
    ("the same body a day later", report("sorb", days=NEXT_DAY, city="Astana"), UNSURE),
    ("the same body a week later", report("sorb", days=DAY + timedelta(days=7)), DIFFERENT),
    # look-alikes
    ("another body, all else the same", report("intel", days=DAY, city="Astana", country="KZ"), DIFFERENT),
    ("another body with that session number", report("intel", session=55, days=DAY, city="Astana"), DIFFERENT),
    # a body that the registry does not know
    ("an unknown body with all else", report(None, name="Council", session=55, days=DAY, city="Astana"), SAME),
    ("an unknown body on that day", report(None, name="Council", days=DAY, city="Astana", country="KZ"), DIFFERENT),
    # no days of its own
    ("the same body told the same week", report("sorb"), SAME),
    ("the same body told the same week, elsewhere", report("sorb", city="Minsk", country="BY"), DIFFERENT),
    # parts and stages
    ("its reception", report("sorb", kind=MeetingKind.RECEPTION, received_by="Tokayev", days=DAY), SAME),
    ("a reception there and then", report(None, kind=MeetingKind.RECEPTION, days=DAY, country="KZ"), SAME),
    ("a reception elsewhere", report(None, kind=MeetingKind.RECEPTION, days=DAY, country="BY"), DIFFERENT),
    ("its announcement", report("sorb", days=DAY, status=Status.PLANNED), SAME),
    ("a bilateral there and then", report(None, kind=MeetingKind.BILATERAL, days=DAY, city="Astana"), DIFFERENT),
]


@pytest.mark.parametrize(("newcomer", "verdict"), [case[1:] for case in CASES], ids=[case[0] for case in CASES])
def test_facts_decide_about_a_session(newcomer, verdict):
    assert judged(newcomer, SESSION).verdict == verdict
    assert judged(SESSION, newcomer).verdict == verdict


TALKS = report(None, kind=MeetingKind.BILATERAL, days=DAY, people=("Sergei Lavrov", "Marco Rubio"))
TALKS_CASES = [
    ("the same people that day", report(None, kind=MeetingKind.BILATERAL, days=DAY, people=("Rubio", "Lavrov")), SAME),
    ("other people that day", report(None, kind=MeetingKind.BILATERAL, days=DAY, people=("Wang", "Kim")), DIFFERENT),
    ("nobody named", report(None, kind=MeetingKind.BILATERAL, days=DAY), DIFFERENT),
    ("on the telephone", report(None, kind=MeetingKind.CALL, days=DAY, people=("Lavrov", "Rubio")), DIFFERENT),
    (
        "a week later",
        report(None, kind=MeetingKind.BILATERAL, days=DAY + timedelta(days=7), people=("Lavrov", "Rubio")),
        DIFFERENT,
    ),
    ("undated, the same week", report(None, kind=MeetingKind.BILATERAL, people=("Lavrov", "Rubio")), UNSURE),
    ("romanised otherwise", report(None, kind=MeetingKind.BILATERAL, days=DAY, people=("Lawrow", "Rubyo")), SAME),
]


@pytest.mark.parametrize(
    ("newcomer", "verdict"), [case[1:] for case in TALKS_CASES], ids=[case[0] for case in TALKS_CASES]
)
def test_without_a_body_people_days_and_kind_decide(newcomer, verdict):
    assert judged(newcomer, TALKS).verdict == verdict
    assert judged(TALKS, newcomer).verdict == verdict


@pytest.mark.parametrize(
    ("apart", "verdict"), [(0, SAME), (5, SAME), (10, DIFFERENT), (400, DIFFERENT), (None, DIFFERENT)]
)
def test_undated_tellings_of_a_body_join_when_told_together(apart, verdict):
    told = () if apart is None else (NOW - timedelta(days=apart),)
    assert judged(report("sorb"), report("sorb"), known_told=told).verdict == verdict


def test_what_was_told_as_held_before_a_meeting_is_another_one():
    held_before = judged(report("sorb"), SESSION, told_at=NOW - timedelta(days=4))
    planned_before = judged(report("sorb", status=Status.PLANNED), SESSION, told_at=NOW - timedelta(days=4))
    assert (held_before.verdict, planned_before.verdict) == (DIFFERENT, SAME)


@pytest.mark.parametrize(
    ("people", "verdict"), [(("Bortnikov", "Sagimbayev"), SAME), (("Bortnikov",), UNSURE), ((), UNSURE)]
)
def test_who_sat_at_a_bodys_table_tells_when_where_nothing_else_does(people, verdict):
    known = report("sorb", city="Astana", people=("Bortnikov", "Sagimbayev", "Naghiyev"))
    assert judged(report("sorb", city="Astana", people=people), known, told_at=None).verdict == verdict


@pytest.mark.parametrize(("likeness", "verdict"), [(1.0, SAME), (0.6, UNSURE), (0.4, DIFFERENT)])
def test_alike_texts_are_a_hint_and_equal_ones_proof(likeness, verdict):
    assert judged(report(None), report(None, city="Astana"), likeness=likeness).verdict == verdict


def test_alike_texts_join_what_was_on_the_same_days():
    assert judged(report(None, days=DAY), report(None, days=DAY, city="Astana"), likeness=0.6).verdict == SAME


def test_one_desks_template_about_another_counterpart_is_another_meeting():
    other = report(None, kind=MeetingKind.BILATERAL, days=DAY, people=("Sergei Lavrov", "Hakan Fidan"))
    assert judged(other, TALKS, likeness=0.8).verdict == DIFFERENT


ON_FRIDAY = Fact(value=DAY, evidence=Evidence(text="Friday", start=0, end=6))
A_WEEK_LATER = replace(ON_FRIDAY, value=DAY + timedelta(days=7))
PEOPLE = ("Bortnikov", "Sagimbayev")
PATTERNS = [
    ("another number", report("sorb", session=56, days=DAY, city="Astana"), UNSURE),
    ("another number, the same people", report("sorb", session=56, days=DAY, city="Astana", people=PEOPLE), UNSURE),
    ("the next day", report("sorb", days=NEXT_DAY, city="Astana"), UNSURE),
    ("the next week", report("sorb", days=DAY + timedelta(days=7), city="Astana"), DIFFERENT),
    ("another town", report("sorb", days=DAY, city="Minsk", country="BY"), UNSURE),
    ("all the same", report("sorb", session=55, days=DAY, city="Astana"), SAME),
]


@pytest.mark.parametrize("likeness", [0.6, 0.98])
@pytest.mark.parametrize(("newcomer", "verdict"), [case[1:] for case in PATTERNS], ids=[case[0] for case in PATTERNS])
def test_what_one_pattern_tells_of_another_session_day_or_town_is_not_the_same(newcomer, verdict, likeness):
    known = report("sorb", session=55, days=DAY, city="Astana", country="KZ", people=PEOPLE)
    assert judged(newcomer, known, likeness=likeness).verdict == verdict
    assert judged(known, newcomer, likeness=likeness).verdict == verdict


def test_a_number_told_otherwise_in_other_words_is_a_slip_where_the_same_people_sat():
    mine, theirs = (report("sorb", session=number, days=DAY, city="Astana", people=PEOPLE) for number in (55, 56))
    assert judged(mine, theirs).verdict == SAME


def test_a_copy_read_with_another_day_of_publication_is_a_copy():
    mine, theirs = (replace(report("sorb"), start_date=day, end_date=day) for day in (ON_FRIDAY, A_WEEK_LATER))
    assert judged(mine, theirs, likeness=1.0).verdict == SAME
    assert judged(mine, theirs, likeness=0.6).verdict == DIFFERENT


def test_namesakes_that_no_registry_knows_are_kept_apart_by_place_and_states():
    name = "Intergovernmental Commission"
    known = report(None, name=name, session=8, days=DAY, city="Tashkent", country="UZ")
    assert judged(report(None, name=name, session=8, days=DAY, city="Astana", country="KZ"), known).verdict == DIFFERENT
    mine, theirs = (
        replace(report(None, name=name, session=8, days=DAY), countries=tuple(map(fact, states)))
        for states in (("UZ", "AZ"), ("KZ", "TR"))
    )
    assert judged(mine, theirs).verdict == DIFFERENT
    assert judged(mine, mine).verdict == SAME


@pytest.mark.parametrize("known", [report("intel"), report("sorb", session=56), report("sorb", days=date(2023, 10, 4))])
def test_facts_that_exclude_outweigh_the_same_text(known):
    assert judged(SESSION, known, likeness=1.0).verdict == DIFFERENT


def test_two_bodies_on_two_days_running_stay_two():
    council = candidate(1, report("sorb", session=57, days=DAY, city="Samarkand", country="UZ"), told_at=TOLD)
    conference = report("intel", session=21, days=NEXT_DAY, city="Samarkand", country="UZ")
    assert identify(Account(report=conference, told_at=TOLD), [council]).verdict == DIFFERENT


def test_a_reception_on_a_day_of_two_bodies_asks_a_person():
    there = {"days": DAY, "city": "Samarkand", "country": "UZ"}
    candidates = [candidate(i, report(body, **there)) for i, body in ((1, "sorb"), (2, "intel"))]
    reception = report(None, kind=MeetingKind.RECEPTION, received_by="Mirziyoyev", **there)
    decision = identify(Account(report=reception, told_at=TOLD), candidates)
    assert decision.verdict == UNSURE
    assert decision.reasons[-1] == "meeting 2 fits as well"


def test_reasons_can_be_checked_by_a_person():
    decision = judged(report("sorb", session=55, days=DAY, city="Astana"), SESSION)
    assert decision.reasons == (
        "same body: sorb",
        "same session number: 55",
        "same days: 2024-10-04",
        "same city: Astana",
        "both a session",
    )


def test_every_comparator_has_its_weight():
    assert {*COMPARATORS, "text"} == WEIGHTS.keys()


def test_the_best_of_several_is_joined_whatever_their_order():
    known = [
        candidate(1, report("sorb", days=DAY - timedelta(days=20))),
        candidate(2, SESSION),
        candidate(3, report("intel", days=DAY)),
    ]
    newcomer = Account(report=report("sorb", days=DAY), told_at=TOLD)
    assert {identify(newcomer, order) for order in permutations(known)} == {identify(newcomer, known)}
    assert identify(newcomer, known).meeting_id == 2


# Meetings far enough apart that no telling can belong to two: what is told of each is told in full or in part.
bodies = st.sampled_from(["sorb", "intel", "csto"])
tellings = st.lists(st.tuples(bodies, st.integers(0, 3), st.booleans()), max_size=8)


def clusters(told):
    """The meeting number that each telling comes under, tellings taken in order."""
    meetings, placed = [], {}
    for index, (body, year, with_number) in told:
        day = DAY + timedelta(days=400 * year)
        telling = report(body, session=50 + year if with_number else None, days=day)
        decision = identify(Account(report=telling), meetings)
        if decision.verdict is not SAME:
            meetings.append(candidate(len(meetings), telling))
        placed[index] = decision.meeting_id if decision.verdict is SAME else len(meetings) - 1
    return {frozenset(i for i in placed if placed[i] == placed[j]) for j in placed}


@settings(deadline=None)
@given(tellings, st.randoms(use_true_random=False))
def test_clusters_do_not_depend_on_the_order(told, random):
    numbered = list(enumerate(told))
    shuffled = random.sample(numbered, len(numbered))
    assert clusters(shuffled) == clusters(numbered)


def test_what_nobody_dates_does_not_chain_from_week_to_week():
    told = tuple(NOW + timedelta(days=days) for days in (0, 4))
    known = candidate(7, report("sorb"), told_at=told)
    soon, late = (Account.of(report("sorb"), NOW + timedelta(days=days)) for days in (6, 8))
    assert identify(soon, [known]).verdict == SAME
    assert identify(late, [known]).verdict != SAME


def test_who_telephones_again_next_week_is_heard_again():
    call = report(None, kind=MeetingKind.CALL, people=("Sergei Lavrov", "Hakan Fidan"))
    assert judged(call, call, told_at=NOW + timedelta(days=4)).verdict != SAME


def test_a_day_of_opening_meets_the_day_of_closing_and_no_day_between():
    opened = replace(report("sorb", days=DAY), end_date=None)
    closed = replace(report("sorb", days=NEXT_DAY), start_date=None)
    assert judged(opened, closed).verdict == SAME
    assert judged(opened, report("sorb", days=DAY + timedelta(days=3))).verdict == DIFFERENT


def test_a_council_that_sits_every_day_speaks_of_other_matters():
    monday = report("sorb", days=DAY, city="Astana", topics=("terrorism",))
    tuesday = report("sorb", days=NEXT_DAY, city="Astana", topics=("cybercrime",))
    assert judged(tuesday, monday).verdict == DIFFERENT
    assert judged(replace(tuesday, topics=monday.topics), monday).verdict == UNSURE


def test_two_commissions_at_their_twelfth_session_are_two():
    one = report(None, name="Commission on Trade", session=12, days=DAY, city="Baku")
    assert judged(report(None, name="Business Council", session=12, days=DAY, city="Baku"), one).verdict == DIFFERENT


def test_a_template_says_nothing_of_another_day():
    assert (
        judged(report("sorb", days=DAY + timedelta(days=7), city="Astana"), SESSION, likeness=0.8).verdict == DIFFERENT
    )
