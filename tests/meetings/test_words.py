"""Phrases are found in whatever case, with any ending where a star allows it, and where the text has them."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from readout.meetings.words import Matcher, fold, parse_phrase, split_words


def found(phrase: str, text: str) -> list[str]:
    return [text[hit.start : hit.end] for hit in Matcher.of([(phrase, 0)]).find(split_words(text))]


@pytest.mark.parametrize(
    ("phrase", "text", "hits"),
    [
        ("session", "The session of sessions", ["session"]),
        ("session*", "The session of sessions", ["session", "sessions"]),
        ("заседани*", "ЗАСЕДАНИЕ и на заседаниях", ["ЗАСЕДАНИЕ", "заседаниях"]),
        ("iclas*", "İclas və ICLASIN, ıclas", ["İclas", "ICLASIN", "ıclas"]),
        ("пройдет", "Завтра пройдёт смотр", ["пройдёт"]),
        ("took place", "It took\n place, it took a place", ["took\n place"]),
        ("met … with", "He met on Monday in Minsk with her", ["met on Monday in Minsk with"]),
        ("met … with", "He met his old friend from school days with her", []),
        ("совет* министр*", "Совета министров и советами", ["Совета министров"]),
        ("ședinț*", "Şedinţa și ȘEDINȚELE", ["Şedinţa", "ȘEDINȚELE"]),
        ("o'zbek*", "O‘zbekiston va oʻzbek", ["O‘zbekiston", "oʻzbek"]),
        ("cis", "the CIS's council, CIS-wide, precision", ["CIS", "CIS"]),
        ("l'union", "de l’Union et l'union d'États", ["l’Union", "l'union"]),
        ("états", "chefs d'États et d’états", ["États", "états"]),
        ("aujourd'hui", "jusqu'à aujourd’hui", ["aujourd’hui"]),
        ("*konferenz", "Die Innenministerkonferenz und Konferenzen", ["Innenministerkonferenz"]),
        ("*minister*", "Außenministerin, Minister, Ministerien", ["Außenministerin", "Minister", "Ministerien"]),
        ("fand … statt", "fand am Montag in der Stadt Erfurt statt", []),
        ("fand … … statt", "fand am Montag in der Stadt Erfurt statt", ["fand am Montag in der Stadt Erfurt statt"]),
        ("会议", "第十三次会议在北京举行", ["会议"]),
        ("board of governors", "of governors", []),
        ("می‌شود", "برگزار می‌شود و می شود", ["می‌شود", "می شود"]),
        ("نشست*", "نشست‌ها، نشستي", ["نشست", "نشستي"]),
        ("کشورهای ۵", "كشورهاي 5 و کشورهای ٥", ["كشورهاي 5", "کشورهای ٥"]),
        ("امن", "الأمن وبالأمن والأمن للأمن وللأمن أمن", ["الأمن", "وبالأمن", "والأمن", "للأمن", "وللأمن", "أمن"]),
        ("اللجنة العليا", "للجنة العليا ولجنة عليا", ["للجنة العليا", "ولجنة عليا"]),
        ("اجتماع", "اجتماعٌ واجتـــماع الاجتماعية", ["اجتماعٌ", "واجتـــماع"]),
        ("مجلس الوزراء", "لمجلس الوزراء ومجلس وزراء", ["لمجلس الوزراء", "ومجلس وزراء"]),
        ("آلمان", "در آلمان، المان", ["آلمان"]),
    ],
)
def test_a_phrase_is_found_as_it_is_written(phrase, text, hits):
    assert found(phrase, text) == hits


@pytest.mark.parametrize("written", ["", "*", "…", "met …", " - "])
def test_a_phrase_without_a_word_is_refused(written):
    with pytest.raises(ValueError, match="not a phrase"):
        parse_phrase(written)


@given(st.text())
def test_folding_keeps_every_character_in_its_place(text):
    assert len(fold(text)) == len(text)
    assert all(fold(text)[word.start : word.end].endswith(word.text) for word in split_words(text))


@given(st.text(alphabet="الوبفكلأآنمجسةىي ـًُّ‌ٓ۵٥5'"))
def test_words_in_arabic_letters_stand_in_order_and_have_letters(text):
    words = split_words(text)
    assert all(word.text and word.start < word.end for word in words)
    assert all(one.end <= other.start for one, other in pairwise(words))


@given(st.lists(st.sampled_from(["met", "with", "the", "council", "of", "ministers"]), max_size=30))
def test_hits_lie_in_the_text_in_order_of_their_first_words(chosen):
    text = " ".join(chosen)
    words = split_words(text)
    hits = Matcher.of([("met … with", 1), ("council of", 2), ("minist*", 3)]).find(words)
    assert [hit.first for hit in hits] == sorted(hit.first for hit in hits)
    assert all(words[hit.first].start == hit.start and words[hit.last - 1].end == hit.end for hit in hits)
