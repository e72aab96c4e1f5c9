"""What somebody searches for, and where texts hold it."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from readout.watches.stem import stems, words_of
from readout.watches.wanted import LONGEST_QUESTION, MOST_WORDS, Finder, marked, matcher, question, snippet

# Pieces of what people and others type.
TYPED = st.lists(
    st.one_of(
        st.sampled_from(
            ['"', "*", "-", "(", ")", "AND", "NOT", "NEAR(", "^", ":", "title:", "{", "'", ";", "\\", "\x00"]
        ),
        st.sampled_from(
            ["совет", "Нур-Султан", "中国", "ь", "İ", "ﬁ", "a\u0301", "\ud800", "\u202e", "=", "en=meet", "Ⅷ"]
        ),
        st.text(max_size=12),
    ),
    max_size=30,
).map(" ".join)
TEXTS = st.one_of(TYPED, st.text(max_size=300))

# question, text, its language, the words that are marked
HELD = (
    ("министр", "Министры и министром, но не администратор", "ru", ["Министры", "министром"]),
    ("министров", "Министр сказал", "ru", ["Министр"]),
    ("city", "Cities of the region", "en", ["Cities"]),
    ("councils", "The Council met", "en", ["Council"]),
    ("безпеки", "Рада безпеки", "uk", ["безпеки"]),
    ("təhlükəsizlik", "Təhlükəsizliklə bağlı", "az", ["Təhlükəsizliklə"]),
    ("nagiev", "Али Нагиев", "ru", ["Нагиев"]),
    ('"совета глав"', "совета глав, совет глав", "ru", ["совета глав"]),
    ('"a council"', "a council, a councils", "en", ["a council"]),
    ("минист*", "министерство", "kk", ["министерство"]),
    ("Нур-Султан", "в Нур-Султане", "ru", ["Нур-Султане"]),
    ("会议", "中国会议在北京", "zh", ["会议"]),
    ("of", "often of", "en", ["of"]),
)
NOT_HELD = (
    ("минист", "администратор", "ru"),
    ('"council"', "councils", "en"),
    ('"council of heads"', "council and heads", "en"),
    ("of", "offer", "en"),
    ("会中", "中国会议", "zh"),
    ("security -council", "security council", "en"),
    ('security -"council of"', "the council of security", "en"),
)


@pytest.mark.parametrize(("asked", "text", "language", "found"), HELD)
def test_a_text_holds_it(asked, text, language, found):
    finder = Finder.of(question(asked))
    assert [text[hit.start : hit.end] for hit in finder.hits(text, language)] == found
    assert matcher(question(asked))(words_of(text, language))


@pytest.mark.parametrize(("asked", "text", "language"), NOT_HELD)
def test_a_text_does_not_hold_it(asked, text, language):
    assert not matcher(question(asked))(words_of(text, language))


@pytest.mark.parametrize("asked", ["", " ", '""', "-", "-word", '-"two words"', "*", "!?", '"', "_"])
def test_what_says_nothing_to_look_for_is_empty(asked):
    assert question(asked).is_empty


def test_a_question_has_a_measure():
    words = " ".join(f"w{number}" for number in range(MOST_WORDS + 5))
    assert len(question(words).demands) == MOST_WORDS
    assert len(question("x" * 10 * LONGEST_QUESTION).demands) == 1


def test_the_words_of_a_text_and_their_stems():
    assert words_of("Cities met; ЦИТИ 中国", "en") == "cities met tsiti zhongguo u4e2d u56fd en=citi"
    assert words_of("Министров", "ru") == "ministrov ru=ministr"
    assert words_of("Министров", "uk") == words_of("Министров", None) == "ministrov"
    assert stems("министров")["ru"] == "ministr"
    assert "ru" not in stems("ministers")
    assert len(words_of("x" * 100_000, "en")) == 40


@given(TEXTS, st.sampled_from([None, "", "en", "ru", "uz-Cyrl", "hy", "xx"]))
def test_whatever_a_text_holds_the_index_gets_plain_words(text, language):
    assert re.fullmatch(r"[a-z0-9= ]*", words_of(text, language))


@given(TYPED, TEXTS, st.sampled_from([None, "en", "ru", "tr"]), st.integers(1, 80))
def test_no_text_and_no_question_breaks_it(asked, text, language, width):
    finder = Finder.of(question(asked))
    hits = list(finder.hits(text, language))
    assert all(0 <= hit.start < hit.end <= len(text) for hit in hits)
    whole = "".join(piece for piece, _ in marked(text, hits))
    assert len(whole) == len(text)
    assert not re.search("[\n\x00\u202e\ud800]", whole)
    assert all(piece for piece, _ in snippet(text, finder, language, width=width))


@given(
    st.lists(st.sampled_from(["совет", "глава", "министры", "страна"]), min_size=1, max_size=60), st.integers(20, 90)
)
def test_a_snippet_is_short_and_shows_a_hit_where_there_is_one(words, width):
    text = " ".join(words)
    pieces = snippet(text, Finder.of(question("министр")), "ru", width=width)
    assert len("".join(piece for piece, _ in pieces)) <= width + 3
    assert any(hit for _, hit in pieces) is ("министры" in words)


def test_a_snippet_stands_where_most_is_said():
    text = "Совет. " + "Слова и слова. " * 30 + "Совет встретил министров в столице. " + "Слова и слова. " * 30
    pieces = snippet(text, Finder.of(question("министр совет")), "ru", width=100)
    assert [piece for piece, hit in pieces if hit] == ["Совет", "министров"]
    assert pieces[0] == ("… ", False)
    assert pieces[-1] == ("…", False)
