"""Places: names in every case and script, and where a meeting met."""

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from readout.catalog import load_knowledge
from readout.meetings.places import Gazetteer, PlaceKind
from readout.meetings.venue import venue
from readout.model import LanguageCode
from tests.meetings.stage import assert_spans_are_true, stage


def found(text, language):
    knowledge = load_knowledge()
    mentions = knowledge.places.find(text, knowledge.lexicons[LanguageCode(language)].places)
    return [(m.place.city or m.place.country) for m in mentions]


NAMES = [
    ("ru", "В Астане, Москве и Душанбе", ["Astana", "Moscow", "Dushanbe"]),
    ("ru", "из Самарканда в Чолпон-Ату", ["Samarkand", "Cholpon-Ata"]),
    ("ru", "под Минском, в Алма-Ате", ["Minsk", "Almaty"]),
    ("ru", "президент Кыргызской Республики", ["KG"]),
    ("ru", "в Российской Федерации и США", ["RU", "US"]),
    ("ru", "казахстанский министр, узбекская сторона", ["KZ", "UZ"]),
    ("az", "Bakıda, Astanada, Düşənbədə və Moskvada", ["Baku", "Astana", "Dushanbe", "Moscow"]),
    ("az", "Qazaxıstanın paytaxtı", ["KZ"]),
    ("en", "Nur-Sultan, Kiev, Samarqand", ["Astana", "Kyiv", "Samarkand"]),
    ("en", "Kazakhstan's and Kyrgyz officials of the Kyrgyz Republic", ["KZ", "KG", "KG"]),
    ("en", "the UK, the U.S. and the DPRK", ["GB", "US", "KP"]),
    ("en", "New Delhi", ["New Delhi"]),
]

NO_NAMES = [
    ("en", "give us a nice reading of the book in it"),
    ("ru", "самара и москва с маленькой буквы, росписью"),
    ("en", "Samarkander, Osher"),
]


@pytest.mark.parametrize(("language", "text", "expected"), NAMES)
def test_names_in_running_text(language, text, expected):
    assert found(text, language) == expected


@pytest.mark.parametrize(("language", "text"), NO_NAMES)
def test_what_is_no_name(language, text):
    assert found(text, language) == []


def test_longest_name_and_first_city_win():
    gazetteer = Gazetteer.from_rows(
        [["Delhi", "IN", "", "2", ""], ["New Delhi", "IN", "1", "1", "Delhi"], ["Delhi", "CA", "", "1", ""]], []
    )
    places = load_knowledge().lexicons[LanguageCode("en")].places
    assert [m.place.city for m in gazetteer.find("New Delhi and Delhi", places)] == ["New Delhi", "Delhi"]
    assert gazetteer.find("Delhi", places)[0].place.country == "IN"
    assert gazetteer.capital("IN").kind is PlaceKind.CITY
    assert gazetteer.capital("CA") is None


@given(st.text(max_size=80))
def test_mentions_are_spans_of_any_text_without_overlap(text):
    knowledge = load_knowledge()
    mentions = knowledge.places.find(text, knowledge.lexicons[LanguageCode("ru")].places)
    assert all(a.end <= b.start for a, b in itertools.pairwise(mentions))
    assert all(0 <= m.start < m.end <= len(text) for m in mentions)


VENUES = [
    ("en", "The 9th session met in Osh on Friday.", "session", "Osh", "KG"),
    ("en", "Ministers came to the session in Baku, the capital of Azerbaijan.", "session", "Baku", "AZ"),
    ("en", "Tashkent hosted a session of the secretaries.", "session", "Tashkent", "UZ"),
    ("en", "The session was held in the capital of Armenia.", "session", "Yerevan", "AM"),
    ("en", "The session was held in Tajikistan.", "session", None, "TJ"),
    ("en", "ASTANA, October 4. The Council held a session.", "session", None, None),
    ("en", "The session discussed the situation in Kabul.", "session", None, None),
    ("en", "Washington and Tehran agreed to hold a session.", "session", None, None),
    ("en", "The session was held online, hosted by an office in Vienna.", "session", None, None),
    ("en", "The session met in Baku. The next session will be held in Minsk.", "session met", "Baku", "AZ"),
    ("uz", "Majlis Ostona shahrida bo‘lib o‘tdi. Suratda: zal.", "Majlis", "Astana", "KZ"),
    ("uz", "Majlisda Afg‘onistondagi vaziyat muhokama qilindi.", "Majlisda", None, None),
    ("tk", "Mejlise gatnaşmak üçin ministr Aşgabada geldi.", "Mejlise", "Ashgabat", "TM"),
    ("ru", "В Бишкеке прошло заседание совета.", "заседание", "Bishkek", "KG"),
    ("ru", "Заседание пройдёт в столице Киргизии.", "Заседание", "Bishkek", "KG"),
    ("ru", "Душанбе примет заседание совета.", "заседание", "Dushanbe", "TJ"),
    ("ru", "МИНСК, 4 октября. Прошло заседание совета.", "заседание", None, None),
    ("ru", "Министр прилетел в Ереван на заседание совета.", "заседание", "Yerevan", "AM"),
    ("az", "Şuranın iclası Səmərqənddə keçirilib.", "iclası", "Samarkand", "UZ"),
    ("az", "İclas Qazaxıstanın paytaxtı Astana şəhərində baş tutub.", "İclas", "Astana", "KZ"),
]


@pytest.mark.parametrize(("language", "text", "anchor", "city", "country"), VENUES)
def test_venue(language, text, anchor, city, country):
    scene = stage(text, anchor, language=language)
    facts = venue(scene, load_knowledge().places)
    assert_spans_are_true(scene, *facts)
    assert tuple(fact.value if fact else None for fact in facts) == (city, country)
