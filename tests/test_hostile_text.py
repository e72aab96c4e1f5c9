"""Hostile texts go the whole way, from a page to every way out: none of them is anything but text anywhere."""

import csv
import io
import json
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from html import escape
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest
from lxml import etree
from sqlalchemy import select

from readout.demo.server import Answer, SiteServer
from readout.demo.sink import MailSink
from readout.model import AlertKind
from readout.storage import schema, watches
from readout.storage.database import open_database
from tests.channels.hooks import HookServer
from tests.channels.test_hostile import OPERATOR, READER, check
from tests.cli.test_refusals import run
from tests.hostile.case import words_of_its_own
from tests.payloads import PAYLOADS, PRODUCT, bad_signs, is_clean
from tests.processes import ROOT
from tests.sites import configure, fates, query, source
from tests.store import store_section

SITE = "words"
NUMBERS = {name: number for number, name in enumerate(PAYLOADS, 11)}
_NO_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_CRAWL = """# warm
import sys
from pathlib import Path
from readout.config import load_config
from readout.logs import configure_logs
from readout.workers.once import crawl_once
configure_logs("DEBUG")
print([event.error for event in crawl_once(load_config(Path(sys.argv[1])), log_level="DEBUG")])
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """What is left of a crawl of pages that say nothing but hostile things, and of telling of it."""

    folder: Path
    config: Any
    log: str
    sink: MailSink
    hooks: HookServer

    def run(self, *arguments: str, **others: Any) -> str:
        return run("--config", str(self.folder / "readout.toml"), *arguments, **others)


def sentence(name: str) -> str:
    return f"Council of CIS Defence Ministers holds its {NUMBERS[name]}th meeting in Astana"


def day_of(name: str) -> date:
    """Of each meeting another, far from all others: those near one another are compared with each other."""
    return (datetime.now(UTC) - timedelta(days=50 * NUMBERS[name])).date()


def page(name: str) -> Answer:
    """A report of a meeting of its own, and the payload wherever a page can say something."""
    said, day = escape(PAYLOADS[name]), day_of(name)
    title = f"{said[:200]} {sentence(name)} {said}"
    html = (
        f'<!DOCTYPE html><html lang="{said[:40]}"><head><title>{title}</title><meta charset="utf-8">'
        f'<meta property="og:title" content="{title}"><meta property="og:site_name" content="{said[:100]}">'
        f'<meta name="author" content="{said}"><meta property="article:published_time" content="{day}T12:00:00Z">'
        f"</head><body><article><h1>{title}</h1><p>Astana. The Council of Ministers of Defence of the CIS member "
        f"states held its {NUMBERS[name]}th meeting in Astana on {day.day} {day:%B %Y}, said General {said}.</p>"
        f"<p>{said}</p><p>The ministers discussed the training of officers, and {said}, and plans for the coming "
        f"year.</p><p>Page {NUMBERS[name]} of the chronicle.</p><p>{words_of_its_own(NUMBERS[name])}</p>"
        "</article></body></html>"
    )
    headers = {"Content-Type": "text/html", "ETag": '"' + _one_line(PAYLOADS[name])[:100] + '"'}
    return Answer(headers=headers, body=html.encode("utf-8", "surrogatepass"), validators=False)


def _one_line(text: str) -> str:
    return re.sub('[\r\n"]', "", text.encode("latin-1", "ignore").decode("latin-1"))


def feed(url: str) -> Answer:
    items = (
        f"<item><title>{escape(_NO_XML.sub('', said))}</title><link>{url}{name}</link></item>"
        for name, said in PAYLOADS.items()
    )
    return Answer.of(f'<rss version="2.0"><channel><title>x</title>{"".join(items)}</channel></rss>', "text/xml")


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    folder = tmp_path_factory.mktemp("words")
    with SiteServer(SITE) as web, MailSink() as sink, HookServer() as hooks:
        pages = {f"/news/{name}": page(name) for name in PAYLOADS}
        web.host(SITE, pages | {"/rss": feed(web.url(SITE, "/news/"))})
        name = f"{{{{7654321*1234567}}}}</script>{PAYLOADS['ansi'][:5]!r}=1+1"
        place = {"type": "feed", "url": web.url(SITE, "/rss")}
        config = configure(folder, source(SITE, web.url(SITE), place, name=name, country="KZ"))
        _write(folder, sink, hooks)
        with closing(open_database(config.database.url, create=True)) as database, database.write() as connection:
            _watch(connection, hooks)
        crawl = subprocess.run(
            [sys.executable, "-c", _CRAWL, str(folder / "readout.toml")],
            cwd=ROOT,
            capture_output=True,
            check=True,
        )
        assert crawl.stdout == b"[None]\n"
        made = Desk(folder=folder, config=config, log=crawl.stderr.decode("utf-8"), sink=sink, hooks=hooks)
        made.run("alerts", "send")
        yield made


def _write(folder: Path, sink: MailSink, hooks: HookServer) -> None:
    file = folder / "readout.toml"
    file.touch(0o600)
    file.write_text(
        f'data_dir = "."\nsources = ["sources"]\n[mail]\nhost = "{sink.host}"\nport = {sink.port}\n'
        f'from = "readout@example.org"\noperator = "{OPERATOR}"\n'
        '[alerts]\nflood_per_hour = 10000\nmax_age_days = 0\nallow_networks = ["127.0.0.0/8"]\n'
        'public_url = "https://readout.example"\n'
        '[crawl]\nallow_networks = ["127.0.0.0/8"]\nper_host_delay = 0\n[read]\nprocesses = 1\n'
        f'[notify.targets]\nteam = "json://127.0.0.1:{hooks.port}/note"\n{store_section(folder)}',
        encoding="utf-8",
    )


def _watch(connection: Any, hooks: HookServer) -> None:
    now = datetime.now(UTC) - timedelta(minutes=1)
    ways = [("email", READER), ("webhook", f"http://127.0.0.1:{hooks.port}/hook")]
    ways += [("notify", "team")] if find_spec("apprise") else []
    for channel, to in ways:
        watches.add_watch(connection, name=f"by {channel}", recipients=[to], channel=channel, now=now)


# --- what is stored -----------------------------------------------------------------------------------------------


def test_every_page_is_read_and_its_meeting_found(desk: Desk) -> None:
    assert {path: fate for path, (fate, _) in fates(desk.config).items()} == {
        f"/news/{name}": "stored" for name in PAYLOADS
    }
    stored = {number for (number,) in query(desk.config, "SELECT session_number FROM meeting")}
    assert stored == set(NUMBERS.values())


def test_what_is_stored_is_clean(desk: Desk) -> None:
    for table in schema.metadata.sorted_tables:
        for row in query(desk.config, select(table)):
            for value in _texts(row):
                assert is_clean(value), (table.name, value[:200])


def _texts(value: Any) -> Iterator[str]:
    match value:
        case str():
            yield value
        case dict():
            yield from (text for pair in value.items() for each in pair for text in _texts(each))
        case list() | tuple():
            yield from (text for each in value for text in _texts(each))


# --- logs and terminals -------------------------------------------------------------------------------------------


def test_the_log_is_one_line_an_event(desk: Desk) -> None:
    lines = desk.log.removesuffix("\n").split("\n")
    assert len(lines) > 100
    for line in lines:
        assert line.isprintable(), line
        assert re.match(r"timestamp='[0-9T:.-]+Z' level='\w+' event=", line), line
    assert PRODUCT not in desk.log


LISTS = [
    ["meetings"],
    ["meetings", "council"],
    ["health"],
    ["alerts"],
    ["alerts", "list", "--limit", "1000"],
    ["source", "list"],
    ["expected", "--all"],
    ["review"],
    ["watch", "list"],
    ["watch", "test", "by email"],
    ["replay", "--dry-run"],
]


@pytest.mark.parametrize("command", LISTS, ids=" ".join)
def test_a_terminal_is_shown_text(desk: Desk, command: list[str]) -> None:
    said = desk.run(*command, code=None)
    assert is_clean(said), bad_signs(said)
    assert PRODUCT not in said


def test_all_of_each_meeting_alert_and_url_is_shown_as_text(desk: Desk) -> None:
    meetings = [f"M{number}" for (number,) in query(desk.config, "SELECT id FROM meeting ORDER BY id")]
    alerts = [str(number) for (number,) in query(desk.config, "SELECT id FROM alert ORDER BY id")]
    urls = [url for (url,) in query(desk.config, "SELECT url FROM link")]
    assert len(meetings) == len(urls) == len(PAYLOADS)
    assert len(alerts) >= 2 * len(PAYLOADS)
    of_each = (alerts[number % len(alerts)] for number in range(0, 4 * len(meetings), 4))  # by one channel and another
    commands = [("show", meeting) for meeting in meetings]
    commands += [("alerts", "show", alert) for alert in of_each] + [("why", url) for url in urls]
    for command in commands:
        said = desk.run(*command)
        assert is_clean(said), (command, bad_signs(said))
        assert PRODUCT not in said


@pytest.mark.parametrize("name", PAYLOADS)
def test_what_a_person_writes_is_shown_as_text(desk: Desk, name: str) -> None:
    text = PAYLOADS[name]
    if "\0" in text or "\ud800" in text:
        pytest.skip("no shell hands that on")
    for command in (["why", "--", text], ["alerts", "show", "--", text], ["watch", "test", "--", text]):
        said = desk.run(*command, code=None)
        assert not bad_signs(said), (command, said)


# --- machines -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("command", [*LISTS[:-1], ["show", "M1"], ["alerts", "show", "1"]], ids=" ".join)
def test_json_is_json_and_no_terminal_acts_on_it(desk: Desk, command: list[str]) -> None:
    said = desk.run("--json", *command, code=None)
    json.loads(said)
    assert not bad_signs(said)


@pytest.mark.parametrize("kind", ["meetings", "reports", "articles", "attendance"])
def test_exports_are_rows_of_text(desk: Desk, kind: str) -> None:
    lines = desk.run("export", kind).splitlines()  # whatever Python takes for the end of a line
    rows = [json.loads(line) for line in lines]
    assert json.loads(desk.run("export", kind, "--format", "json")) == rows
    assert len(rows) >= len(PAYLOADS) * (kind != "attendance")
    for text in _texts(rows):
        assert is_clean(text), bad_signs(text)


@pytest.mark.parametrize("kind", ["meetings", "reports", "articles", "attendance"])
def test_no_cell_is_a_formula(desk: Desk, kind: str) -> None:
    said = desk.run("export", kind, "--format", "csv")
    assert not bad_signs(said, lines="\r\n")
    head, *rows = list(csv.reader(io.StringIO(said, newline=""), strict=True))
    for row in rows:
        assert len(row) == len(head)
        for cell in row:
            assert not re.match(r"[\W_]*?[=+@\uff1d-]", cell.lstrip("'")) or cell.startswith("'") or _is_number(cell)
    assert PRODUCT not in said


def _is_number(cell: str) -> bool:
    """Words in brackets and quotes before a sign are no formula: what begins with a letter or a digit is text."""
    return bool(re.match(r"-?[\d.]+$", cell)) or cell[:1] not in "=+-@\uff1d\t\r"


def test_files_that_people_write_can_be_written(desk: Desk) -> None:
    assert tomllib.loads(desk.run("watch", "export", "-"))["watch"]
    opml = desk.run("source", "export", "-")
    assert not bad_signs(opml)
    assert etree.fromstring(opml.encode()).tag == "opml"


# --- messages -----------------------------------------------------------------------------------------------------


def test_mails_are_mails(desk: Desk) -> None:
    told = [mail for mail in desk.sink.received if mail.recipients == (READER,)]
    assert len(told) == len(PAYLOADS)
    for mail in told:
        check(mail, AlertKind.FIRST)


def test_webhooks_carry_text(desk: Desk) -> None:
    posted = [each for each in desk.hooks.posted if each.path == "/hook"]
    assert len(posted) == len(PAYLOADS)
    for each in posted:
        assert each.body.isascii()
        assert all(value.isprintable() for value in each.headers.values())
        for text in _texts(json.loads(each.body)):
            assert is_clean(text), bad_signs(text)


@pytest.mark.skipif(not find_spec("apprise"), reason="Apprise is not installed")
def test_notes_carry_text_that_calls_nobody(desk: Desk) -> None:
    posted = [json.loads(each.body) for each in desk.hooks.posted if each.path.startswith("/note")]
    assert len(posted) == len(PAYLOADS)
    for each in posted:
        for text in (each["title"], each["message"]):
            assert is_clean(text), bad_signs(text)
            assert not re.search(r"[@<`|*]", re.sub(r"https?://\S+", "", text)), text


# --- rows ---------------------------------------------------------------------------------------------------------


def test_rows_are_read_and_taken_in_as_text(desk: Desk) -> None:
    rows = desk.folder / "rows.jsonl"
    rows.write_text("".join(json.dumps(_row(name)) + "\n" for name in PAYLOADS), encoding="ascii")
    read = desk.run("read", "--jsonl", str(rows), code=None)
    assert len(read.splitlines()) == len(PAYLOADS)
    assert not bad_signs(read)
    assert is_clean(desk.run("import", str(rows), code=None))
    assert not bad_signs(desk.run("export", "articles"))  # a row's id is kept as it is
    test_no_cell_is_a_formula(desk, "articles")


def _row(name: str) -> dict[str, Any]:
    said, day = PAYLOADS[name], day_of(name)
    url, text = f"https://rows.example/{said[:200]}", f"{sentence(name)} on {day.day} {day:%B %Y}, {said}."
    return {"id": said[:200], "url": url, "title": f"{said} {sentence(name)}", "text": text}
