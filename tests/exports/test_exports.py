"""What leaves the store: rows, and the formats that carry them safely."""

import csv
import io
import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from readout.articles.clean import harmless
from readout.exports import Format, Kind, write_rows
from readout.exports.csv import csv_parts
from readout.exports.jsonl import json_text, jsonl_parts, write_line
from readout.exports.rows import article_rows, meeting_rows, report_rows
from readout.intake import Intake
from readout.storage.database import Database, open_database
from tests.reported import DAY, NOW, OTHER_TEXT, TEXT, reading, report
from tests.store import store_url


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    """Two meetings, of which one page tells both, a reprint of it, and a page that tells of none."""
    opened = open_database(store_url(tmp_path), create=True)
    intake = Intake(opened, max_age=None)
    session = report("sorb", session=55, days=DAY, city="Astana", country="KZ", people=("A", "B"), topics=("energy",))
    session = replace(session, subjects=report(subjects=("water",)).subjects)
    other = report("intel", session=21, name="Conference")
    rows = [("r1", TEXT, (session, other)), ("r2", TEXT, (session, other)), ("r3", OTHER_TEXT, ())]
    for key, text, told in rows:
        read = reading(text, *told, credit="tass" if key == "r2" else None)
        intake.take_row(key, f"https://x.example/{key}", None, read, now=NOW, alert=False)
    yield opened
    opened.close()


def test_a_page_of_several_meetings_stands_under_each(database):
    rows = list(meeting_rows(database))
    assert [(row["id"], [each["id"] for each in row["reports"]]) for row in rows] == [
        (1, ["r1", "r2"]),
        (2, ["r1", "r2"]),
    ]
    assert rows[0]["reports"][1] == {
        "id": "r2",
        "url": "https://x.example/r2",
        "source": None,
        "title": "Title",
        "published": "2024-10-04T12:00:00+00:00",
        "first_seen": "2024-10-04T12:00:00+00:00",
        "language": "en",
        "duplicate_of": "r1",
        "credit": "tass",
        "gone_at": None,
    }
    names = ("status", "body", "session_number", "start_date", "city", "topics", "subjects")
    facts = {name: rows[0][name] for name in names}
    assert facts == {
        "status": "held",
        "body": {"id": "sorb", "name": "sorb"},
        "session_number": 55,
        "start_date": "2024-10-04",
        "city": "Astana",
        "topics": ["energy"],
        "subjects": ["water"],
    }


def test_a_day_alone_is_exported_as_the_day_that_the_page_gave(tmp_path):
    opened = open_database(store_url(tmp_path, "days.db"), create=True)
    told = reading(TEXT, report("sorb", days=DAY), published=NOW.replace(day=3, hour=20), day=DAY)
    Intake(opened, max_age=None).take_row("r1", "https://x.example/r1", None, told, now=NOW, alert=False)
    ((meeting,), (stored,), (article,)) = meeting_rows(opened), report_rows(opened), article_rows(opened)
    opened.close()
    assert {row["published"] for row in (meeting["reports"][0], stored, article)} == {"2024-10-04"}


def test_reports_carry_their_text_and_facts(database):
    rows = list(report_rows(database))
    assert [(row["id"], row["meeting"], row["position"], row["outcome"]) for row in rows] == [
        ("r1", 1, 0, "stored"),
        ("r1", 2, 1, "stored"),
        ("r2", 1, 0, "duplicate"),
        ("r2", 2, 1, "duplicate"),
    ]
    assert (rows[0]["text"], rows[0]["facts"]["evidence"]["city"]["text"]) == (TEXT, "Astana")
    assert [(row["duplicate_of"], row["credit"]) for row in rows] == [(None, None)] * 2 + [("r1", "tass")] * 2


def test_every_article_is_exported_whatever_its_outcome(database):
    rows = [(row["id"], row["url"], row["text"], row["outcome"]) for row in article_rows(database)]
    assert rows == [
        ("r1", "https://x.example/r1", TEXT, "stored"),
        ("r2", "https://x.example/r2", TEXT, "duplicate"),
        ("r3", "https://x.example/r3", OTHER_TEXT, "not_a_report"),
    ]


@pytest.mark.parametrize("kind", Kind)
@pytest.mark.parametrize("form", [form for form in Format if form.is_of_rows])
def test_every_kind_goes_into_every_format(database, kind, form, capsys):
    number = write_rows(database, kind, form)
    written = capsys.readouterr().out
    read = {
        Format.CSV: lambda: list(csv.DictReader(io.StringIO(written))),
        Format.JSONL: lambda: list(map(json.loads, written.splitlines())),
        Format.JSON: lambda: json.loads(written),
    }
    rows = read[form]()
    assert len(rows) == number > 1
    assert rows[0].keys() & {"id", "meeting"}


def as_csv(*rows):
    return list(csv.reader(io.StringIO("".join(csv_parts(rows)), newline="")))


SIGNS = ["=", "+", "-", "@", "＝", "＋", "－", "＠", "﹦", "⁺"]
UNSEEN = [*"\t\r\n \0\xa0\xad", "\u2028", "\u200b", "\ufeff", "\u202e", "\u200e", "\u200d", "\u0301"]


@pytest.mark.parametrize("start", [*SIGNS, *(f"{each}{sign}" for each in UNSEEN for sign in "=＠")], ids=ascii)
def test_no_cell_becomes_a_formula(start):
    cell = f"{start}HYPERLINK(1)"
    row = {"text": cell, "list": [cell, "b"], "body": {"id": cell, "name": cell}, "reports": [{"url": cell}]}
    assert all(each.startswith("'") for each in as_csv(row)[1])


@pytest.mark.parametrize("plain", ["", " ", "x =1", "'=1", "«=»", "1-2", "\tindented", "\u200e"], ids=ascii)
def test_what_no_formula_begins_with_has_nothing_before_it(plain):
    assert as_csv({"text": plain})[1] == [harmless(plain)]


def test_csv_has_one_value_a_column():
    row = {
        "id": 1,
        "body": {"id": "sorb", "name": "Council"},
        "participants": [{"name": "A"}, {"name": "B"}],
        "topics": ["x", "y"],
        "late": False,
        "city": None,
        "score": -1.5,
        "evidence": {"city": 1},
    }
    head, cells = as_csv(row)
    assert dict(zip(head, cells, strict=True)) == {
        "id": "1",
        "body_id": "sorb",
        "body": "Council",
        "participants": "A; B",
        "topics": "x; y",
        "late": "False",
        "city": "",
        "score": "-1.5",
    }


def test_nothing_to_write_is_an_empty_file():
    assert as_csv() == []


def test_a_line_of_json_is_one_line_for_every_reader():
    stream = io.StringIO()
    row = {"text": "a\nb\u2028c\u2029d\x85e", "имя": "ə"}
    write_line(row, stream)
    assert list(jsonl_parts([row])) == [stream.getvalue()]
    assert json.loads(stream.getvalue()) == row
    assert len(stream.getvalue().splitlines()) == 1
    assert "имя" in stream.getvalue()


def test_half_a_surrogate_pair_breaks_no_stream():
    stream = io.TextIOWrapper(io.BytesIO(), encoding="utf-8")
    write_line({"id": "x\ud800"}, stream)
    stream.flush()
    assert stream.buffer.getvalue() == b'{"id": "x\\ud800"}\n'


@pytest.mark.parametrize("encoding", ["ascii", "latin-1"])
def test_a_stream_that_lacks_letters_gets_them_escaped(encoding):
    stream = io.TextIOWrapper(io.BytesIO(), encoding=encoding)
    row = {"имя": "ə é 😀 \u2028"}
    write_line(row, stream)
    stream.flush()
    assert json.loads(stream.buffer.getvalue().decode("ascii")) == row


def test_what_json_does_not_have_is_not_written():
    with pytest.raises(ValueError, match="JSON"):
        json_text(float("nan"))
