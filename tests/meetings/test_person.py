import pytest
from hypothesis import given
from hypothesis import strategies as st

from readout.meetings.person import person_key, same_person

SAME = [
    ("Vladimir Putin", "Владимир Путин"),
    ("Vladimir Putin", "Владимиром Путиным"),
    ("Vladimir Putin", "Vladimir Putinin"),
    ("Vladimir Putin", "В. В. Путин"),
    ("Vladimir Putin", "Владимир Владимирович Путин"),
    ("Vladimir Putin", "ПУТИН Владимир"),
    ("Putin", "Владимир Путин"),
    ("Vladimir Putin", "Путин"),
    ("Hikmet Hajiyev", "Hikmət Hacıyev"),
    ("Jeyhun Bayramov", "Ceyhun Bayramov"),
    ("Orkhan Huseynov", "Orxan Hüseynov"),
    ("Dmitri Kozak", "Дмитрий Козак"),
    ("Xavier Bettel", "Xavier Bettel"),
    ("Alexei Overchuk", "Алексей Оверчук"),
    ("Oleh Nemchinov", "Олег Немчинов"),
    ("José Borrell", "Jose Borrell"),
    ("Gurbanguly Berdimuhamedow", "Гурбангулы Бердымухамедов"),
    ("Recep Tayyip Erdoğan", "Реджеп Тайип Эрдоган"),
    ("Muhammad bin Salman", "Muhammad Salman"),
    ("Ursula von der Leyen", "Ursula von der Leyen"),
    ("Viktor Makhmudov", "ویکتور محموداوف"),
]
OTHERS = [
    ("Vladimir Putin", "Владимир Зеленский"),
    ("Ilham Aliyev", "Heydər Əliyev"),
    ("Ivan Petrov", "Petr Petrov"),
    ("Putin", "П. Иванов"),
    ("V. Putin", "Viktor Orbán"),
    ("Kumar", "К. Токаев"),
    ("", "Владимир Путин"),
    ("Vladimir Putin", ""),
    ("Vladimir Putin", "—"),
]


@pytest.mark.parametrize(("wanted", "written"), SAME)
def test_one_person_in_another_alphabet_or_spelling(wanted: str, written: str) -> None:
    assert same_person(wanted, written)
    assert same_person(written, wanted)


@pytest.mark.parametrize(("wanted", "written"), OTHERS)
def test_another_person(wanted: str, written: str) -> None:
    assert not same_person(wanted, written)
    assert not same_person(written, wanted)


@given(st.text(max_size=60), st.text(max_size=60))
def test_any_text_may_be_a_name_and_order_does_not_matter(one: str, other: str) -> None:
    assert same_person(one, other) == same_person(other, one)


@given(st.lists(st.text(st.characters(categories=["Ll", "Lu"]), min_size=2, max_size=12), min_size=1, max_size=4))
def test_a_name_is_its_own(words: list[str]) -> None:
    name = " ".join(words)
    assert same_person(name, name)


@pytest.mark.parametrize(
    "spellings",
    [
        (
            "Shavkat Mirziyoyev",
            "Шавкат Мирзиёев",
            "Şawkat Mirziýoýew",
            "Шавкат Миромонович Мирзиёев",
            "MIRZIYOYEV Shavkat",
        ),
        ("Kassym-Jomart Tokayev", "Касым-Жомарт Токаев", "Қасым-Жомарт Тоқаев"),
        ("Vladimir Putin", "Владимир Путин", "Վլադիմիր Պուտին"),
    ],
)
def test_spellings_of_one_name_share_a_key(spellings):
    assert len({person_key(each) for each in spellings}) == 1


def test_other_names_have_other_keys():
    names = ["Shavkat Mirziyoyev", "Mirziyoyev", "Rustam Emomali", "Emomali Rahmon", "Ван И", "Ли Цян", ""]
    assert len({person_key(each) for each in names}) == len(names)
    assert person_key("…") == ""
