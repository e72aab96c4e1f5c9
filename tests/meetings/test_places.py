"""Places: names of cities and states in every language, case and script."""

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from readout.catalog import load_knowledge
from readout.meetings.places import Gazetteer, PlaceKind
from readout.model import LanguageCode


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
    ("en", "South Korea, Guinea-Bissau and Camp David", ["KR", "GW", "Camp David"]),
    ("ru", "в Нижнем Новгороде, под Алма-Атой, в Южной Корее", ["Nizhny Novgorod", "Almaty", "KR"]),
    ("az", "Qazaxıstan Respublikasında, ABŞ-ın, Laçında", ["KZ", "US", "Lachin"]),
    ("kk", "Минскіде, Мәскеуден, Ресей Федерациясының, АҚШ-тың, қырғыз", ["Minsk", "Moscow", "RU", "US", "KG"]),
    ("ky", "Чолпон-Атада, Кыргыз Республикасынын, АКШнын", ["Cholpon-Ata", "KG", "US"]),
    ("uz", "Toshkentda, O‘zbekiston Respublikasi, AQShda, Qirg'izistonning", ["Tashkent", "UZ", "US", "KG"]),
    ("uz-Cyrl", "Самарқандда, Ўзбекистон Республикаси, АҚШда", ["Samarkand", "UZ", "US"]),
    ("tg", "дар Маскав, Федератсияи Русия, ИМА, дар шаҳри Хуҷанд", ["Moscow", "RU", "US", "Khujand"]),
    ("tk", "Aşgabatda, Aşgabada, Gyrgyz Respublikasynyň, ABŞ", ["Ashgabat", "Ashgabat", "KG", "US"]),
    ("be", "у Маскве, у Кіеве, Расійскай Федэрацыі, ЗША", ["Moscow", "Kyiv", "RU", "US"]),
    ("uk", "у Києві, у Відні, Великої Британії, США", ["Kyiv", "Vienna", "GB", "US"]),
    ("hy", "Երևանում, Երեւանում, Մոսկվայում, ԱՄՆ, Ռուսաստանի Դաշնության", ["Yerevan", "Yerevan", "Moscow", "US", "RU"]),
    ("ka", "თბილისში, ბაქოში, ყაზახეთის, აშშ-ის, რუსული", ["Tbilisi", "Baku", "KZ", "US", "RU"]),
    ("ro", "la București, în Republica Moldova, SUA", ["Bucharest", "MD", "US"]),
    ("tr", "Taşkent'te, Bakü'deki, ABD'nin, Kırgız Cumhuriyeti, Rus", ["Tashkent", "Baku", "US", "KG", "RU"]),
    ("de", "in München, der Russischen Föderation, Großbritanniens, kirgisischen", ["Munich", "RU", "GB", "KG"]),
    ("fr", "à La Haye, l'Azerbaïdjan, aux États-Unis, sud-coréens, kirghizes", ["The Hague", "AZ", "US", "KR", "KG"]),
    ("es", "en Ginebra, EE. UU., Gran Bretaña, kirguís, rusos", ["Geneva", "US", "GB", "KG", "RU"]),
    ("fa", "در تاشکند، در عشق‌آباد، ایالات متحده، ازبکستان، روسی", ["Tashkent", "Ashgabat", "US", "UZ", "RU"]),
    ("ar", "في القاهرة، بموسكو، وطاجيكستان، للعراق، الروسية", ["Cairo", "Moscow", "TJ", "IQ", "RU"]),
    ("zh", "在比什凯克，吉尔吉斯斯坦，俄羅斯，中华人民共和国", ["Bishkek", "KG", "RU", "CN"]),
]

NO_NAMES = [
    ("ru", "Совета, Иванова, Того же дня, в Иркутской области, Дела"),
    ("kk", "Барды, Сапары, Турасында"),
    ("tr", "Mali Eylem Görev Gücü, Ordu"),
    ("tk", "Kabul etdi"),
    ("fr", "Seul le ministre, La réunion"),
    ("ar", "الدعم المالي، الجزيرة"),
    ("zh", "上海合作组织"),
    ("en", "the Shanghai Cooperation Organisation, the Minsk Group, New Jersey, some polish"),
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
