"""Watches on the command line: made, listed, tried, taken away, and refused with all that is wrong."""

import json
from datetime import UTC, datetime

import pytest

from readout.owing import owe
from readout.storage.database import open_database
from readout.watches.query import parse
from readout.watching import Filter
from tests.cli.test_refusals import run
from tests.store import store_section, store_url
from tests.telling import meeting, store

TO = ("--to", "a@example.org")


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "readout.toml").write_text(store_section(tmp_path, "var/readout.db"), encoding="utf-8")
    return tmp_path


def listed():
    return {row.pop("name"): row for row in json.loads(run("--json", "watch", "list"))}


def fill(folder, *stored):
    database = open_database(store_url(folder, "var/readout.db"), create=True)
    with database.write() as connection:
        for each in stored:
            store(connection, each)
    database.close()


# --- made ---------------------------------------------------------------------------------------------------------


def test_a_query_is_typed_term_by_term_or_in_one_piece(folder):
    run("watch", "add", "terms", "body:cis-sorb", "-status:planned", "--to", "a@example.org", "free words", "drugs")
    run("watch", "add", "one", *TO, 'body:cis-sorb -status:planned "free words" drugs')
    assert listed()["terms"]["query"] == listed()["one"]["query"] == 'body:cis-sorb -status:planned "free words" drugs'


def test_filters_are_further_terms_of_the_query():
    filters = (
        "--country",
        "az",
        "--country",
        "KZ",
        "--topic",
        "climate",
        "--person",
        "Ali Nagiyev",
        "--language",
        "ru",
    )
    run("watch", "add", "w", "-status:planned", *TO, "--body", "cis-sorb", *filters, "--words", "security council")
    asked = parse(listed()["w"]["query"]).terms
    filters = [Filter.STATUS, Filter.BODY, Filter.COUNTRY, Filter.TOPIC, Filter.PERSON, Filter.WORDS, Filter.LANGUAGE]
    assert {term.filter: term.is_not for term in asked} == {each: each is Filter.STATUS for each in filters}
    assert [term.values for term in asked if term.filter is Filter.COUNTRY] == [("AZ", "KZ")]


def test_all_of_how_it_is_told_is_said_and_listed():
    told = ("--digest", "weekly", "--at", "7:30", "--on", "Friday", "--heartbeat", "--tz", "Asia/Baku")
    said = run("watch", "add", "w", *TO, *told, "--quiet", "22:00-07:00", "--alert-language", "az", "--updates")
    assert "weekly on Friday at 07:30, also when there is nothing, not 22:00-07:00 (Asia/Baku), in az" in said
    row = listed()["w"]
    assert row.pop("since")
    assert row == {
        "query": "",
        "channel": "email",
        "to": ["a@example.org"],
        "digest": "weekly",
        "at": "07:30",
        "on": "friday",
        "heartbeat": True,
        "tz": "Asia/Baku",
        "quiet": "22:00-07:00",
        "language": "az",
        "updates": True,
    }


def test_by_default_it_is_told_of_everything_at_once():
    assert "every meeting; at once" in run("watch", "add", "w", *TO, "--at-once", "--no-updates")
    row = listed()["w"]
    assert (row["digest"], row["at"], row["on"], row["quiet"], row["updates"]) == (None, None, None, None, False)
    assert "every meeting" in run("watch", "list")


def test_a_digest_leaves_at_eight_and_a_weekly_one_on_monday():
    run("watch", "add", "daily", *TO, "--digest", "daily")
    run("watch", "add", "weekly", *TO, "--digest", "weekly")
    rows = listed()
    assert [(rows[name]["at"], rows[name]["on"]) for name in ("daily", "weekly")] == [
        ("08:00", None),
        ("08:00", "monday"),
    ]


# --- refused ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (("--at", "08:00"), "--at 08:00: only a digest has it"),
        (("--on", "monday"), "--on monday: only a digest has it"),
        (("--heartbeat",), "--heartbeat: only a digest has it"),
        (("--digest", "daily", "--on", "monday"), "--on monday: a daily digest has no weekday"),
        (("--digest", "daily", "--at-once"), "--at-once: a digest is asked for too"),
        (("--digest", "hourly", "--at", "08:00"), "--digest hourly: must be one of daily, weekly"),
        (("--digest", "weekly", "--on", "someday"), "--on someday: must be one of monday, tuesday"),
        (("--digest", "weekly", "--on", "fri"), "--on fri: must be one of "),
        (("--digest", "weekly", "--on", "fri"), "did you mean friday?"),
        (("--digest", "daily", "--at", "24:00"), "--at 24:00: a time of day belongs here"),
        (("--digest", "daily", "--at", "٠٨:٠٠"), "a time of day belongs here"),
        (("--digest", "daily", "--at", "8"), "--at 8: a time of day belongs here"),
        (("--quiet", "07:00-7:00"), "--quiet 07:00-7:00: these hours end when they begin"),
        (("--quiet", "22:00"), "--quiet 22:00: hours of the day belong here"),
        (("--quiet", "22:00-25:00"), "hours of the day belong here"),
        (("--tz", "Baku"), "did you mean Asia/Baku"),
        (("--tz", "../etc/passwd"), "a time zone of the IANA list belongs here"),
        (("--tz", ""), "a time zone of the IANA list belongs here"),
        (("--alert-language", "fr"), "--alert-language fr: alerts are not written in it yet; they are in az, en, ru"),
        (("--channel", "fax"), "--channel fax: not known; known are "),
        (("--to", "b@example.org\r\nBcc: c@example.org"), "--to b@example.org Bcc: c@example.org: "),
        (("--quite", "22:00-07:00"), "--quite: no such option; did you mean --quiet?"),
        (("bdy:x",), "bdy: no such filter"),
        (("--body", "cis-sorp"), "did you mean cis-sorb"),
    ],
)
def test_what_cannot_be_meant_is_refused(folder, options, said):
    assert said in run("watch", "add", "w", *TO, *options, code=2)
    assert not (folder / "var").exists()


def test_all_that_is_wrong_is_told_at_once():
    said = run(
        *(
            "watch",
            "add",
            " ",
            "-status:plan",
            "--to",
            "nobody",
            "--body",
            "cis-sorp",
            "--digest",
            "daily",
            "--at-once",
        ),
        *("--on", "friday", "--at", "noon", "--tz", "Mars", "--quiet", "1:00-1:00", "--alert-language", "xx"),
        code=2,
    )
    for wanted in ("status:plan", "cis-sorp", "--at-once", "NAME: ", "--to nobody: ", "--on friday: ", "--at noon: "):
        assert wanted in said
    for wanted in ("--tz Mars: ", "--quiet 1:00-1:00: ", "--alert-language xx: "):
        assert wanted in said


def test_a_fault_of_the_query_is_pointed_at():
    lines = run("watch", "add", "w", "body:cis-sorb", "statsu:held", *TO, code=2).splitlines()
    assert lines[1:] == ["  body:cis-sorb statsu:held", "                ^^^^^^"]


# --- tried --------------------------------------------------------------------------------------------------------


def test_a_watch_is_tried_on_what_is_stored(folder):
    fill(folder, meeting(), meeting(late=True))
    run("watch", "add", "chiefs", "body:cis-sorb", *TO)
    run("watch", "add", "daily", *TO, "--digest", "daily")
    run("watch", "add", "energy", "topic:energy", *TO)
    rows = json.loads(run("--json", "watch", "test", "chiefs"))
    assert [(row["meeting"], row["told"], row["note"]) for row in rows] == [
        (2, "at once", "was stored without telling anybody"),
        (1, "at once", None),
    ]
    assert set(rows[0]["matched"]) == {"body"}
    rows = json.loads(run("--json", "watch", "test", "daily"))
    assert [(row["meeting"], row["told"]) for row in rows] == [(2, "in the daily digest"), (1, "in the daily digest")]
    shown = run("watch", "test", "chiefs")
    assert "body: Council" in " ".join(shown.split())
    assert "was stored without" in " ".join(shown.split())
    assert "none of the stored meetings" in run("watch", "test", "energy")


def test_what_came_late_and_was_told_in_a_digest_is_not_said_to_be_untold(folder):
    run("watch", "add", "daily", *TO, "--digest", "daily")
    database = open_database(store_url(folder, "var/readout.db"), create=False)
    with database.write() as connection:
        told = store(connection, meeting(late=True, first_seen=datetime.now(UTC)))
        assert owe(connection, told, told.tellings[0], now=datetime.now(UTC)) == 1
    database.close()
    (row,) = json.loads(run("--json", "watch", "test", "--query", ""))
    assert (row["told"], row["note"]) == ("at once", None)


def test_a_query_is_tried_before_there_is_a_watch(folder):
    fill(folder, meeting())
    (row,) = json.loads(run("--json", "watch", "test", "--query", "body:cis-sorb session:50..55"))
    assert (row["meeting"], row["told"]) == (1, "at once")
    assert json.loads(run("--json", "watch", "test", "--query", "session:56..")) == []
    assert "everything" in run("watch", "test", "--query", "")
    assert "no such filter" in run("watch", "test", "--query", "bdy:x", code=2)
    assert listed() == {}


@pytest.mark.parametrize("asked", [(), ("w", "--query", "x")])
def test_one_thing_is_tried_at_a_time(asked):
    assert "NAME of a watch or a --query" in run("watch", "test", *asked, code=2)


# --- taken away ---------------------------------------------------------------------------------------------------


def test_a_recipient_is_taken_out_and_with_the_last_the_watch_goes():
    run("watch", "add", "w", *TO, "--to", "b@example.org")
    assert "“w” is stopped for A@example.org" in run("watch", "remove", "w", "--to", "A@example.org")
    assert listed()["w"]["to"] == ["b@example.org"]
    said = run("watch", "remove", "w", "--to", "a@example.org", code=2)
    assert "“w” does not tell a@example.org; it tells b@example.org" in said
    assert run("watch", "remove", "w", "--to", "b@example.org").strip() == "“w” is stopped"
    assert listed() == {}
    assert "there is no watch “w”" in run("watch", "remove", "w", "--to", "b@example.org", code=2)
