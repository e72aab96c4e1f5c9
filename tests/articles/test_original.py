"""Which of several articles with nearly the same text is the original."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import permutations

from readout.articles.fingerprint import fingerprint
from readout.articles.original import Copy, originals

NOW = datetime(2024, 10, 4, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)
TEXT = "The council of heads of security agencies met in Astana on Friday and spoke of terrorism and organised crime."
OTHER = "Farmers of the northern region have brought in a record harvest of wheat this autumn, the governor said."


def copy(number: int, text: str = TEXT, **changes) -> Copy:
    made = fingerprint(None, text)
    fields = {
        "article_id": number,
        "text_hash": made.text_hash,
        "signature": made.signature,
        "publisher": None,
        "credit": None,
        "official": False,
        "told_at": NOW,
        "day_only": False,
        "first_seen": NOW + number * HOUR,
    }
    return Copy(**fields | changes)


def original_of(*copies: Copy) -> int:
    """The one original of copies that hang together, the same in whatever order they are given."""
    answers = {tuple(sorted(originals(order, least=0.5).items())) for order in permutations(copies)}
    assert len(answers) == 1
    (answer,) = answers
    (original,) = {found for _, found in answer}
    assert {reprint for reprint, _ in answer} == {each.article_id for each in copies} - {original}
    return original


def test_texts_that_are_not_alike_have_no_original():
    assert originals([copy(1), copy(2, OTHER)], least=0.5) == {}
    assert originals([], least=0.5) == {}


def test_whom_others_credit_comes_before_all():
    office = copy(1, official=True, told_at=NOW - HOUR)
    agency = copy(2, publisher="tass", told_at=NOW + HOUR)
    assert original_of(office, agency, copy(3, credit="tass")) == 2


def test_who_is_credited_and_credits_another_is_a_link_of_the_chain():
    assert original_of(copy(1, publisher="apa", credit="tass"), copy(2, publisher="tass"), copy(3, credit="apa")) == 2


def test_a_credit_to_nobody_here_decides_nothing():
    assert original_of(copy(1, credit="tass"), copy(2, told_at=NOW + HOUR)) == 1


def test_an_official_source_comes_before_who_told_first():
    assert original_of(copy(1, told_at=NOW - HOUR), copy(2, official=True)) == 2


def test_else_who_told_first_else_who_was_seen_first():
    assert original_of(copy(1), copy(2, told_at=NOW - HOUR)) == 2
    assert original_of(copy(1), copy(2)) == 1
    assert original_of(copy(1, told_at=None), copy(2)) == 2


def test_a_day_alone_proves_no_hour():
    midnight = NOW.replace(hour=0)
    assert original_of(copy(1, told_at=midnight, day_only=True), copy(2, told_at=NOW + 3 * HOUR)) == 2
    assert original_of(copy(1, told_at=midnight, day_only=True), copy(2, told_at=NOW + 24 * HOUR)) == 1


def test_copies_hang_together_through_one_between_them():
    words = TEXT.split()
    half, most = " ".join([*words[:9], *OTHER.split()[:9]]), " ".join([*words[:14], *OTHER.split()[:3]])
    assert originals([copy(1), copy(3, half)], least=0.4) == {}
    assert originals([copy(1), copy(2, most), copy(3, half)], least=0.4) == {2: 1, 3: 1}


def test_a_text_too_short_to_compare_is_like_itself_alone():
    short = copy(1, "Photo report")
    assert originals([short, replace(short, article_id=2)], least=0.5) == {2: 1}
    assert originals([short, copy(2, "Photo story")], least=0.5) == {}
