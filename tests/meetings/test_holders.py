"""Office holders: whose somebody is who is named without an office, whatever the script."""

import pytest

from readout.catalog import load_knowledge
from readout.meetings.holders import OfficeHolders

HOLDERS = OfficeHolders.from_mapping(
    {"famous": {"RU": ["Sergey Lavrov"]}, "known": {"KG": ["Sadyr Japarov"], "KZ": ["Daniyar Akhmetov"]}}
)


@pytest.mark.parametrize(
    ("name", "state"),
    [
        ("Sergei Lavrov", "RU"),
        ("Сергея Лаврова", "RU"),
        ("Lavrov", "RU"),
        ("Садыр Жапаров", "KG"),
        ("Sadır Caparov", "KG"),
        ("Japarov", None),
        ("Akylbek Japarov", None),
        ("Igor Lavrov", None),
        ("Sadyr", None),
        ("", None),
        ("…", None),
    ],
)
def test_whose_an_office_holder_is(name, state):
    assert HOLDERS.state_of(name) == state


def test_a_name_shared_by_two_states_tells_nothing():
    holders = OfficeHolders.from_mapping({"known": {"KZ": ["Ivan Petrov"], "BY": ["Ivan Petrov "]}})
    assert holders.state_of("Ivan Petrov") is None


@pytest.mark.parametrize("data", [{"knwon": {}}, {"known": {"KZ": ["Tokayev"]}}])
def test_a_faulty_file_is_told(data):
    with pytest.raises(ValueError, match=r"knwon|Tokayev"):
        OfficeHolders.from_mapping(data)


@pytest.mark.parametrize(
    ("name", "state"),
    [("Касым-Жомарт Токаев", "KZ"), ("Նիկոլ Փաշինյան", "AM"), ("Erdoğan", "TR"), ("Си Цзиньпин", "CN")],
)
def test_shipped_holders_are_found_in_other_scripts(name, state):
    assert load_knowledge().holders.state_of(name) == state
