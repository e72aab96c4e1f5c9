"""Text from outside becomes harmless and keeps its words."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from readout.articles.clean import clean_line, clean_text, harmless

CASES = [
    ("Şura \x00Astanada", "Şura Astanada"),
    ("a\ud800b", "a�b"),
    ("\u202egnp.exe\u202c", "gnp.exe"),
    ("\u2066a\u2069", "a"),
    ("a\u200bb\ufeff\u00adc", "abc"),
    ("و\u200cی", "و\u200cی"),
    ("e\u0301", "é"),
    ("a\u00a0\u2009 b\t\tc", "a b c"),
    ("a\r\nb\rc\u2028d\n\n\n  e  ", "a\nb\nc\nd\ne"),
    ("\x1b[31mred\x07", "[31mred"),
    ("", ""),
    ("a\U000e0001\U000e0041\U000e007fb", "ab"),
    ("a\ufdd0\ufdef\ufffe\U0001ffff\U0010fffeb", "ab"),
    ("a\u2061\u2064\u206a\u206f\ufff9b", "ab"),
    ("Z\u0301\u0316" + "\u0302" * 100 + "o", "Ź\u0316" + "\u0302" * 6 + "o"),
    ("z" + "\u0316" * 100, "z" + "\u0316" * 8),
    ("z" + "\u0316\u200d" * 50, "z" + "\u0316\u200d" * 8),
    ("\ufb2c" + "\u0316" * 8, "\u05e9\u05bc\u05c1" + "\u0316" * 6),
    ("ཧྐྵྨླྺྼྻྂ", "ཧྐྵྨླྺྼྻྂ"),
    ("…" * 20, "…" * 20),
]


@pytest.mark.parametrize(("raw", "expected"), CASES)
def test_hostile_characters_go_and_words_stay(raw, expected):
    assert clean_text(raw) == expected


def test_a_line_is_one_line():
    assert clean_line(" a\n\nb\u2029c ") == "a b c"


@given(st.text(alphabet=st.characters(codec=None)))
def test_clean_text_is_clean_whatever_comes(raw):
    text = clean_text(raw)
    assert clean_text(text) == text
    text.encode("utf-8")
    assert unicodedata.is_normalized("NFC", text)
    assert not [c for c in text if unicodedata.category(c) in ("Cc", "Cs") and c != "\n"]


MARKS = st.characters(categories=("Mn", "Me", "Cf"))


@given(st.lists(st.characters() | MARKS | MARKS.map(lambda mark: mark * 20)).map("".join))
def test_no_letter_carries_more_marks_than_a_script_needs(raw):
    text = clean_text(raw)
    assert clean_text(text) == text
    assert unicodedata.is_normalized("NFC", text)
    seen = "".join(c for c in text if unicodedata.category(c) != "Cf")
    kinds = "".join("m" if unicodedata.category(c) in ("Mn", "Me") else "." for c in seen)
    assert "m" * 9 not in kinds
    assert len(harmless(raw)) == len(raw)


def test_marks_in_the_worst_order_are_not_sorted_for_hours():
    assert clean_text("a" + "\u0301\u0316" * 1_000_000 + "b") == "á" + "\u0316" * 4 + "\u0301" * 3 + "b"
