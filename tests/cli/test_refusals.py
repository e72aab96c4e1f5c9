"""What goes wrong is said, with an exit code that says so too, and leaves nothing half done."""

import contextlib
import io
import json
import socket
import sys
from pathlib import Path

import pytest

from readout.cli import _say, main
from readout.error import ReadoutError
from readout.numbering import stored_number
from tests.channels.smtp_faults import ScriptedServer
from tests.store import store_section, store_url

HUGE = "99999999999999999999"
SOURCE = """[[source]]
id = "courier"
name = "Courier"
kind = "newspaper"
country = "KZ"
languages = ["en"]
timezone = "Asia/Almaty"
home = "https://courier.example/"
article = 'news'
enabled = false
discover = [{ type = "listing", url = "https://courier.example/" }]
"""
REPORT = {
    "id": "row-1",
    "url": "https://elsewhere.example/1",
    "title": "Council of Heads of Security Agencies meets in Dushanbe",
    "published": "2025-05-17",
    "text": "The 56th session of the CIS Council of Heads of Security Agencies and Special Services was held "
    "in Dushanbe on May 16. The participants discussed the fight against terrorism.",
}


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """A configuration whose mail server does not answer, and one source that nothing is asked of."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "courier.toml").write_text(SOURCE, encoding="utf-8")
    (tmp_path / "readout.toml").write_text(
        f'sources = ["mine"]\n[mail]\nhost = "127.0.0.1"\nport = {closed_port()}\n'
        + store_section(tmp_path, "var/readout.db"),
        encoding="utf-8",
    )
    return tmp_path


def closed_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


def run(*arguments: str, code: int | None = 0, stdin: str = "") -> str:
    """All that a command says; it ends with `code`, or as it will where that is None."""
    told, out = io.StringIO(newline=""), io.TextIOWrapper(io.BytesIO(), encoding="utf-8", newline="")
    with (
        pytest.MonkeyPatch.context() as patch,
        contextlib.redirect_stdout(out),
        contextlib.redirect_stderr(told),
    ):
        patch.setattr(sys, "argv", ["readout", *arguments])
        patch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(stdin.encode()), encoding="utf-8"))
        got = main()
    out.flush()
    said = out.buffer.getvalue().decode("utf-8") + told.getvalue()
    assert code in (None, got), said
    return said


def rows(path: Path, *lines: dict | bytes) -> str:
    path.write_bytes(
        b"".join((each if isinstance(each, bytes) else json.dumps(each).encode()) + b"\n" for each in lines)
    )
    return str(path)


# --- mail that does not leave -------------------------------------------------------------------------------------


def test_mail_that_does_not_leave_is_no_success(folder):
    run("watch", "add", "all", "--to", "a@example.org")
    assert "nothing to look at" in run("health")
    said = run("import", "--alert", rows(folder / "rows.jsonl", REPORT), code=1)
    assert "1 retried" in said
    assert "Connection refused" in said
    health = run("health", code=1)
    assert "1 alerts refused so far, owed since " in health
    assert "Connection refused" in health
    run("alerts", "retry", "all")
    assert "Connection refused" in run("alerts", "send", code=1)
    run("alerts", "retry", "all")
    assert "Connection refused" in run("crawl", code=1)
    assert "nothing was due" in run("alerts", "send")


# --- words from outside -----------------------------------------------------------------------------------------------

HOSTILE = "\x1b]0;owned\x07\x1b[31mred\x9b2J\u202e"
OBEYED = {"\x1b", "\x07", "\x9b", "\u202e"}


@pytest.mark.parametrize(("answer", "code"), [("250 ok", 0), ("550 no", 1)])
def test_what_a_mail_server_answers_does_not_act_on_the_terminal(tmp_path, monkeypatch, answer, code):
    monkeypatch.chdir(tmp_path)
    with ScriptedServer({"message": f"{answer} {HOSTILE}"}) as server:
        monkeypatch.setenv("READOUT_MAIL__HOST", "127.0.0.1")
        monkeypatch.setenv("READOUT_MAIL__PORT", str(server.port))
        begun = run("init", "--to", "you@example.org", "--contact", "you@example.org", code=code)
        tested = run("alerts", "test", "you@example.org", code=code)
    for said in (begun, tested):
        assert "[31mred" in said
        assert not OBEYED & set(said)


@pytest.mark.parametrize("name", ["readout.toml", "mine/courier.toml"])
def test_keys_of_a_file_do_not_act_on_the_terminal_nor_begin_a_line(folder, name):
    with (folder / name).open("a", encoding="utf-8") as file:
        file.write(r'"\u001b[31mred\u009b2J\nreadout: all is well\u202e" = 1')
    (said,) = run("source", "list", code=2).splitlines()
    assert "[31mred2J readout: all is well: no such setting" in said
    assert not OBEYED & set(said)


def test_whatever_an_error_holds_is_told_in_its_lines_and_columns(capsys):
    assert _say(ReadoutError(f"a{HOSTILE}\u2028b\r\n  c   d\n      ^"), 1) == 1
    said = capsys.readouterr().err
    assert not OBEYED & set(said)
    assert said.split("\n")[1:] == ["  c   d", "      ^", ""]


# --- rows ---------------------------------------------------------------------------------------------------------


def test_a_row_with_an_impossible_name_stops_neither_reading_nor_importing(folder):
    path = rows(folder / "rows.jsonl", REPORT | {"id": "x\ud800"}, REPORT | {"url": "https://x.example/\x00"}, REPORT)
    said = run("read", "--jsonl", path, code=1).splitlines()
    told = [json.loads(line) for line in said]
    assert [row["id"] for row in told] == ["x\ud800", "row-1", "row-1"]
    assert [row.get("error", "").partition(":")[0] for row in told] == ["id", "url", ""]
    said = run("import", path, code=1)
    assert "rows.jsonl:1: id: " in said
    assert "rows.jsonl:2: url: " in said
    assert "2 failed, 1 stored" in said


def test_what_is_no_json_is_answered_in_valid_json(folder):
    path = rows(folder / "rows.jsonl", b'{"id": NaN, "text": "x"}', b'{"id": "a", "text": "x", "n": Infinity}', REPORT)
    told = [json.loads(line, parse_constant=pytest.fail) for line in run("read", "--jsonl", path, code=1).splitlines()]
    assert [(row["id"], "error" in row) for row in told] == [(None, True), ("a", True), ("row-1", False)]


def test_an_endless_line_is_refused_and_the_next_one_read(folder, monkeypatch):
    from readout.reading import row

    monkeypatch.setattr(row, "LONGEST_LINE", 1000)
    path = rows(folder / "rows.jsonl", b"x" * 5000, REPORT)
    told = [json.loads(line) for line in run("read", "--jsonl", path, code=1).splitlines()]
    assert [row["id"] for row in told] == [None, "row-1"]


# --- numbers ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "number"),
    [("12", 12), ("M12", 12), ("m12", 12), (HUGE, None), ("9" * 5000, None), ("-1", None), ("²", None), ("", None)],
)
def test_a_number_as_people_write_it(text, number):
    assert stored_number(text, prefix="M") == number


@pytest.mark.parametrize("number", [HUGE, "9" * 5000, "x"])
def test_a_number_that_nothing_has_is_told_plainly(folder, number):
    assert "there is no alert" in run("alerts", "show", number, code=2)
    assert "or all" in run("alerts", "retry", number, code=2)
    assert "there is no meeting" in run("show", number, code=2)
    assert "--limit" in run("alerts", "list", "--limit", number, code=2)
    assert "--limit" in run("meetings", "--limit", number, code=2)


# --- the first steps ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("contact", ["a\nb", "a\x7fb", "a\x00b"])
def test_init_checks_everything_before_it_writes_anything(tmp_path, monkeypatch, contact):
    monkeypatch.chdir(tmp_path)
    said = run("init", "--to", "not an address", "--contact", contact, code=2)
    assert "--to not an address: " in said
    assert "crawl.contact: must be one line" in said
    assert list(tmp_path.iterdir()) == []


def test_init_leaves_nothing_when_its_watch_cannot_be_made(folder, monkeypatch):
    run("watch", "add", "everything", "--to", "a@example.org")
    (folder / "readout.toml").unlink()
    monkeypatch.setenv("READOUT_DATABASE__URL", store_url(folder, "var/readout.db"))
    assert "already" in run("init", "--to", "a@example.org", code=1)
    assert not (folder / "readout.toml").exists()


def test_init_writes_where_the_environment_says(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("READOUT_CONFIG", str(tmp_path / "etc" / "mine.toml"))
    run("init", "--contact", 'Ольга "desk" \\ <desk@example.org>')
    assert (tmp_path / "etc" / "mine.toml").is_file()
    assert not (tmp_path / "readout.toml").exists()
    assert "is there already" in run("init", code=2)


# --- faults -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "command",
    [
        ("crawl",),
        ("run",),
        ("health",),
        ("alerts", "send"),
        ("import", "x"),
        ("watch", "add", "w", "--to", "a@b.example"),
    ],
)
def test_faults_of_configuration_and_catalogue_come_together(folder, command):
    (folder / "mine" / "bad.toml").write_text(SOURCE.replace("courier", "bad").replace("article", "artikle"))
    (folder / "readout.toml").write_text(
        'sources = ["mine"]\n[mail]\nprot = 1\n[database]\nurl = "postgresql://db/readout"\n'
    )
    said = run(*command, code=2)
    for wanted in ("mail.prot: ", "database.url: ", "bad.toml: source[0].artikle"):
        assert wanted in said
    assert not (folder / "var").exists()


def test_a_watch_that_can_never_match_is_refused_with_all_its_faults(folder):
    filters = ("--words", "", "--person", " ", "--language", "russian", "--country", "ZZ", "--source", "nowhere")
    said = run("watch", "add", "", "--to", "a@example.org", *filters, code=2)
    for wanted in ('words:""', 'person:""', "language:russian", "country:ZZ", "source:nowhere", "no name"):
        assert wanted in said
    assert "language:xx: not known" in run("watch", "add", "x", "--to", "a@example.org", "--language", "xx", code=2)
    assert "no meeting is left beside" in run("meetings", "status:held status:planned", code=2)
    good = (
        "--words",
        "терроризм",
        "--person",
        "Nağıyev",
        "--language",
        "uz-Cyrl",
        "--language",
        "ru",
        "--country",
        "az",
        "--topic",
        "terrorism",
        "--topic",
        "climate",
    )
    run("watch", "add", "good", "--to", "a@example.org", *good)


def test_a_row_of_hostile_markup_costs_its_own_answer_only(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("READOUT_READ__CPU_S", "1")
    attributes = " ".join(f"a{number}=1" for number in range(60_000))
    rows = [
        {"id": "bad", "url": "https://x.example/1", "html": f"<p {attributes}>x</p>"},
        {"id": "good", "url": "https://x.example/2", "text": "Rain fell in the valley."},
    ]
    (tmp_path / "rows.jsonl").write_text("\n".join(map(json.dumps, rows)), encoding="utf-8")
    monkeypatch.setattr(sys, "argv", ["readout", "read", "--jsonl", "rows.jsonl"])
    assert main() == 1
    told = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [row["id"] for row in told] == ["bad", "good"]
    assert "more than 1 s" in told[0]["error"]
    assert told[1]["verdict"] == "not_report"


def test_an_argument_that_is_no_text_is_refused(monkeypatch, capsys):
    monkeypatch.setattr(sys, "argv", ["readout", "why", "https://x.example/\udcff"])
    assert main() == 2
    assert "not text in this terminal" in capsys.readouterr().err
