"""Values as TOML are read as what they were, whatever stands in them, and are fit for a terminal."""

import tomllib

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from readout.exports.toml import toml_table, toml_value

TEXT = st.text(st.characters(exclude_categories=["Cs"]))


@given(st.one_of(TEXT, st.booleans(), st.integers(-(2**63), 2**63 - 1), st.lists(TEXT)))
@example("\x00\t\r\n\x1b\x7f\x85\u2028\u202e\ufeff\U000e0041")
@example("it's \"both\" \\ '''")
@example("\\")
def test_a_value_is_read_as_what_it_was(value):
    text = toml_value(value)
    assert tomllib.loads(f"x = {text}") == {"x": value}
    assert text.isprintable()


@given(st.dictionaries(st.sampled_from(["a", "b-c", "d_e"]), TEXT))
def test_tables_stand_one_below_the_other(row):
    assert tomllib.loads(toml_table("watch", row) + "\n" + toml_table("watch", row)) == {"watch": [row, row]}


def test_a_wide_list_has_a_line_for_each_value():
    readers = [f"reader-{number}@example.org" for number in range(2000)]
    text = toml_table("watch", {"to": readers, "few": ["a", "b"]})
    assert tomllib.loads(text) == {"watch": [{"to": readers, "few": ["a", "b"]}]}
    assert max(map(len, text.split("\n"))) < 80
    assert '\nfew = ["a", "b"]\n' in text


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("plain", '"plain"'),
        ('body:x "free words"', "'body:x \"free words\"'"),
        ('it\'s "both"', '"it\'s \\"both\\""'),
        ("", '""'),
        ([], "[]"),
        (["a", 'b"'], '["a", \'b"\']'),
        (True, "true"),
        ("şəhər ‘Баку’", '"şəhər ‘Баку’"'),
    ],
)
def test_it_reads_well(value, text):
    assert toml_value(value) == text
