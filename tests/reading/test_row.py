"""A line is a row, or it is refused with a reason and the name it goes by."""

import json

import pytest

from readout.reading.row import LONGEST_LINE, RowError, parse_row


def line(**fields) -> bytes:
    return json.dumps({"id": "a", "url": "https://x.example/", "text": "Rain."} | fields).encode()


def refused(data: bytes) -> RowError:
    with pytest.raises(RowError) as caught:
        parse_row(data)
    return caught.value


@pytest.mark.parametrize("field", ["id", "url"])
@pytest.mark.parametrize("bad", ["\ud800", "\x00", "\n", "\x1b", "\x7f", "\x9f"])
def test_what_names_a_row_is_not_cleaned_but_refused(field, bad):
    error = refused(line(**{field: f"x{bad}"}))
    assert str(error).startswith(f"{field}: ")
    assert error.key == (f"x{bad}" if field == "id" else "a")


def test_texts_may_hold_anything():
    row = parse_row(line(title="\ud800", text="\x00", published="\ud800"))
    assert (row.title, row.text) == ("\ud800", "\x00")


@pytest.mark.parametrize(
    ("data", "said", "key"),
    [
        (b'{"id": "a", "text": NaN}', "not JSON: NaN", "a"),
        (b'{"id": "a", "text": "x", "score": -Infinity}', "not JSON: -Infinity", "a"),
        (b'{"id": NaN, "text": "x"}', "", None),
        (b'{"id": {"x": 1}, "text": "x"}', "id: ", None),
        (b'{"id": true, "text": "x"}', "id: ", None),
        (b'{"id": 1e999, "text": "x"}', "id: ", None),
        (b'{"id": "a", "id": "b", "text": "x"}', "id: stands twice", None),
        (b'{"id": "a", "text": "x", "text": "y"}', "text: stands twice", "a"),
        (b"[" * 100_000, "nested too deep", None),
        (b'{"id": ' + b"1" * 5000 + b"}", "a number too long", None),
        (b'"' + b"x" * LONGEST_LINE + b'"', "longer than 64 MiB", None),
        (b"\xff\xfe\xff", "not", None),
    ],
    ids=range(12),
)
def test_what_is_no_row_is_refused_with_a_reason(data, said, key):
    error = refused(data)
    assert said in str(error)
    assert error.key == key


def test_names_that_are_not_ours_may_stand_twice():
    assert parse_row(b'{"id": 7, "text": "x", "tag": {"a": 1, "a": 2}, "tag": 0}').id == "7"
