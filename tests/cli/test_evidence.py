"""`readout evidence` and `readout import` of WARC files: what anybody can check, without Readout and without us."""

import contextlib
import hashlib
import io
import json
import os
import re
import signal
import subprocess
import sys
import zipfile
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from warcio.archiveiterator import ArchiveIterator

from readout.archive.record import page_records
from readout.cli import main
from readout.demo.server import Answer, SiteServer
from readout.demo.sink import MailSink
from readout.exchange import Exchange
from readout.model import Page
from readout.placing import workshop
from tests.processes import ROOT
from tests.store import store_section

AT = datetime(2024, 10, 4, 12, tzinfo=UTC)
ARTICLE = """<!DOCTYPE html><html lang=en><head><title>Security chiefs meet</title>
<meta property="article:published_time" content="2024-10-04T15:00:00+05:00"></head><body><article>
<h1>Security chiefs of the Commonwealth meet in Astana</h1>
<p>The 55th session of the Council of Heads of Security Agencies and Special Services of the CIS was held in Astana on
October 4. Colonel General Ali Nagiyev, head of the State Security Service of Azerbaijan, took part in the session.</p>
<p>The participants discussed joint work against terrorism, drug trafficking and cybercrime, and agreed on the place of
the next session. President Kassym-Jomart Tokayev received the heads of the delegations before the session opened.</p>
<p>&lt;script&gt;alert(1)&lt;/script&gt; {{7*7}} =cmd|'/c calc' ${meeting} Ünï\u202e</p>
</article></body></html>"""
EDITED = ARTICLE.replace("October 4. Colonel", "October 4, under the chair of Kazakhstan. Colonel")
OTHER = ARTICLE.replace("Security chiefs of", "Chiefs of security of").replace("The participants", "Those present")
SPORT = "<!DOCTYPE html><html lang=en><title>Derby</title><article><h1>Derby</h1><p>" + "The home side won. " * 30


def answer(url, body, at=AT):
    headers = (("Content-Type", "text/html; charset=utf-8"), ("Server", "nginx"))
    return page_records(
        Page(
            url=url,
            final_url=url,
            status=200,
            body=body.encode(),
            content_type="text/html",
            fetched_at=at,
            exchange=Exchange(headers=headers, request=(("User-Agent", "Readout"),)),
        )
    )


class Room:
    """A folder with a configuration, a site that nobody may ask, and commands run in it."""

    def __init__(self, folder: Path, sink: MailSink, **archive: str) -> None:
        self.folder = folder
        lines = "".join(f'{key} = "{value}"\n' for key, value in archive.items())
        (folder / "none").mkdir()
        (folder / "readout.toml").write_text(
            f'sources = ["none"]\n[mail]\nhost = "127.0.0.1"\nport = {sink.port}\n[archive]\n{lines}'
            + store_section(folder, "var/readout.db"),
            encoding="utf-8",
        )

    def run(self, *arguments: str, code: int = 0) -> tuple[str, str]:
        out, err = io.StringIO(), io.StringIO()
        with (
            pytest.MonkeyPatch.context() as patch,
            contextlib.chdir(self.folder),
            contextlib.redirect_stdout(out),
            contextlib.redirect_stderr(err),
        ):
            patch.setattr(sys, "argv", ["readout", *arguments])
            got = main()
        assert got == code, (got, out.getvalue(), err.getvalue())
        return out.getvalue(), err.getvalue()

    def put(self, name: str, *records: bytes) -> str:
        (self.folder / name).write_bytes(b"".join(records))
        return name


URL, ELSEWHERE = "https://courier.example/news/1", "https://gazette.example/../a b/?<x>='\"2"


@pytest.fixture(scope="module")
def sink():
    with MailSink() as sink:
        yield sink


@pytest.fixture(scope="module")
def room(tmp_path_factory, sink):
    """One meeting, reported by two, of whom one edits; and a pack of it."""
    room = Room(tmp_path_factory.mktemp("room"), sink)
    later = AT + timedelta(hours=5)
    room.put(
        "a.warc.gz", answer(URL, ARTICLE), answer(ELSEWHERE.replace(" ", "%20"), OTHER), answer(URL, EDITED, later)
    )
    room.run("import", "a.warc.gz")
    room.run("evidence", "M1", "pack.zip")
    return room


@pytest.fixture
def pack(room, tmp_path):
    """The pack, taken apart."""
    with zipfile.ZipFile(room.folder / "pack.zip") as zipped:
        zipped.extractall(tmp_path)
    return tmp_path


def verify(folder):
    """What the pack's own program says, with nothing of ours within its reach; its exit status."""
    command = [sys.executable, "-I", "-S", str(folder / "verify.py")]
    done = subprocess.run(command, cwd="/", env={}, capture_output=True, text=True, check=False)
    assert "Traceback" not in done.stderr, done.stderr
    return done.returncode, done.stdout


def loaded(folder, name):
    return json.loads((folder / name).read_text("utf-8"))


def test_a_pack_holds_every_page_and_version_and_proves_itself(pack):
    code, said = verify(pack)
    assert (code, said.strip().split(", ")[1]) == (0, "3 pages"), said
    with (pack / "pages.warc.gz").open("rb") as file:
        found = [
            (record.rec_type, record.rec_headers.get_header("WARC-Target-URI"), record.raw_stream.read())
            for record in ArchiveIterator(file, check_digests="raise")
        ]
    bodies = [body.decode() for kind, _, body in found if kind == "response"]
    assert sorted(bodies) == sorted([ARTICLE, EDITED, OTHER])
    assert [kind for kind, *_ in found] == ["warcinfo", *["response"] * 3]


def test_each_fact_points_into_the_text_of_its_version(pack):
    reports = loaded(pack, "reports.json")
    assert len(reports) == 2
    cities = [fact for report in reports for fact in report["facts"] if fact["fact"] == "city"]
    assert [fact["value"] for fact in cities] == ["Astana", "Astana"]
    for fact in cities:
        text = (pack / fact["file"]).read_bytes().decode()
        assert text[fact["start"] : fact["end"]] == fact["words"] == "Astana"
    versions = {report["article"]: report["version"] for report in reports}
    assert sorted(versions.values()) == [1, 2]


def test_it_says_why_its_reports_are_of_one_meeting(pack):
    meeting = loaded(pack, "meeting.json")
    assert (meeting["session_number"], len(meeting["reports"])) == (55, 2)
    assert all(judged["reasons"] for judged in meeting["judgements"] if judged["verdict"] == "same")
    assert len(meeting["timeline"]["reports"]) == 2


def test_no_name_in_it_is_a_pages(room):
    with zipfile.ZipFile(room.folder / "pack.zip") as zipped:
        names = zipped.namelist()
    ours = r"(texts/article-\d+-version-\d+(-title)?\.txt|[a-z]+\.(json|py|warc\.gz)|README\.txt|SHA256SUMS)"
    assert [name for name in names if not re.fullmatch(ours, name)] == []
    assert len(set(names)) == len(names)


def test_the_same_meeting_is_the_same_pack_but_for_the_day_it_is_made(room):
    room.run("evidence", "M1", "again.zip")
    packs = [zipfile.ZipFile(room.folder / name) for name in ("pack.zip", "again.zip")]
    with packs[0], packs[1]:
        told = [[(info.filename, info.date_time, info.CRC) for info in pack.infolist()] for pack in packs]
    differing = {one[0] for one, other in zip(*told, strict=True) if one != other}
    assert differing <= {"README.txt", "SHA256SUMS"}


def test_the_sums_are_those_of_sha256sum(pack):
    done = subprocess.run(["sha256sum", "--strict", "-c", "SHA256SUMS"], cwd=pack, capture_output=True, check=False)
    assert done.returncode == 0
    names = {str(path.relative_to(pack)) for path in pack.rglob("*") if path.is_file()}
    assert names == {line.split("  ")[1] for line in (pack / "SHA256SUMS").read_text().splitlines()} | {"SHA256SUMS"}


# --- whoever changes anything is found out --------------------------------------------------------------------------


def flip(path, at):
    data = bytearray(path.read_bytes())
    data[at] ^= 1
    path.write_bytes(data)


def text_of(folder):
    return folder / loaded(folder, "articles.json")[0]["versions"][0]["text"]


def first_fact(folder, change):
    reports = loaded(folder, "reports.json")
    fact = next(fact for fact in reports[0]["facts"] if fact["fact"] == "city")
    fact.update(change)
    (folder / "reports.json").write_text(json.dumps(reports), "utf-8")


def swap_pages(folder):
    """One article's page in place of another's."""
    articles = loaded(folder, "articles.json")
    first, second = articles[0]["versions"][0]["page"], articles[1]["versions"][0]["page"]
    first["offset"], second["offset"] = second["offset"], first["offset"]
    (folder / "articles.json").write_text(json.dumps(articles), "utf-8")


def first_offset(folder, offset):
    articles = loaded(folder, "articles.json")
    articles[0]["versions"][0]["page"]["offset"] = offset
    (folder / "articles.json").write_text(json.dumps(articles), "utf-8")


def told_text(folder):
    """The text that the first report's facts point into."""
    return folder / next(fact["file"] for fact in loaded(folder, "reports.json")[0]["facts"] if fact["fact"] == "city")


TAMPERED = {
    "a byte of a page": lambda folder: flip(folder / "pages.warc.gz", -600),
    "a byte of a record's header": lambda folder: flip(folder / "pages.warc.gz", 900),
    "a byte of a text": lambda folder: flip(text_of(folder), 100),
    "a byte of the facts": lambda folder: flip(folder / "reports.json", 200),
    "a byte of the meeting": lambda folder: flip(folder / "meeting.json", 200),
    "a byte of the program": lambda folder: flip(folder / "verify.py", 5),
    "a file gone": lambda folder: (folder / "meeting.json").unlink(),
}
TAMPERED_WITH_SUMS = {
    "another page": swap_pages,
    "a page beyond any file": lambda folder: first_offset(folder, 10**30),
    "a page before the file": lambda folder: first_offset(folder, -1),
    "a page cut": lambda folder: (folder / "pages.warc.gz").write_bytes((folder / "pages.warc.gz").read_bytes()[:1500]),
    "another place": lambda folder: first_fact(folder, {"start": 0, "end": 6}),
    "other words": lambda folder: first_fact(folder, {"words": "Almaty"}),
    "no words": lambda folder: first_fact(folder, {"words": "", "start": 0, "end": 0}),
    "another text": lambda folder: told_text(folder).write_text(
        told_text(folder).read_text().replace("Astana", "Almat")
    ),
    "a file left out of the sums": lambda folder: (folder / "SHA256SUMS").write_text(
        re.sub(".*articles[.]json\n", "", (folder / "SHA256SUMS").read_text())
    ),
    "a file outside": lambda folder: first_fact(folder, {"file": "../../etc/passwd"}),
}


@pytest.mark.parametrize("name", TAMPERED)
def test_a_changed_byte_is_found(pack, name):
    TAMPERED[name](pack)
    code, said = verify(pack)
    assert (code, "FAULT" in said) == (1, True)


@pytest.mark.parametrize("name", TAMPERED_WITH_SUMS)
def test_what_contradicts_itself_is_found_also_under_new_sums(pack, name):
    TAMPERED_WITH_SUMS[name](pack)
    lines = (pack / "SHA256SUMS").read_text().splitlines()
    names = [line.split("  ")[1] for line in lines]
    sums = [f"{hashlib.sha256((pack / each).read_bytes()).hexdigest()}  {each}\n" for each in names]
    (pack / "SHA256SUMS").write_text("".join(sums))
    code, said = verify(pack)
    assert (code, "not those that were packed" in said) == (1, False), said


# --- the command ----------------------------------------------------------------------------------------------------


def test_the_command_names_the_packs_hash(room):
    out, err = room.run("evidence", "1", "named.zip")
    digest = hashlib.sha256((room.folder / "named.zip").read_bytes()).hexdigest()
    assert out == f"{digest}  named.zip\n"
    assert "3 pages; 0 are missing" in err
    out, _ = room.run("--json", "evidence", "1", "json.zip")
    assert json.loads(out)["pages"] == 3
    assert (room.folder / "named.zip").stat().st_mode & 0o077 == 0


@pytest.mark.parametrize(
    ("number", "file", "code", "said"),
    [
        ("M9", "no.zip", 2, "there is no meeting 'M9'"),
        ("x", "no.zip", 2, "there is no meeting 'x'"),
        ("M1", "readout.toml", 1, "readout.toml exists"),
        ("M1", "nowhere/no.zip", 1, "No such file"),
        ("M1", "n" * 300, 1, "File name too long"),
    ],
)
def test_what_cannot_be_packed_is_said_and_leaves_nothing(room, number, file, code, said):
    before = {path: path.read_bytes() for path in room.folder.iterdir() if path.is_file()}
    _, err = room.run("evidence", number, file, code=code)
    assert said in err
    assert {path: path.read_bytes() for path in room.folder.iterdir() if path.is_file()} == before


KILLED = """# warm
import os, signal, sys
from readout.archive.shelf import Archive
from readout.cli import main
Archive.records = lambda *_: os.kill(os.getpid(), signal.SIGKILL)
sys.argv = ["readout", "evidence", "M1", "killed.zip"]
main()
"""


def test_what_a_killed_one_left_goes_with_the_next_and_what_is_in_hand_stays(room):
    done = subprocess.run(
        [sys.executable, "-c", KILLED], cwd=room.folder, env=os.environ | {"PYTHONPATH": str(ROOT)}, check=False
    )
    assert done.returncode == -signal.SIGKILL
    (left,) = room.folder.glob(".readout*")
    assert not (room.folder / "killed.zip").exists()
    with workshop(room.folder) as in_hand:
        assert not left.exists()
        room.run("evidence", "M1", "killed.zip")
        assert list(room.folder.glob(".readout*")) == [in_hand]
    assert not list(room.folder.glob(".readout*"))
    assert (room.folder / "killed.zip").read_bytes()[:2] == b"PK"


@pytest.mark.parametrize("moment", ["os.open", "fcntl.flock"])
def test_one_that_was_swept_away_before_it_was_locked_is_made_anew(tmp_path, monkeypatch, moment):
    module, name = moment.split(".")
    real = getattr(sys.modules[module], name)
    swept = []

    def sweep_and_go_on(*arguments):
        if not swept:
            swept.extend(tmp_path.glob(".readout*"))
            swept[0].rmdir()
        return real(*arguments)

    monkeypatch.setattr(f"readout.placing.{moment}", sweep_and_go_on)
    with workshop(tmp_path) as folder:
        assert list(tmp_path.iterdir()) == [folder]
    assert len(swept) == 1


LOST = {
    "not to be kept": ({"keep": "none"}, None, "it was not to be kept"),
    "a file lost": ({}, lambda file: file.unlink(), "has no readout-"),
    "a file cut": ({}, lambda file: file.write_bytes(file.read_bytes()[:900]), "ends too early"),
    "a byte changed": ({}, lambda file: flip(file, -300), "other bytes than were read"),
}


@pytest.mark.parametrize("name", LOST)
def test_a_page_that_is_not_there_is_said(tmp_path, sink, name):
    archive, damage, why = LOST[name]
    room = Room(tmp_path, sink, **archive)
    room.run("import", room.put("a.warc.gz", answer(URL, ARTICLE)))
    if damage:
        (kept,) = (tmp_path / "var" / "archive").glob("readout-*")
        damage(kept)
    _, err = room.run("evidence", "M1", "pack.zip")
    assert why in err
    with zipfile.ZipFile(tmp_path / "pack.zip") as zipped:
        assert why in zipped.read("README.txt").decode()
        zipped.extractall(tmp_path / "out")
    assert verify(tmp_path / "out")[0] == 0


# --- readout import FILE.warc ---------------------------------------------------------------------------------------


def test_pages_of_an_archive_are_read_and_nobody_is_asked_or_told(tmp_path, sink):
    room = Room(tmp_path, sink)
    with SiteServer("courier") as web:
        web.host("courier", {"/news/1": Answer.of(ARTICLE)})
        url = web.url("courier", "/news/1")
        sport = answer(url + "2", SPORT)
        room.run("watch", "add", "chiefs", "--body", "cis-sorb", "--to", "analyst@example.org")
        bad = answer(url + "3", ARTICLE)[:600]
        room.put("a.warc.gz", answer(url, ARTICLE), sport, answer(url, EDITED, AT + timedelta(days=1)))
        _, err = room.run("import", "a.warc.gz")
        assert err.strip() == "1 not_a_report, 3 skipped, 2 stored"
        _, err = room.run("import", "a.warc.gz")
        assert err.strip() == "3 skipped, 3 unchanged"
        room.put("b.warc.gz", answer(url, ARTICLE), bad)
        _, err = room.run("import", "b.warc.gz", code=1)
        assert "b.warc.gz:3: cut off or damaged" in err
        assert web.log() == []
    (article, _) = (json.loads(line) for line in room.run("export", "articles")[0].splitlines())
    assert (article["url"], article["published"][:10]) == (url, "2024-10-04")
    assert json.loads(room.run("--json", "alerts", "list")[0]) == []
    assert sink.received == []


def test_with_alert_they_are_told(tmp_path, sink):
    room = Room(tmp_path, sink)
    room.run("watch", "add", "chiefs", "--body", "cis-sorb", "--to", "analyst@example.org")
    room.run("import", room.put("a.warc.gz", answer(URL, ARTICLE)), "--alert")
    assert "55th session" in sink.received[-1].subject


def test_no_such_file(tmp_path, sink):
    _, err = Room(tmp_path, sink).run("import", "a.warc", code=1)
    assert "a.warc: No such file" in err
