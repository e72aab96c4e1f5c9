"""Every command as a person runs it: in a process of its own, from a folder of its own."""

import contextlib
import io
import json
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

from readout.cli import main
from readout.demo.server import Answer, SiteServer
from readout.demo.sink import MailSink
from tests.store import is_on_server, store_section

ARTICLE = """<!DOCTYPE html><html lang=en><head><title>Security chiefs meet</title>
<meta property="article:published_time" content="2024-10-04T15:00:00+05:00"></head><body><nav>Home</nav><article>
<h1>Security chiefs of the Commonwealth meet in Astana</h1>
<p>The 55th session of the Council of Heads of Security Agencies and Special Services of the CIS was held in Astana on
October 4. Colonel General Ali Nagiyev, head of the State Security Service of Azerbaijan, took part in the session.</p>
<p>The participants discussed joint work against terrorism, drug trafficking and cybercrime, and agreed on the place of
the next session. President Kassym-Jomart Tokayev received the heads of the delegations before the session opened.</p>
</article></body></html>"""

SPORT = """<!DOCTYPE html><html lang=en><head><title>Derby ends in a draw</title></head><body><article>
<h1>Derby ends in a draw</h1><p>The meeting of the two city clubs ended 1:1 on Sunday. The home side took the lead in
the first half, the visitors levelled ten minutes from time in front of twelve thousand people.</p></article></body>
</html>"""


@pytest.fixture(scope="module")
def desk(tmp_path_factory):
    """A watched site, a mail server, and a folder with the configuration that joins them."""
    folder = tmp_path_factory.mktemp("desk")
    with SiteServer("courier") as web, MailSink() as sink:
        links = "".join(f'<a href="/news/{number}">{number}</a>' for number in (1, 2, 3))
        web.host(
            "courier",
            {
                "/": Answer.of(f"<html><body>{links}</body></html>"),
                "/news/1": Answer.of(ARTICLE),
                "/news/2": Answer.of(SPORT),
                "/robots.txt": Answer.of("User-agent: *\nDisallow: /news/3\n", "text/plain"),
            },
        )
        (folder / "mine").mkdir()
        (folder / "mine" / "courier.toml").write_text(
            '[[source]]\nid = "courier"\nname = "Courier"\nkind = "newspaper"\ncountry = "KZ"\nlanguages = ["en"]\n'
            f'timezone = "Asia/Almaty"\nhome = "{web.url("courier")}"\narticle = \'/news/\\d+$\'\n'
            f'discover = [{{ type = "listing", url = "{web.url("courier")}" }}]\n',
            encoding="utf-8",
        )
        (folder / "readout.toml").write_text(
            f'sources = ["mine"]\n[mail]\nhost = "127.0.0.1"\nport = {sink.port}\n[alerts]\nmax_age_days = 0\n'
            '[crawl]\nallow_networks = ["127.0.0.0/8"]\nper_host_delay = 0\n' + store_section(folder, "var/readout.db"),
            encoding="utf-8",
        )
        yield Desk(folder, web, sink)


class Desk:
    def __init__(self, folder: Path, web: SiteServer, sink: MailSink) -> None:
        self.folder, self.web, self.sink = folder, web, sink

    def run(self, *arguments: str, code: int = 0, stdin: str = "") -> str:
        """What a command prints. Those that bring a reactor of their own run in a process of their own."""
        words = [word for word in arguments if not word.startswith("--")]
        alone = words[0] == "read" or words[:2] == ["source", "check"]
        got, out, err = (self._in_process if alone else self._here)(arguments, stdin)
        assert got == code, (got, out, err)
        assert "Traceback" not in err
        return out if code == 0 else out + err

    def _in_process(self, arguments, stdin):
        command = [sys.executable, "-m", "readout", *arguments]
        done = subprocess.run(command, cwd=self.folder, input=stdin, capture_output=True, text=True, check=False)
        return done.returncode, done.stdout, done.stderr

    def _here(self, arguments, stdin):
        out, err = io.StringIO(newline=""), io.StringIO()
        with (
            pytest.MonkeyPatch.context() as patch,
            contextlib.chdir(self.folder),
            contextlib.redirect_stdout(out),
            contextlib.redirect_stderr(err),
        ):
            patch.setattr(sys, "argv", ["readout", *arguments])
            patch.setattr(sys, "stdin", io.StringIO(stdin))
            code = main()
        return code, out.getvalue(), err.getvalue()

    def ask(self, *arguments: str, code: int = 0):
        return json.loads(self.run("--json", *arguments, code=code))


def test_the_whole_way_from_a_watch_to_the_ledger(desk):
    assert "no watches yet" in desk.run("watch", "list")
    desk.run("watch", "add", "chiefs", "--body", "cis-sorb", "--to", "analyst@example.org")
    assert "courier" in desk.run("crawl", "--dry-run")
    assert desk.web.log() == []
    desk.run("crawl")
    desk.run("crawl")

    (mail,) = desk.sink.received
    assert mail.recipients == ("analyst@example.org",)
    assert "55th session" in mail.subject
    assert "Astana" in mail.subject

    (meeting,) = desk.ask("meetings")
    assert meeting["session_number"] == 55
    assert "Astana" in desk.run("meetings")
    assert "October 4" in desk.run("show", "M1")
    assert [row["title"] for row in meeting["reports"]]

    (alert,) = desk.ask("alerts", "list")
    assert (alert["state"], alert["answer_code"]) == ("accepted", 250)
    assert "accepted" in desk.run("alerts")
    assert "55th session" in desk.run("alerts", "show", str(alert["id"]))
    assert "accepted or withheld" in desk.run("alerts", "retry", str(alert["id"]), code=1)
    assert "0 due now" in desk.run("alerts", "retry", "all")
    desk.run("alerts", "test", "me@example.org")
    assert desk.sink.received[-1].recipients == ("me@example.org",)

    assert "M1" in desk.run("watch", "test", "chiefs")
    assert "is stopped" in desk.run("watch", "remove", "chiefs")
    assert "no watches yet" in desk.run("watch", "list")


def test_why_tells_the_fate_of_each_link(desk):
    desk.run("crawl")
    assert "tells of M1" in desk.run("why", desk.web.url("courier", "/news/1"))
    assert "not_a_report" in desk.run("why", desk.web.url("courier", "/news/2"))
    assert "robots.txt does not allow it" in desk.run("why", desk.web.url("courier", "/news/3"))
    assert "never seen" in desk.run("why", "https://elsewhere.example/", code=2)


def test_sources_are_listed_checked_and_switched(desk):
    (row,) = desk.ask("source", "list")
    assert {"id", "name", "kind", "country", "languages", "enabled", "checked", "state", "why"} <= set(row)
    desk.run("source", "disable", "courier")
    assert desk.ask("source", "list")[0]["state"] == "disabled"
    assert "nothing is due" in desk.run("crawl", "--dry-run")
    desk.run("source", "enable", "courier")
    robots, place, *articles, summary = desk.ask("source", "check", "courier", code=1)
    assert (robots["step"], place["step"], robots["ok"], place["ok"]) == ("robots", "place", True, True)
    assert place["said"] == "3 articles, none of them dated"
    assert {step["name"][-1]: step["ok"] for step in articles} == {"1": True, "2": False, "3": False}
    said = {step["name"][-1]: f"{step['said']} {step['remedy']}" for step in articles}
    assert "no date found" in said["2"]
    assert "robots.txt" in said["3"]
    assert not summary["ok"]
    assert "no source 'none'" in desk.run("source", "check", "none", code=2)


def test_health_is_good_and_says_what_became_of_links(desk):
    desk.run("crawl")
    told = desk.ask("health")
    assert told["ok"]
    assert told["sources"][0]["outcomes"] == {"stored": 1, "not_a_report": 1, "refused": 1}


def test_of_sqlite_is_told_where_it_is_used(desk):
    desk.run("crawl")
    for command in (("health",), ("db", "verify")):
        assert ("SQLite" in desk.run(*command)) is not is_on_server()
        assert (desk.ask(*command)["sqlite"] is None) is is_on_server()


def test_read_reads_a_file_a_url_and_rows(desk, tmp_path):
    (tmp_path / "page.html").write_text(ARTICLE, encoding="utf-8")
    row = desk.ask("read", str(tmp_path / "page.html"), "--url", "https://courier.example/news/1")
    assert row["verdict"] == "report"
    assert row["report"]["session_number"] == 55
    assert "A meeting report" in desk.run("read", desk.web.url("courier", "/news/1"))
    assert "robots.txt" in desk.run("read", desk.web.url("courier", "/news/3"), code=1)
    assert "No such file" in desk.run("read", "none.html", code=1)


def test_a_line_that_cannot_be_read_is_answered_in_its_place(desk):
    good = json.dumps({"id": "a", "url": "https://x.example/", "title": None, "published": None, "text": "Rain."})
    html = json.dumps({"id": "h", "url": "https://x.example/", "html": ARTICLE})
    lines = [good, "{", '{"id": "c"}', "[1]", '{"id": "d", "text": 5}', html]
    told = [json.loads(line) for line in desk.run("read", "--jsonl", "-", code=1, stdin="\n".join(lines)).splitlines()]
    assert [row.get("id") for row in told] == ["a", None, "c", None, "d", "h"]
    assert ["error" in row for row in told] == [False, True, True, True, True, False]
    assert (told[0]["verdict"], told[5]["verdict"]) == ("not_report", "report")


def test_import_keeps_ids_and_is_idempotent(desk, tmp_path):
    row = {
        "id": "row-7",
        "url": "https://elsewhere.example/7",
        "title": "Council of Heads of Security Agencies meets in Dushanbe",
        "published": "2025-05-17",
        "text": "The 56th session of the CIS Council of Heads of Security Agencies and Special Services was held "
        "in Dushanbe on May 16. The participants discussed the fight against terrorism.",
    }
    path = tmp_path / "rows.jsonl"
    path.write_text(json.dumps(row) + "\n", encoding="utf-8")
    desk.run("import", str(path))
    before = desk.run("export", "meetings")
    desk.run("import", str(path))
    assert desk.run("export", "meetings") == before
    found = [json.loads(line) for line in before.splitlines()]
    assert any(report["id"] == "row-7" and report["source"] is None for m in found for report in m["reports"])
    (number,) = (m["id"] for m in found for report in m["reports"] if report["id"] == "row-7")
    assert {r["published"] for m in found for r in m["reports"] if r["id"] == "row-7"} == {"2025-05-17"}
    assert "2025-05-17 00:00" not in desk.run("show", f"M{number}")
    assert "row-7" in desk.run("export", "reports")
    assert desk.run("export", "articles", "--format", "csv").startswith("id,")


def test_a_row_whose_address_no_crawl_would_visit_is_refused_by_its_number(desk, tmp_path):
    urls = {
        "u1": "http://me:s3cret@elsewhere.example/",
        "u2": "http://elsewhere.example:99999/",
        "u3": "ftp://elsewhere.example/",
        "u4": "https://elsewhere.example/a b",
        "u5": None,
    }
    rows = [{"id": key, "url": url, "title": "Wheat", "text": f"Rain fell on {key}."} for key, url in urls.items()]
    path = tmp_path / "addresses.jsonl"
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    said = desk.run("import", str(path), code=1)
    assert said.splitlines()[-4:] == [
        f"{path}:1: url: holds a name or a password",
        f"{path}:2: url: has a port that is none",
        f"{path}:3: url: is not of http or https",
        "3 failed, 2 not_a_report",
    ]
    assert "s3cret" not in said
    told = [json.loads(line) for line in desk.run("export", "articles").splitlines()]
    kept = {row["id"]: row["url"] for row in told if row["id"] in urls}
    assert kept == {"u4": "https://elsewhere.example/a%20b", "u5": ""}


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (("frobnicate",), 2, "No such command"),
        (("crawl", "nowhere"), 2, "no source 'nowhere'"),
        (("show", "M999"), 2, "no meeting"),
        (("show", "x"), 2, "no meeting"),
        (("watch", "test", "none"), 2, "no watch"),
        (("watch", "add", "w", "--to", "nonsense", "--body", "cis-sorp", "--topic", "x"), 2, "--to nonsense"),
        (("alerts", "show", "999"), 2, "no alert"),
        (("alerts", "retry", "some"), 2, "or all"),
        (("--config", "none.toml", "health"), 2, "no such file"),
        (("import", "none.jsonl"), 1, "No such file"),
    ],
)
def test_a_mistake_is_told_plainly(desk, arguments, code, said):
    assert said in desk.run(*arguments, code=code)


def test_every_fault_of_configuration_and_catalogue_is_told_and_nothing_starts(desk, tmp_path):
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "bad.toml").write_text('[[source]]\nid = "x"\nevry = 3\n', encoding="utf-8")
    path = tmp_path / "readout.toml"
    path.write_text('sources = ["mine"]\n', encoding="utf-8")
    said = desk.run("--config", str(path), "crawl", code=2)
    assert "source[0].evry" in said
    assert "source[0].home" in said
    assert not (tmp_path / "var").exists()


def test_init_writes_a_configuration_once(desk, tmp_path):
    path = tmp_path / "readout.toml"
    desk.run("--config", str(path), "init", "--contact", 'desk"@example.org')
    assert "is there already" in desk.run("--config", str(path), "init", code=2)
    desk.run("--config", str(path), "health")


def test_a_second_crawl_is_refused_while_one_runs(desk):
    from readout.storage.lock import data_lock

    with data_lock(desk.folder / "var"):
        assert "in use by another Readout" in desk.run("crawl", "--due", code=3)
    assert desk.run("db", "upgrade").startswith("the database is at")


def test_the_index_of_words_is_made_anew(desk):
    from readout.storage.lock import data_lock

    assert "articles are in the index of words" in desk.run("db", "reindex")
    assert json.loads(desk.run("--json", "db", "reindex"))["articles"] >= 0
    with data_lock(desk.folder / "var"):
        assert "in use by another Readout" in desk.run("db", "reindex", code=3)


def test_commands_that_read_leave_nothing_behind(desk, tmp_path):
    path = tmp_path / "readout.toml"
    path.write_text("", encoding="utf-8")
    for command in (
        ("meetings",),
        ("alerts",),
        ("watch", "list"),
        ("source", "list"),
        ("health",),
        ("export", "reports"),
    ):
        desk.run("--config", str(path), *command)
    assert [entry.name for entry in tmp_path.iterdir()] == ["readout.toml"]


def test_a_database_of_another_version_is_refused_as_wrong_usage(desk, tmp_path):
    path = tmp_path / "readout.toml"
    path.write_text("", encoding="utf-8")
    desk.run("--config", str(path), "watch", "add", "all", "--to", "a@example.org")
    with sqlite3.connect(tmp_path / "var" / "readout.db") as connection:
        connection.execute("UPDATE alembic_version SET version_num = '0000'")
    connection.close()
    assert "readout db upgrade" in desk.run("--config", str(path), "meetings", code=2)
