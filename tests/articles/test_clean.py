"""Text from outside becomes harmless and keeps its words."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from readout.articles.clean import clean_line, clean_text

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
