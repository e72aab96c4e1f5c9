"""The alert's own words: complete in each language, and numbers and days as they are said there."""

import string
import tomllib
from collections.abc import Iterator
from datetime import date
from importlib import resources
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from readout.catalog import load_body_names, load_city_names_in, load_country_names
from readout.channels.mail.words import english, languages, words_in
from readout.meetings import shape
from readout.meetings.difference import days_in_words
from readout.model import MeetingKind, SourceKind, Status
from readout.naming import names_of
from readout.watching import Filter
from tests.telling import fact, session

FOLDER = resources.files("readout.channels.mail") / "words"
# What a language has as its grammar wants it.
ITS_OWN = {"agreeing", "capitals", "ordinal", "plural", "scripts"}


def entries(language: str) -> dict[str, Any]:
    """Every word by the way to it, but for the tables that are a language's own."""
    table = tomllib.loads((FOLDER / f"{language}.toml").read_text("utf-8"))
    return dict(walked("", {name: words for name, words in table.items() if name not in ITS_OWN}))


def walked(path: str, words: Any) -> Iterator[tuple[str, Any]]:
    if isinstance(words, dict):
        for key, each in words.items():
            yield from walked(f"{path}.{key}", each)
    else:
        yield path, words


def blanks(word: Any) -> set[str]:
    """What is filled into it."""
    said = word if isinstance(word, list) else [word]
    return {name for each in said for _, name, _, _ in string.Formatter().parse(each) if name}


def test_there_are_words_in_english_russian_and_azerbaijani() -> None:
    assert languages() == ("az", "en", "ru")


@pytest.mark.parametrize("language", sorted(set(languages()) - {"en"}))
def test_every_word_is_there_in_every_language_and_takes_what_is_filled_in(language: str) -> None:
    mine, model = entries(language), entries("en")
    assert list(mine) == list(model)
    assert {path for path, word in mine.items() if not word} == {path for path, word in model.items() if not word}
    assert {path: blanks(word) for path, word in mine.items()} == {path: blanks(word) for path, word in model.items()}


@pytest.mark.parametrize("language", sorted(set(languages()) - {"en"}))
def test_no_word_was_left_in_english(language: str) -> None:
    """But for names that are the same there, and patterns without words."""
    mine, model = entries(language), entries("en")
    same = {path for path, word in mine.items() if word == model[path] and any(map(str.isalpha, str(word)))}
    assert {path for path in same if blanks(mine[path]) == set()} <= {
        ".fact.status",
        ".topic.separatism",
        ".digest.readout",
    }


@pytest.mark.parametrize("language", languages())
def test_whatever_can_be_said_has_a_word(language: str) -> None:
    words = words_in(language)
    assert set(words.kind) == set(words.counted) == {kind.value for kind in MeetingKind}
    assert set(words.status) == {status.value for status in Status}
    assert set(words.topic) == {*shape.TOPICS, *shape.SUBJECTS}
    assert set(words.filter) == {each.value for each in Filter}
    assert set(words.source_kind) == {kind.value for kind in SourceKind}
    assert len(words.months) == 12
    assert set(words.agreeing) <= set(words.kind)
    assert all(set(said) <= set(words.status) for said in words.agreeing.values())
    assert not {name for table in (words.label, words.line) for name in table if hasattr(dict, name)}, (
        "jinja finds these"
    )


def test_a_language_without_words_is_said_in_english() -> None:
    assert words_in("xx") is words_in("") is english()
    assert words_in("az-Latn") is words_in("AZ") is words_in("az")


# --- numbers ------------------------------------------------------------------------------------------------------

# The last vowel of the last numeral, as it is spoken.
SPOKEN = {
    "cü": ("üç", "dörd", "yüz"),
    "cu": ("doqquz", "on", "otuz"),
    "cı": ("altı", "qırx", "altmış", "doxsan"),
    "ci": ("bir", "iki", "beş", "yeddi", "səkkiz", "iyirmi", "əlli", "yetmiş", "səksən", "min"),
}
UNITS = ("", "bir", "iki", "üç", "dörd", "beş", "altı", "yeddi", "səkkiz", "doqquz")
TENS = ("", "on", "iyirmi", "otuz", "qırx", "əlli", "altmış", "yetmiş", "səksən", "doxsan")


def last_numeral(number: int) -> str:
    return UNITS[number % 10] or TENS[number // 10 % 10] or ("yüz" if number // 100 % 10 else "min")


def test_azerbaijani_ordinals_end_in_the_vowel_of_the_last_numeral() -> None:
    endings = {numeral: ending for ending, numerals in SPOKEN.items() for numeral in numerals}
    for number in range(1, 1001):
        assert words_in("az").numbered("session", number) == f"{number}-{endings[last_numeral(number)]} iclas"


@pytest.mark.parametrize(
    ("number", "said"), [(1, "1st"), (2, "2nd"), (3, "3rd"), (4, "4th"), (11, "11th"), (12, "12th"), (13, "13th")]
)
def test_english_ordinals(number: int, said: str) -> None:
    assert english().numbered("session", number) == f"{said} session"
    assert english().numbered("summit", 100 + number) == f"{100 + number}{said[-2:]} summit"


@pytest.mark.parametrize(
    ("kind", "said"),
    [
        ("session", "55-е заседание, состоялось"),
        ("summit", "55-й саммит, состоялся"),
        ("conference", "55-я конференция, состоялась"),
        ("bilateral", "55-я встреча, состоялась"),
        ("reception", "приём участников 55-го заседания, состоялся"),
        ("committee", "55-е заседание, состоялось"),
    ],
)
def test_russian_ordinals_and_statuses_agree_with_what_is_counted(kind: str, said: str) -> None:
    words = words_in("ru")
    assert f"{words.numbered(kind, 55)}, {words.standing(kind, 'held')}" == said


@pytest.mark.parametrize(
    ("number", "said"),
    [
        (1, "публикация"),
        (2, "публикации"),
        (5, "публикаций"),
        (11, "публикаций"),
        (21, "публикация"),
        (112, "публикаций"),
    ],
)
def test_russian_nouns_take_the_form_that_the_number_asks_for(number: int, said: str) -> None:
    assert words_in("ru").count("report", number) == f"{number} {said}"


def test_nouns_in_english_and_azerbaijani() -> None:
    assert [english().count("report", number) for number in (0, 1, 2)] == ["0 reports", "1 report", "2 reports"]
    assert words_in("az").count("report", 5) == "5 xəbər"


@pytest.mark.parametrize("language", languages())
@given(number=st.integers(min_value=0))
def test_any_number_is_said(language: str, number: int) -> None:
    words = words_in(language)
    assert all(str(number) in words.numbered(kind, number) for kind in words.counted)
    assert all(str(number) in words.count(noun, number) for noun in words.noun)


# --- spelling -----------------------------------------------------------------------------------------------------


def test_azerbaijani_letters_have_capitals_of_their_own() -> None:
    words = words_in("az")
    assert words.upper("iclas, qızıl") == "İCLAS, QIZIL"
    assert [words.capital(word) for word in ("iclas", "ıldırım", "görüş", "")] == ["İclas", "Ildırım", "Görüş", ""]
    assert words_in("ru").upper("приём") == "ПРИЁМ"
    assert english().capital("in") == "In"


# --- days ---------------------------------------------------------------------------------------------------------

OCT_3, OCT_4 = date(2024, 10, 3), date(2024, 10, 4)
SPANS: list[tuple[date | None, date | None, str | None, str | None, str | None]] = [
    (None, None, None, None, None),
    (OCT_4, None, "4 Oct 2024", "4 октября 2024 г.", "4 oktyabr 2024"),
    (None, OCT_4, "until 4 Oct 2024", "до 4 октября 2024 г.", "4 oktyabr 2024 tarixinədək"),
    (OCT_4, OCT_4, "4 Oct 2024", "4 октября 2024 г.", "4 oktyabr 2024"),
    (OCT_3, OCT_4, "3–4 Oct 2024", "3–4 октября 2024 г.", "3–4 oktyabr 2024"),
    (
        date(2024, 9, 30),
        date(2024, 10, 1),
        "30 Sep – 1 Oct 2024",
        "30 сентября – 1 октября 2024 г.",
        "30 sentyabr – 1 oktyabr 2024",
    ),
    (
        date(2024, 12, 30),
        date(2025, 1, 2),
        "30 Dec 2024 – 2 Jan 2025",
        "30 декабря 2024 г. – 2 января 2025 г.",
        "30 dekabr 2024 – 2 yanvar 2025",
    ),
]


@pytest.mark.parametrize(("first", "last", "en", "ru", "az"), SPANS)
def test_days_as_they_are_said(
    first: date | None, last: date | None, en: str | None, ru: str | None, az: str | None
) -> None:
    assert [words_in(language).days(first, last) for language in ("en", "ru", "az")] == [en, ru, az]


@pytest.mark.parametrize(("first", "last", "en", "ru", "az"), SPANS[1:])
def test_days_of_a_change_are_said_as_days_are(
    first: date | None, last: date | None, en: str | None, ru: str | None, az: str | None
) -> None:
    report = session(
        start_date=fact(first, "4 October") if first else None, end_date=fact(last, "4 October") if last else None
    )
    noted = days_in_words(report)
    assert noted is not None
    assert [words_in(language).spelt_days(noted) for language in ("en", "ru", "az")] == [en, ru, az]


@pytest.mark.parametrize(
    ("partial", "en", "ru"),
    [
        ("10-04", "4 Oct", "4 октября"),
        ("10-03/10-04", "3–4 Oct", "3–4 октября"),
        ("12-30/01-02", "30 Dec – 2 Jan", None),
    ],
)
def test_days_without_a_year_are_said_without_one(partial: str, en: str, ru: str | None) -> None:
    noted = days_in_words(session(start_date=None, end_date=None, date_partial=fact(partial, "4 October")))
    assert noted is not None
    assert english().days_of_no_year(partial) == english().spelt_days(noted) == en
    assert ru is None or words_in("ru").spelt_days(noted) == ru


@given(st.text() | st.from_regex(r"\d{4}-\d\d-\d\d( to \d{4}-\d\d-\d\d)?", fullmatch=True))
def test_what_is_no_day_is_said_as_it_stands(text: str) -> None:
    said = english().spelt_days(text)
    assert said == text or any(month in said for month in english().months)


# --- names --------------------------------------------------------------------------------------------------------


def test_names_are_said_in_the_language_and_else_in_english() -> None:
    names = names_of({})
    russian, azerbaijani = names.said_in("ru"), names.said_in("az")
    assert names.said_in("xx") is names
    assert [each.countries["KG"] for each in (names, russian, azerbaijani)] == ["Kyrgyzstan", "Киргизия", "Qırğızıstan"]
    assert [each.cities.get("Baku", "Baku") for each in (names, russian, azerbaijani)] == ["Baku", "Баку", "Bakı"]
    assert russian.bodies["cis-hos"] == "Совет глав государств СНГ"
    assert azerbaijani.bodies["au-psc"] == names.bodies["au-psc"]
    assert all(set(each.bodies) == set(names.bodies) for each in (russian, azerbaijani))
    assert all(set(each.countries) >= set(names.countries) for each in (russian, azerbaijani))


@pytest.mark.parametrize("language", languages())
def test_names_are_names_and_no_patterns(language: str) -> None:
    names = [*load_body_names(language).values(), *load_country_names(language).values()]
    names += load_city_names_in(language).values()
    assert not [name for name in names if set(name) & set("*|\t") or name != name.strip() or not name]


def test_every_city_that_has_a_name_here_is_one_that_is_read() -> None:
    data = resources.files("readout.meetings") / "data"
    known = {row.split("\t")[0] for row in (data / "places.tsv").read_text("utf-8").splitlines()}
    assert not set(load_city_names_in("ru")) - known
    assert load_city_names_in("ru").keys() >= load_city_names_in("az").keys()
