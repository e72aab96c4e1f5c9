from dataclasses import fields, replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from readout.model import Filters, LanguageCode, Report
from readout.watches.match import matches
from tests.telling import person, session, telling

TOLD = telling()
BARE = Report(kind=session().kind, status=session().status)

# filter, value, what matched it (None: it does not match)
CASES: list[tuple[str, str, str | None]] = [
    ("bodies", "cis-sorb", "Council of Heads of Security Agencies and Special Services"),
    ("bodies", "cis-intel", None),
    ("countries", "KZ", "KZ"),
    ("countries", "az", "AZ"),
    ("countries", "TR", None),
    ("topics", "terrorism", "terrorism"),
    ("topics", "energy", None),
    ("persons", "Бортников", "Alexander Bortnikov"),
    ("persons", "Александр Бортников", "Alexander Bortnikov"),
    ("persons", "Василий Бортников", None),
    ("persons", "Токаев Касым-Жомарт", "Kassym-Jomart Tokayev"),
    ("words", "terror", "terrorism"),
    ("words", "TERRORISM", "terrorism"),
    ("words", "error", None),
    ("words", "information space", "information space"),
    ("words", "inform spac", "information space"),
    ("words", '"inform spac"', None),
    ("words", '"information space"', "information space"),
    ("words", "space information", None),
    ("words", "President receives", "President receives"),
    ("words", "астана", "Astana"),
    ("words", "", None),
    ("words", '""', None),
    ("languages", "en", "en"),
    ("languages", "EN", "en"),
    ("languages", "e", None),
    ("languages", "az", None),
    ("sources", "agency", "agency"),
    ("sources", "Agency", None),
]

# text, wanted, whether it is found
WORDS = [
    ("Əliyev Şuşada çıxış etdi", "susada", True),
    ("İSTANBUL'da toplantı", "istanbul", True),
    ("istanbul", "İSTANBUL", True),
    ("Совещание по ИНФОРМАЦИОННОЙ безопасности", "информационн безопасност", True),
    ("Cafe\u0301 de Flore", "café", True),
    ("Café de Flore", "cafe", True),
    ("Straße", "strasse", True),
    ("Мо\u0301сква", "москва", True),
    ("会议在阿斯塔纳举行", "阿斯塔纳", True),
    ("会议在北京举行", "阿斯塔纳", False),
    ("the ь sign", "ъ", False),
]


@pytest.mark.parametrize(("name", "value", "what"), CASES)
def test_one_filter(name: str, value: str, what: str | None) -> None:
    filters = Filters(**{name: (value,)})
    assert matches(filters, TOLD.report, TOLD) == (None if what is None else {name: what})


@pytest.mark.parametrize(("text", "wanted", "found"), WORDS)
def test_words_without_regard_to_case_accents_and_script(text: str, wanted: str, found: bool) -> None:
    told = telling(text=text, title=None, report=BARE)
    assert (matches(Filters(words=(wanted,)), BARE, told) is not None) == found


def test_values_are_alternatives_and_filters_are_all_required() -> None:
    assert matches(Filters(countries=("TR", "BY")), TOLD.report, TOLD) == {"countries": "BY"}
    assert matches(Filters(countries=("BY",), topics=("energy",)), TOLD.report, TOLD) is None
    both = matches(Filters(countries=("BY",), topics=("energy", "terrorism")), TOLD.report, TOLD)
    assert both == {"countries": "BY", "topics": "terrorism"}


def test_no_filter_hears_of_everything() -> None:
    assert matches(Filters(), BARE, telling(report=BARE, title=None, text="", source=None, language=None)) == {}


def test_facts_of_the_meeting_and_of_the_telling_both_count() -> None:
    silent = telling(report=BARE)
    assert matches(Filters(topics=("terrorism",)), session(), silent) is not None
    assert matches(Filters(topics=("terrorism",)), BARE, TOLD) is not None
    assert matches(Filters(topics=("terrorism",)), BARE, silent) is None


def test_a_topic_filter_hears_of_subjects_too() -> None:
    water = session(subjects=(replace(session().topics[0], value="water"),))
    assert matches(Filters(topics=("water",)), water, telling(report=water)) == {"topics": "water"}
    assert matches(Filters(topics=("climate", "water")), BARE, telling(report=water)) == {"topics": "water"}
    assert matches(Filters(topics=("climate",)), water, telling(report=water)) is None


def test_a_person_is_found_by_the_romanised_name_too() -> None:
    report = session(participants=(person("Бортников", "Бортников", name_latin="Bortnikov"),), received_by=None)
    assert matches(Filters(persons=("Bortnikov",)), report, telling(report=report)) == {"persons": "Бортников"}


def test_a_language_includes_its_scripts() -> None:
    told = telling(language=LanguageCode("uz-Cyrl"))
    assert matches(Filters(languages=("uz",)), BARE, told) is not None
    assert matches(Filters(languages=("uz-Latn",)), BARE, told) is None


def test_unknown_body_language_and_source_match_no_filter() -> None:
    report = session(body=replace(session().body, value=replace(session().body.value, id=None)))
    told = telling(report=report, language=None, source=None)
    for filters in (Filters(bodies=("cis-sorb",)), Filters(languages=("en",)), Filters(sources=("agency",))):
        assert matches(filters, report, told) is None


VALUES: dict[str, Any] = {
    "bodies": st.sampled_from(["cis-sorb", "cis-intel"]),
    "countries": st.sampled_from(["KZ", "AZ", "TR"]),
    "topics": st.sampled_from(["terrorism", "energy"]),
    "persons": st.sampled_from(["Bortnikov", "Smith"]) | st.text(max_size=10),
    "words": st.sampled_from(["terror", '"met in"', "nowhere"]) | st.text(max_size=10),
    "languages": st.sampled_from(["en", "az"]),
    "sources": st.sampled_from(["agency", "other"]),
}
FILTERS = st.builds(Filters, **{name: st.lists(value, max_size=3).map(tuple) for name, value in VALUES.items()})


@given(FILTERS)
def test_what_matched_names_exactly_the_filters_that_were_set(filters: Filters) -> None:
    matched = matches(filters, TOLD.report, TOLD)
    set_filters = {field.name for field in fields(filters) if getattr(filters, field.name)}
    assert matched is None or set(matched) == set_filters


@given(FILTERS, st.sampled_from(sorted(VALUES)), st.data())
def test_one_more_alternative_never_silences_a_watch(filters: Filters, name: str, data: st.DataObject) -> None:
    if not getattr(filters, name):
        return
    wider = replace(filters, **{name: (*getattr(filters, name), data.draw(VALUES[name]))})
    if matches(filters, TOLD.report, TOLD) is not None:
        assert matches(wider, TOLD.report, TOLD) is not None


@given(FILTERS)
def test_filters_together_match_when_each_alone_does(filters: Filters) -> None:
    alone = [
        matches(replace(Filters(), **{f.name: getattr(filters, f.name)}), TOLD.report, TOLD) for f in fields(filters)
    ]
    together = matches(filters, TOLD.report, TOLD)
    assert (together is not None) == all(each is not None for each in alone)


@given(st.text(max_size=200), st.text(max_size=200), st.text(max_size=30))
def test_any_text_may_be_asked_for_and_searched(title: str, text: str, wanted: str) -> None:
    matches(Filters(words=(wanted,), persons=(wanted,)), TOLD.report, telling(title=title, text=text))
