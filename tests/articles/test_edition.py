"""What makes a text another version, and how the difference is told."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from readout.articles.clean import clean_text
from readout.articles.edition import Edition, edits, gist, history, repeats

SEEN = datetime(2024, 10, 4, 12, tzinfo=UTC)
TEXT = "The council met in Astana on 4 October. It spoke of terrorism.\nIt will meet again in a year."


def edition(text=TEXT, number=1, *, title="The council met", seen=SEEN):
    return Edition(number=number, title=title, text=text, seen_at=seen)


def told(*texts):
    """What is said of each version of an article that read so."""
    editions = [edition(text, number) for number, text in enumerate(texts, 1)]
    return [revision.in_words() for revision in history(editions)]


# --- what is no new version -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text",
    [
        TEXT.upper(),
        TEXT.replace(" ", "  ").replace("\n", "\n\n"),
        TEXT.replace(".", " —"),
        TEXT.replace("council", "ｃouncil"),
    ],
)
def test_letter_case_spacing_and_punctuation_make_no_version(text):
    assert gist(edition(text)) == gist(edition())


@pytest.mark.parametrize(
    "line",
    [
        "Views: 1,234",
        "1 234 views · 5 comments",
        "Просмотров: 123",
        "Прочитано 15 раз",
        "Baxış sayı: 55",
        "Oxunub: 20",
        "بازدید: ۱۲۳",
        "浏览：123次",
        "Updated 5 minutes ago",
        "3 часа назад",
        "Friday, 4 October 2024",
        "04.10.2024 12:30",
        "3 октября 2024, 23:50",
        "2024年10月4日 星期五",
    ],
)
def test_a_line_that_differs_from_visit_to_visit_does_not_count(line):
    assert gist(edition(f"{line}\n{TEXT}")) == gist(edition())


@pytest.mark.parametrize(
    "line",
    [
        "Reviews 5",
        "Session 55, 4 October 2024",
        "The 55th session",
        "11 October 2024",
        "4 October 2023",
        "The next session: 4 October 2024, Astana, at noon",
        "Views differ",
        "Views: 20 ministers came",
    ],
)
def test_a_line_that_tells_something_counts(line):
    assert gist(edition(f"{line}\n{TEXT}")) != gist(edition())


def test_the_day_of_a_visit_is_that_visits_own():
    tomorrow = SEEN + timedelta(days=2)
    assert gist(edition(f"4 October 2024\n{TEXT}")) == gist(edition(f"6 October 2024\n{TEXT}", seen=tomorrow))
    assert gist(edition(f"4 October 2024\n{TEXT}")) != gist(edition(f"4 October 2024\n{TEXT}", seen=tomorrow))


def test_another_title_is_another_version():
    assert gist(edition(title="The council has met")) != gist(edition())
    assert gist(edition(title=None)) != gist(edition())


# --- what is told of a change ---------------------------------------------------------------------------------------


def test_the_words_that_changed_are_told_with_those_around_them():
    corrected = TEXT.replace("4 October", "5 October").replace("a year", "two years")
    assert told(TEXT, corrected) == [
        "",
        (
            "“in Astana on 4 October.” became “in Astana on 5 October.”; "
            "“meet again in a year.” became “meet again in two years.”"
        ),
    ]


def test_what_was_added_or_taken_out_is_told():
    longer = TEXT + "\nDelegations of nine states came."
    assert told(TEXT, longer, TEXT) == ["", "added “Delegations of nine states came.”", "back to version 1"]
    assert told(longer, TEXT)[1] == "took out “Delegations of nine states came.”"


def test_a_changed_title_is_told_first():
    before, after = edition(), edition(TEXT + " More.", title="The council meets")
    assert [edit.before for edit in edits(before, after)] == ["The council met", ""]


def test_the_same_words_dated_otherwise_are_told_as_such():
    assert told(TEXT, TEXT.upper())[1] == "its words are the same"


def test_many_changes_are_counted_and_long_ones_cut():
    before = "\n".join(f"It was the {n}th time. Nobody spoke." for n in range(20))
    said = told(before, before.replace("time", "day"))[1]
    assert said.endswith("and 15 more")
    assert len(told(TEXT, "x" * 10_000)[1]) < 400


def test_versions_that_repeat_one_before_are_counted():
    texts = (TEXT, "other", TEXT, TEXT, "third", "other")
    editions = [edition(text, number) for number, text in enumerate(texts, 1)]
    assert repeats(editions) == 3
    assert [revision.back_to for revision in history(editions)] == [None, None, 1, None, None, 2]


HOSTILE = [
    ("a. " * 300_000, "b. " * 300_000),
    ("a.\n" * 99, "b.\na.\n" * 49),
    ("a " * 500_000, "b a " * 250_000),
    ("x" * 1_000_000, "y" * 1_000_000),
    ("1" * 1_000_000, "2" * 1_000_000),
    ("views 1 " * 9 + "9!\n" + TEXT, ("views 1 " * 9 + "x\n") * 20_000),
]


@pytest.mark.parametrize(("one", "other"), HOSTILE)
def test_a_hostile_text_is_compared_in_bounded_time(one, other):
    """Without the bounds these take minutes to hours."""
    assert len(told(one, other)[1]) < 2_500
    assert gist(edition(one)) != gist(edition(other))


@given(st.text().map(clean_text), st.text().map(clean_text))
def test_of_any_two_texts_it_is_told_whether_words_differ(one, other):
    is_same = gist(edition(one)) == gist(edition(other))
    assert is_same == (told(one, other)[1] == "its words are the same")


def test_sentences_in_another_order_are_another_version():
    sentences = [f"It was the {n}th time." for n in range(200)]
    assert "“" in told("\n".join(sentences), "\n".join(reversed(sentences)))[1]
