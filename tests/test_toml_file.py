"""The reader of TOML that people write: what it refuses, and that a hostile file does not keep it busy."""

import re
from pathlib import Path

import pytest

from readout.toml_file import LARGEST, LONGEST_LINE, beginning, parse_toml, read_toml

TOO_DEEP = "not valid TOML: lists or tables within each other without end"


@pytest.mark.parametrize(
    ("data", "said"),
    [
        ("x = 1\nx = 2\n", "not valid TOML: Cannot overwrite a value (at line 2, "),
        (b"x = 1\ny = '\xff'", "not text in UTF-8 (at line 2): save it as UTF-8"),
        ("port = " + "9" * 5000, "not valid TOML: a number with thousands of digits"),
        ("x = " + "[" * 5000, TOO_DEEP),
        ("x = " + "[\n" * 200_000, TOO_DEEP),
        ("x = " + "{a=" * 3000 + "1" + "}" * 3000, TOO_DEEP),
        ("\n" * (LARGEST + 1), "larger than 1 MiB: split it"),
        ("x = 1\n# " + "x" * LONGEST_LINE, "a line of more than 20,000 characters (at line 2): break it"),
        ("x = 1\n" + "a." * 4000 + "a = 1", "a key of more than 8 parts (at line 2)"),
        ("[" + "a." * 4000 + "a]", "a key of more than 8 parts (at line 1)"),
        ("\t[[ " + "a . " * 4000 + "a]]", "a key of more than 8 parts (at line 1)"),
        ('\'a\'\t. "b\\"." .' + "c." * 4000 + "d = 1", "a key of more than 8 parts (at line 1)"),
    ],
    ids=lambda value: ascii(value[:24]),
)
def test_what_cannot_be_read_is_refused_on_one_line(data, said):
    with pytest.raises(ValueError, match=f"^{re.escape(said)}") as caught:
        parse_toml(data if isinstance(data, bytes) else data.encode())
    assert str(caught.value).isprintable()


@pytest.mark.parametrize(
    ("data", "values"),
    [
        (b"", {}),
        (b"\xef\xbb\xbfx = 1\r\n", {"x": 1}),
        (b"a.b.c.d.e.f.g.h = 1", {"a": {"b": {"c": {"d": {"e": {"f": {"g": {"h": 1}}}}}}}}),
        (b'x = "1.2.3.4.5.6.7.8.9.10.11.12"', {"x": "1.2.3.4.5.6.7.8.9.10.11.12"}),
        (b"# 1.2.3.4.5.6.7.8.9.10.11.12\n", {}),
    ],
)
def test_what_people_write_is_read(data, values):
    assert parse_toml(data) == values


@pytest.mark.parametrize("line", ['"' + '\\"' * 9000, "'" * 19_000, "\"'" * 9000, "a" * 19_000, " " * 19_000 + "a"])
def test_long_keys_are_looked_for_without_going_back(line):
    """Were these gone through again from each place in them, this would take minutes."""
    with pytest.raises(ValueError, match="not valid TOML"):
        parse_toml("\n".join([line] * 50).encode())


def test_no_more_of_a_file_is_read_than_it_takes_to_see_that_it_is_too_large():
    with pytest.raises(ValueError, match="larger than 1 MiB"), Path("/dev/zero").open("rb") as endless:
        parse_toml(beginning(endless))


def test_a_file_that_is_not_there_is_the_callers_to_tell(tmp_path):
    with pytest.raises(FileNotFoundError):
        read_toml(tmp_path / "none.toml")
