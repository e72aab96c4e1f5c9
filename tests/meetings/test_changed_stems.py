"""Names whose stem changes with the case, and letters that sound alone decides: Belarusian, Ukrainian, Tajik."""

import pytest

from readout.catalog import load_knowledge
from readout.meetings.names import find_people
from readout.meetings.words import fold

KNOWLEDGE = load_knowledge()

PLACES = [
    ("uk", "у Києві", "Kyiv"),
    ("uk", "до Києва", "Kyiv"),
    ("uk", "у Львові", "Lviv"),
    ("uk", "у Відні", "Vienna"),
    ("uk", "у Празі", "Prague"),
    ("uk", "в Астані", "Astana"),
    ("be", "у Кіеве", "Kyiv"),
    ("be", "у Ташкенце", "Tashkent"),
    ("be", "у Самаркандзе", "Samarkand"),
    ("be", "у Празе", "Prague"),
    ("be", "у Менску", "Minsk"),
    ("tg", "дар шаҳри Москваи", "Moscow"),
    ("tg", "дар Остона", "Astana"),
]


@pytest.mark.parametrize(("language", "written", "city"), PLACES)
def test_a_city_is_known_in_every_case(language, written, city):
    found = KNOWLEDGE.places.find(written, KNOWLEDGE.lexicons[language].places)
    assert [mention.place.city for mention in found] == [city]


PEOPLE = [
    ("be", "Кіраўнік урада сустрэўся з Уладзімірам Пуціным.", "Уладзімір Пуцін"),
    ("be", "Пасяджэнне вёў міністр Аляксандр Ясюк і Уладзімір Пуцін.", "Уладзімір Пуцін"),
    ("ru", "Глава правительства встретился с Владимиром Путиным.", "Владимир Путин"),
    ("uk", "Голова уряду зустрівся з Володимиром Путіним.", "Володимир Путін"),
    ("uk", "Переговори з Павлом Клімкіним тривали годину.", "Павло Клімкін"),
    ("uk", "Зустріч із Дмитром Кравченком відбулася.", "Дмитро Кравченко"),
    ("tg", "Вазири мудофиа Эмомалӣ Собирзодаро даъват кард.", "Эмомалӣ Собирзода"),
]


@pytest.mark.parametrize(("language", "text", "name"), PEOPLE)
def test_a_person_is_named_in_the_nominative_though_a_city_bears_the_name(language, text, name):
    words = KNOWLEDGE.lexicons[language]
    places = KNOWLEDGE.places.find(text, words.places)
    assert name in [person.name for person in find_people(text, words.people, places, holders=KNOWLEDGE.holders)]


@pytest.mark.parametrize(
    ("name", "state"),
    [("Пуцін", "RU"), ("Пуціным", "RU"), ("Лаўроў", "RU"), ("Касым-Жамарт Такаеў", "KZ"), ("Нарэндра Модзі", "IN")],
)
def test_belarusian_spelling_names_the_same_holders(name, state):
    assert KNOWLEDGE.holders.state_of(name) == state


def test_letters_that_the_sound_before_or_the_keyboard_decides_are_one():
    assert fold("Ўзяў удзел") == fold("Узяу удзел")
    assert fold("Шӯрои амниятӣ") == fold("Шурои амнияти")
