"""Everybody whom several tellings name, once."""

from hypothesis import given
from hypothesis import strategies as st

from readout.meetings import roll as rolls
from readout.meetings.person import same_person
from readout.meetings.roll import Roll

WORDS = (
    "Али",
    "Ali",
    "Əli",
    "Нагиев",
    "Nagiyev",
    "Nağıyev",
    "Вусал",
    "Vusal",
    "A.",
    "Yi",
    "王毅",
    "Wang",
    "Ивановым",
    "Ivanov",
)
names = st.lists(st.sampled_from(WORDS), min_size=1, max_size=3).map(" ".join)


def test_a_person_has_one_number_in_every_script():
    roll = Roll()
    assert [roll.number(name) for name in ("Ali Naghiyev", "Ермек Сагимбаев", "Əli Nağıyev", "Sagimbayev")] == [
        0,
        1,
        0,
        1,
    ]


def test_of_two_of_one_surname_the_one_with_all_words_is_meant():
    roll = Roll()
    for name in ("Nagiyev", "Ali Nagiyev"):
        roll.enter(name)
    assert (roll.find("Али Нагиев"), roll.find("Нагиев")) == (1, 0)


def test_a_renamed_person_is_known_by_both_names_and_compared_by_the_new_one():
    roll = Roll()
    at = roll.number("Nagiyev")
    roll.rename(at, "Ali Nagiyev")
    assert roll.find("Nagiyev") == roll.find("Али Нагиев") == at
    assert roll.find("Vusal Nagiyev") is None


@given(st.lists(names, max_size=6), names)
def test_whoever_can_be_meant_is_found(entered, name):
    roll = Roll()
    for each in entered:
        roll.enter(each)
    found = roll.find(name)
    assert (found is not None) == any(same_person(each, name) for each in entered)
    assert found is None or same_person(entered[found], name)


def test_a_name_is_compared_with_those_alone_that_share_a_word(monkeypatch):
    compared = []
    monkeypatch.setattr(rolls, "same_person", lambda one, other: compared.append(one) or same_person(one, other))
    roll = Roll()
    for consonants in ("bdr", "kmz", "lpt", "rvn", "tmr", "zgl"):
        roll.enter(f"{consonants[0]}a{consonants[1]}o{consonants[2]}ev".title())
    roll.enter("Ali Naghiyev")
    assert roll.find("Али Нагиев") == 6
    assert compared == ["Ali Naghiyev"]
