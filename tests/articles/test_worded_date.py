"""Dates as people write them are read in the languages of the catalogue, and doubtful ones not at all."""

import subprocess
import sys
from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from readout.articles.date_format import fault_of_format
from readout.articles.month import fold, month_of
from readout.articles.month_names import MONTHS
from readout.articles.worded_date import LONGEST, Stated, days_in, read_stated, read_worded

BAKU = ZoneInfo("Asia/Baku")  # UTC+4
OCTOBER_4 = date(2024, 10, 4)

# Language, and the fourth of October 2024 in its words.
DAYS = [
    ("ru", "4 октября 2024 года"),
    ("ru", "4 Октябрь 2024"),
    ("ru", "4 окт. 2024 г."),
    ("az", "4 oktyabr 2024"),
    ("az", "2024-cü il oktyabrın 4-də"),
    ("az", "4 OKTYABR 2024-cü il"),
    ("en", "4 October 2024"),
    ("en", "October 4, 2024"),
    ("en", "Friday, 4th of October, 2024"),
    ("en", "Oct. 4, 2024"),
    ("en", "No: 187, 4 October 2024"),
    ("tr", "4 Ekim 2024 Cuma"),
    ("tr", "04 EKİM 2024"),
    ("tr", "4 Ekim 2024’te"),
    ("uk", "4 жовтня 2024, п’ятниця"),
    ("kk", "2024 жылғы 4 қазан"),
    ("kk", "4 қазан 2024"),
    ("ky", "2024-жылдын 4-октябры"),
    ("ky", "4-октябрь, 2024"),
    ("uz", "2024-yil 4-oktabr"),
    ("uz", "4 oktabr 2024 yil"),
    ("uz-Cyrl", "2024 йил 4 октябрь"),
    ("tg", "4 октябри соли 2024"),
    ("tk", "4-nji oktýabr 2024"),
    ("tk", "2024-nji ýylyň 4-nji oktýabry"),
    ("hy", "հոկտեմբերի 4, 2024"),
    ("hy", "2024 թ. հոկտեմբերի 4-ին"),
    ("ka", "4 ოქტომბერი, 2024"),
    ("ka", "2024 წლის 4 ოქტომბერს"),
    ("ro", "4 octombrie 2024"),
    ("be", "4 кастрычніка 2024"),
    ("fa", "۴ اکتبر ۲۰۲۴"),
    ("ar", "4 أكتوبر، 2024"),
    ("ar", "4 تشرين الأول 2024"),
    ("zh", "2024年10月4日"),
    ("de", "Freitag, 4. Oktober 2024"),
    ("fr", "le 4 octobre 2024"),
    ("es", "4 de octubre de 2024"),
    ("ru", "04.10.2024"),
    ("ru", "04/10/2024"),
    ("en", "2024-10-04"),
    ("en", "2024/10/4"),
]
FORMATS = [
    ("25 Июня 2026 17:24", "%d %B %Y %H:%M", "ru", "2026-06-25T13:24"),
    ("Опубликовано: 25 Июня 2026 17:24 | 345", "%d %B %Y %H:%M", "ru", "2026-06-25T13:24"),
    ("5 сент. 2024, 09:05:07", "%d %b %Y, %H:%M:%S", "ru", "2024-09-05T05:05:07"),
    ("26-10-04  12:33", "%y-%m-%d  %H:%M", "en", "2026-10-04T08:33"),
    ("10/04/2024 05:24 PM", "%m/%d/%Y %I:%M %p", "en", "2024-10-04T13:24"),
    ("12/10/2024 00:30", "%d/%m/%Y %H:%M", "en", "2024-10-11T20:30"),
    ("2024-10-04 09:26 +0500", "%Y-%m-%d %H:%M %z", "en", "2024-10-04T04:26"),
    ("Fri 4 تشرين الثاني 2024 10:00", "%d %B %Y %H:%M", "ar", "2024-11-04T06:00"),
    ("HAZİRAN 25, 2026 17:24", "%B %d, %Y %H:%M", "tr", "2026-06-25T13:24"),
    ("KASIM 25, 2026 17:24", "%B %d, %Y %H:%M", "tr", "2026-11-25T13:24"),
]
TIMES = [
    ("4 October 2024, 17:24", "2024-10-04T13:24"),
    ("17:24, 4 October 2024", "2024-10-04T13:24"),
    ("October 4, 2024 5:24 p.m.", "2024-10-04T13:24"),
    ("October 4, 2024 12:05 AM", "2024-10-03T20:05"),
    ("4 October 2024 17:24 GMT", "2024-10-04T17:24"),
    ("4 October 2024 17:24 (GMT+3)", "2024-10-04T14:24"),
    ("4 October 2024 17:24 +05:30", "2024-10-04T11:54"),
    ("2024年10月4日 17:24", "2024-10-04T13:24"),
]
NONE = [None, "", "soon", "yesterday", "October 2024", "11 dekabr", "On May 16th", "17:35", "31 February 2024"]
NONE += ["16-18 October 2025", "October 16-18, 2025", "16–17 октября 2025 года", "16 and 17 October 2025"]
NONE += ["12/11/2024", "4 October 2024 and 6 November 2024", "October 4, 1066", "5 mayors of 2024", "10 march 2024"]
NONE += ["4 October 2024 " + "x" * LONGEST, "May", "4 10 2024", "४ ० ० ०", "4 Oct 20244", "44 October 2024"]


@pytest.mark.parametrize(("locale", "text"), DAYS)
def test_days_in_words(locale, text):
    moment = read_worded(text, (), locale, BAKU)
    assert moment is not None
    assert (moment.day, moment.day_only) == (OCTOBER_4, True)
    assert moment.at == datetime(2024, 10, 3, 20, tzinfo=UTC)


@pytest.mark.parametrize(("text", "form", "locale", "expected"), FORMATS)
def test_formats(text, form, locale, expected):
    moment = read_worded(text, (form,), locale, BAKU)
    assert moment.at == datetime.fromisoformat(expected).replace(tzinfo=UTC)
    assert not moment.day_only


@pytest.mark.parametrize(("text", "expected"), TIMES)
def test_times_beside_days(text, expected):
    assert read_worded(text, (), "en", BAKU).at == datetime.fromisoformat(expected).replace(tzinfo=UTC)


@pytest.mark.parametrize("text", NONE)
def test_no_day_is_guessed(text):
    assert read_worded(text, (), "en", BAKU) is None


def test_two_times_are_none():
    assert read_worded("4 October 2024, 17:24, 18:00", (), "en", BAKU).day_only


def test_what_is_stated_in_part_is_told_in_part():
    assert read_stated("11 dekabr", (), "az") == Stated(month=12, day=11)
    assert read_stated("11 dekabr, 17:35", ("%d %B, %H:%M",), "az") == Stated(month=12, day=11, clock=time(17, 35))
    assert read_stated("17:35", ("%H:%M",), "az") == Stated(clock=time(17, 35))
    assert read_stated("Oktyabrın 4-də", (), "az") == Stated(month=10, day=4)


def test_a_format_outweighs_the_general_grammar_and_the_next_is_tried():
    assert read_worded("11/12/2024", ("%d.%m.%Y", "%m/%d/%Y"), "ru", BAKU).day == date(2024, 11, 12)


def test_every_day_of_a_sentence_is_told():
    found = set(days_in("On May 16th, a year after 4 October 2024, the 56th session was held.", "en"))
    assert found == {Stated(month=5, day=16), Stated(year=2024, month=10, day=4)}


def test_formats_that_cannot_be_read_say_why():
    assert fault_of_format("%d %B %Y %H:%M") is None
    assert "%Q" in fault_of_format("%d %Q")
    assert fault_of_format("%d %d")
    assert fault_of_format("day")
    assert read_worded("4 October 2024", ("%d %Q", "%d %d"), "en", BAKU).day == OCTOBER_4


@given(st.text(max_size=LONGEST), st.sampled_from([None, "ru", "az", "xx", "uz-Cyrl-UZ", "en_US.UTF-8"]))
def test_no_text_breaks_it(text, locale):
    read_worded(text, ("%d %B %Y", "%H:%M"), locale, BAKU)
    assert len(fold(text)) == len(text)


@given(st.text(alphabet="0123456789 -./:,年月日октябрья May", max_size=LONGEST))
def test_no_likely_text_breaks_it(text):
    list(days_in(text, None))


# --- month names -----------------------------------------------------------------------------------------------------

CLDR = """
import sys, unicodedata, babel.localedata
from babel.dates import get_month_names
for code in sys.argv[1:]:
    for width in ("wide", "abbreviated"):
        for context in ("format", "stand-alone"):
            babel.localedata._cache.clear()  # what one locale inherits would be another's for good
            for month, name in get_month_names(width, context, code.replace("-", "_")).items():
                print(code, month, name, sep="\\t")
"""


def test_the_names_are_all_that_unicode_knows():
    done = subprocess.run([sys.executable, "-c", CLDR, *MONTHS], capture_output=True, text=True, check=True)
    rows = [line.split("\t") for line in done.stdout.splitlines()]
    assert len(rows) == 48 * len(MONTHS)
    missing = []
    for code, month, name in rows:
        bare = fold(unicodedata_nfc(name)).rstrip(".").replace("\u200c", "")
        if not any(letter.isdigit() for letter in bare) and month_of(bare, code) != int(month):
            missing.append((code, month, name))
    assert missing == []


def unicodedata_nfc(text):
    import unicodedata

    return unicodedata.normalize("NFC", text)


def test_no_name_is_that_of_two_months():
    found = {}
    for code, text in MONTHS.items():
        lines = text.strip().splitlines()
        assert len(lines) == 12
        for number, line in enumerate(lines, 1):
            for name in line.split(","):
                assert found.setdefault(fold(name.strip()), number) == number, (code, name)


@pytest.mark.parametrize(
    ("word", "locale", "month"),
    [
        ("oktyabrın", "az", 10),
        ("қазанда", "kk", 10),
        ("ekimde", "tr", 10),
        ("mayda", "az", 5),
        ("octobering", "en", None),
    ],
)
def test_endings_are_taken_where_a_language_has_them(word, locale, month):
    assert month_of(fold(word), locale) == month
