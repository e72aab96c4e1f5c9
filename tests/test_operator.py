"""From a site that goes away, or is no longer what it was, and comes back, to the mails that say so."""

import json
from contextlib import closing
from datetime import timedelta

from typer.testing import CliRunner

from readout.catalog import load_sources
from readout.cli import app
from readout.config import Mail
from readout.demo.server import Answer, SiteServer
from readout.demo.sink import MailSink
from readout.notices import tell_operator
from readout.outbox import deliver
from readout.storage import schema
from readout.storage.database import open_database
from readout.workers.clock import utc_now
from tests.sites import configure, crawls, feed, source
from tests.store import store_section

HOUR = timedelta(hours=1)
OPERATOR = "operator@example.org"
PAPER = Answer.of(b"\xd0\xcf\x11\xe0", "application/msword")
GONE = Answer(status=503, body=b"\x1b[31mdown\r\nBcc: all@example.org")


def test_a_site_that_goes_away_and_comes_back_is_two_mails(tmp_path):
    with SiteServer("courier") as web, MailSink() as sink:
        there = {"/rss": feed(web.url("courier", "/news/1")), "/news/1": PAPER}
        web.host("courier", there, {"/rss": GONE}, there)
        row = source("courier", web.url("courier"), {"type": "feed", "url": web.url("courier", "/rss")})
        config = configure(tmp_path, row).model_copy(
            update={"mail": Mail(host=sink.host, port=sink.port, operator=OPERATOR, security="none")}
        )
        hours = iter(range(0, 100, 2))
        with crawls(config) as crawl, closing(open_database(config.database.url, create=True)) as database:

            def look_and_send() -> None:
                """Two hours after the last time."""
                later = utc_now() + HOUR * next(hours)
                tell_operator(database, OPERATOR, load_sources(config.sources), now=later)
                deliver(database, config, now=lambda: later)

            for phase in (1, 2, 2, 2, 3):
                web.set_phase(phase)
                crawl()
                look_and_send()
                look_and_send()

        down, back = sink.received
    assert down.recipients == back.recipients == (OPERATOR,)
    assert down.subject.startswith("Readout: source courier has not answered since")
    assert "503 Service Unavailable" in down.text
    assert back.subject == "Readout: source courier answers again"
    assert down.message["Message-ID"] != back.message["Message-ID"]


JUST_A_MOMENT = (
    "<html><head><title>Just a moment...</title></head><body><h1>Checking your browser</h1>"
    "<p>Enable JavaScript and cookies to continue</p></body></html>"
)
WALLED = Answer(status=403, body=JUST_A_MOMENT.encode(), headers={"Content-Type": "text/html"})
FRONT_PAGE = "<html><head><title>Courier</title></head><body><h1>Courier</h1><p>All the news, anew.</p></body></html>"


BAD = {
    "walled-list": ("listing", Answer.of(JUST_A_MOMENT), "wall", "puts a wall before its links since"),
    "walled-feed": ("feed", WALLED, "wall", "Just a moment"),
    "page": ("feed", Answer.of(FRONT_PAGE), "redesigned", "answers, but gives no links any more, since"),
    "new-design": ("listing", Answer.of(FRONT_PAGE), "redesigned", "answers, but gives no links any more, since"),
    "gone": ("feed", Answer(status=404), "redesigned", "404 Not Found"),
    "closed": ("feed", Answer(status=403), "refusing", ", as seen from the attic: "),
    "busy": ("feed", Answer(status=429, headers={"Retry-After": "3000"}), "waiting", "asks to wait since"),
    "broken": ("feed", Answer(status=502), "down", "has not answered since"),
}


def test_what_comes_in_place_of_links_is_told_as_what_it_is_and_once(tmp_path):
    with SiteServer(*BAD) as web:
        rows = []
        for site, (kind, bad, _, _) in BAD.items():
            there = {"/rss": _links(kind, web.url(site, "/news/1")), "/news/1": PAPER}
            web.host(site, there, there | {"/rss": bad}, there)
            rows.append(source(site, web.url(site), {"type": kind, "url": web.url(site, "/rss")}))
        config = configure(tmp_path, *rows, place="the attic")
        (tmp_path / "readout.toml").write_text(f'data_dir = "."\nsources = ["sources"]\n{store_section(tmp_path)}')
        sources = load_sources(config.sources)
        told = []
        with crawls(config) as crawl, closing(open_database(config.database.url, create=True)) as database:
            for hour, phase in enumerate((1, 2, 2, 2, 3)):
                web.set_phase(phase)
                crawl()
                if hour == 3:
                    listed = {row["id"]: row for row in json.loads(_run(tmp_path, "--json", "source", "list"))}
                with database.write() as connection:
                    connection.execute(schema.host.delete())  # the pause that it asked for, or was given, is over
                tell_operator(database, OPERATOR, sources, now=utc_now() + 2 * HOUR * hour)
                with database.read() as connection:
                    notices = connection.execute(schema.alert.select().order_by(schema.alert.c.id)).all()
                told.append(len(notices))
    assert told == [0, 0, 0, 1, 2]
    for site, (_, _, state, said) in BAD.items():
        (line,) = (line for line in notices[0].content["lines"] if line.startswith(f"source {site} "))
        assert said in line
        assert (listed[site]["state"], listed[site]["places"]) == (state, {"the attic": state})
        assert any(line.startswith(f"source {site} answers again") for line in notices[1].content["lines"])
    assert listed["busy"]["waiting_until"] is not None
    assert listed["gone"]["waiting_until"] is None


def _run(folder, *words: str) -> str:
    return CliRunner().invoke(app, ["--config", str(folder / "readout.toml"), *words]).output


def _links(kind: str, url: str) -> Answer:
    return feed(url) if kind == "feed" else Answer.of(f'<html><body><a href="{url}">A story of today</a></body></html>')
