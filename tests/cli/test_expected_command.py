"""`readout expected`, and the QUERY that commands about meetings share, as a person runs them."""

import contextlib
import csv
import io
import json
import sys
from datetime import UTC, datetime, timedelta

import pytest

from readout.cli import main
from readout.model import Status
from readout.storage.database import open_database
from tests.reported import report
from tests.store import store_section, store_url
from tests.telling import meeting, store, telling

NOW = datetime(2024, 10, 20, 12, tzinfo=UTC)
TODAY = NOW.date()
DAY = timedelta(days=1)
BODY = "CIS Council of Heads of Security Agencies and Special Services"
HOSTILE = "\x1b]0;owned\x07Council\u202e"


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """An installation that knows one source, in a terminal of 80 columns, on one day."""
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "courier.toml").write_text(
        '[[source]]\nid = "courier"\nname = "Courier"\nkind = "newspaper"\ncountry = "KZ"\nlanguages = ["en"]\n'
        'timezone = "Asia/Almaty"\nhome = "https://courier.example/"\narticle = "news"\n'
        'discover = [{ type = "listing", url = "https://courier.example/" }]\n'
    )
    (tmp_path / "readout.toml").write_text(f'sources = ["mine"]\n{store_section(tmp_path, "var/readout.db")}')
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "80")
    monkeypatch.setattr("readout.cli.expected.now", lambda: NOW)
    return tmp_path


@pytest.fixture
def kept(folder):
    """A body that lacks its 54th session and announced its 56th, and a body with a hostile name that announced one."""
    database = open_database(store_url(folder, "var/readout.db"), create=True)
    sessions = [(number, TODAY - years * 365 * DAY) for number, years in ((51, 5), (52, 4), (53, 3), (55, 1))]
    planned = {"status": Status.PLANNED, "city": "Dushanbe", "country": "TJ"}
    told = [
        *(report(session=number, days=day, city="Astana", people=("Ali Naghiyev",)) for number, day in sessions),
        report(session=56, days=TODAY - 40 * DAY, **planned),
        report(None, name=HOSTILE, days=(TODAY + 9 * DAY, TODAY + 10 * DAY), **planned),
    ]
    with database.write() as connection:
        for at, each in enumerate(told, 1):
            store(connection, meeting(telling(at, url=f"https://courier.example/{at}", report=each)))
    database.close()


def run(*arguments, code=0):
    out, err = io.StringIO(newline=""), io.StringIO()
    with pytest.MonkeyPatch.context() as patch, contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        patch.setattr(sys, "argv", ["readout", *arguments])
        assert main() == code, err.getvalue()
    return out.getvalue() + err.getvalue()


def test_people_read_what_is_missing_why_and_where_it_is_told(kept):
    said = run("expected")
    assert (
        said
        == f"""announced
  ]0;ownedCouncil, Dushanbe TJ
    {TODAY + 9 * DAY} to {TODAY + 10 * DAY}
    M6: announced here
    https://courier.example/6

announced, date passed, no report (3 days of grace)
  {BODY}, session 56,
  Dushanbe TJ
    {TODAY - 40 * DAY}, 40 days ago
    M5: announced here
    https://courier.example/5

session numbers not seen
  {BODY}, session 54
    between {TODAY - 1095 * DAY} and {TODAY - 365 * DAY}
    M3: session 53, {TODAY - 1095 * DAY}
    https://courier.example/3
    M4: session 55, {TODAY - 365 * DAY}
    https://courier.example/4
"""
    )


def test_machines_read_the_same(kept):
    coming, overdue, gap = json.loads(run("--json", "expected"))
    assert [each["what"] for each in (coming, overdue, gap)] == ["announced", "overdue", "gap"]
    assert coming["body"] == {"id": None, "name": HOSTILE}
    assert (overdue["meeting"], overdue["days_overdue"], overdue["city"]) == (5, 40, "Dushanbe")
    assert gap["body"] == {"id": "cis-sorb", "name": BODY}
    assert (gap["first_number"], gap["last_number"], gap["meeting"], gap["days_overdue"]) == (54, 54, None, None)
    assert [(each["meeting"], each["url"]) for each in gap["reasons"]] == [
        (3, "https://courier.example/3"),
        (4, "https://courier.example/4"),
    ]


def test_a_body_and_a_last_day_choose(kept):
    assert len(json.loads(run("--json", "expected", "--body", "cis-sorb"))) == 2
    until = str(TODAY + 8 * DAY)
    assert [each["what"] for each in json.loads(run("--json", "expected", "--until", until))] == ["overdue", "gap"]
    assert [each["what"] for each in json.loads(run("--json", "expected", "--all"))] == ["announced", "overdue", "gap"]


def test_a_day_just_over_is_still_waited_for(folder):
    database = open_database(store_url(folder, "var/readout.db"), create=True)
    with database.write() as connection:
        store(connection, meeting(telling(report=report(days=TODAY - 2 * DAY, status=Status.PLANNED))))
    database.close()
    assert f"{TODAY - 2 * DAY}, reports may still come" in run("expected")


def test_an_empty_store_misses_nothing(folder):
    assert "nothing is missing" in run("expected")
    assert json.loads(run("--json", "expected")) == []


# --- QUERY --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("arguments", "advice"),
    [
        (("--body", "sorb"), "body:sorb: not known; did you mean cis-sorb (CIS Council"),
        (("--body", "cis-sorp"), "did you mean cis-sorb (CIS Council"),
        (("--body", "xyzzy"), "body:xyzzy: not known; known are "),
        (("--country", "kazakstan"), "did you mean KZ (Kazakhstan)"),
        (("--country", "zz"), "country:zz: not known; known are AD, "),
        (("sesion:5", "-status:planned"), "\n  sesion:5 -status:planned\n  ^^^^^^\n"),
        (("-status:planed",), "\n  -status:planed\n          ^^^^^^\n"),
        (("city:Almatty",), "did you mean Almaty?"),
        (("topic:x", "--boddy", "y"), "--boddy: no such option; did you mean --body?"),
        (("--since", "2025-01-02", "--until", "2025-01-01"), "2025-01-02..2025-01-01 runs backwards"),
        (("--source", "courrier"), "source:courrier: not known; did you mean courier (Courier)?"),
    ],
)
@pytest.mark.parametrize("command", [("meetings",), ("export", "attendance")])
def test_an_id_that_nothing_has_is_refused_with_those_near_it(folder, command, arguments, advice):
    assert advice in run(*command, *arguments, code=2)


def test_all_unknown_ids_are_told_at_once(folder):
    said = run("meetings", "--body", "sorb", "--body", "xyzzy", "--country", "ZZ", "--source", "x", code=2)
    assert all(f"{each}: not known" in said for each in ("body:sorb", "body:xyzzy", "country:ZZ", "source:x"))
    assert "body:sorb: not known" in run("expected", "--body", "sorb", code=2)
    assert "did you mean terrorism" in run("watch", "add", "x", "--to", "a@b.example", "--topic", "terorism", code=2)


def test_known_ids_find_their_meetings(kept):
    assert len(json.loads(run("--json", "meetings", "--body", "cis-sorb", "--country", "tj"))) == 1
    assert json.loads(run("--json", "meetings", "--source", "courier")) == []


@pytest.mark.parametrize(
    ("arguments", "count"),
    [
        (("body:cis-sorb country:TJ",), 1),
        (("body:cis-sorb", "country:tj"), 1),
        (("body:cis-sorb", "--country", "tj", "-status:held"), 1),
        (("--", "-body:cis-sorb", "country:tj"), 1),
        (("-country:tj", "--limit", "2"), 2),
        (("person:Ali Naghiyev", "body:cis-sorb", "session:51..52"), 2),
        (("person:Ali Nobody", "body:cis-sorb"), 0),
        (('person:"Ali Naghiyev"',), 4),
    ],
)
def test_arguments_and_options_are_terms_of_one_query(kept, arguments, count):
    assert len(json.loads(run("--json", "meetings", *arguments))) == count
    assert len(json.loads(run("export", "meetings", "--format", "json", *arguments))) == count


def test_a_query_chooses_what_is_exported(kept):
    since = str(TODAY - 400 * DAY)
    (row,) = csv.DictReader(io.StringIO(run("export", "attendance", "--format", "csv", "--since", since)))
    assert (row["meeting"], row["person"], row["first_report"]) == ("4", "Ali Naghiyev", "https://courier.example/4")
    assert [each["id"] for each in json.loads(run("export", "meetings", "--format", "json", "--since", since))] == [
        4,
        5,
        6,
    ]
    assert len(run("export", "reports").splitlines()) == 6


@pytest.mark.parametrize("kind", ["reports", "articles"])
def test_what_takes_no_query_refuses_one(kept, kind):
    assert f"export {kind} writes all of them" in run("export", kind, "--body", "cis-sorb", code=2)
