"""Sentences: no text is lost, and no abbreviation ends one."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from readout.meetings.scene import split_sentences
from tests.meetings.tellings import article


@pytest.mark.parametrize(
    "sentences",
    [
        ["The council met.", "It will meet again."],
        ["Col. A. B. Smith of St. Petersburg came at 10.30 a.m. with Gen. Brown.", "They spoke."],
        ["Встреча прошла в г. Минске 5 мая 2025 г. под председательством А. А. Петрова.", "Он выступил."],
        ["Саммит был в 2024 г.", "В Астане его ждали."],
        ["Das Treffen ist am 23. Oktober.", "Danach ist Schluss."],
        ["Başkanlar 47. toplantı için geldi.", "Sonra gittiler."],
        ["Did they meet?", "Yes!", "«Да».", "End"],
        ["第一句。", "第二句。"],
    ],
)
def test_sentences_end_where_a_reader_ends_them(sentences):
    assert [s.text for s in split_sentences(article(" ".join(sentences)))] == sentences


def test_an_ordinal_with_a_full_stop_ends_no_sentence_where_nouns_have_capitals():
    told = article("Das 8. Treffen war in Graz. Die 222. Sitzung und der XII. Gipfel auch. Es endete.", language="de")
    assert [s.text for s in split_sentences(told, dotted_ordinals=True)] == [
        "Das 8. Treffen war in Graz.",
        "Die 222. Sitzung und der XII. Gipfel auch.",
        "Es endete.",
    ]


def test_the_title_comes_first_and_a_line_break_ends_a_sentence():
    told = split_sentences(article("Photo: agency\nThe council met.", title="Council meets"))
    assert [(s.where, s.text) for s in told] == [
        ("title", "Council meets"),
        ("text", "Photo: agency"),
        ("text", "The council met."),
    ]


@given(st.text(alphabet="aБ .!?…\n\u00a01Г。", max_size=300))
def test_no_text_is_lost_but_white_space(text):
    told = split_sentences(article(text))
    assert all(text[s.start : s.end] == s.text for s in told)
    assert "".join("".join(s.text for s in told).split()) == "".join(text.split())


def test_a_text_without_ends_is_cut_into_pieces():
    assert max(len(s.text) for s in split_sentences(article("word " * 5000))) <= 1200
    assert max(len(s.text) for s in split_sentences(article("w" * 5000))) <= 1200
