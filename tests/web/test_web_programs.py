"""What feed readers, calendars, spreadsheets and whoever counts read, over HTTP, in tongues of libraries not ours."""

import csv
import http.client
import io
import json
import time
import tracemalloc
from contextlib import ExitStack, closing
from datetime import timedelta
from urllib.parse import quote, urlsplit

import feedparser
import pytest
from argon2 import PasswordHasher
from icalendar import Calendar
from sqlalchemy import insert

from readout.config import Config
from readout.exports import write_rows
from readout.exports.atom import MEDIA_TYPE
from readout.storage import schema, watches
from readout.storage.changes import add_changes
from readout.watches.query import parse
from readout.watching import Change, Delivery
from tests.payloads import PAYLOADS
from tests.reported import source
from tests.store import store_url
from tests.telling import NOW, TEXT, fact, meeting, open_told, session, store, telling
from tests.web.visiting import served

CHEAP = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
LOCKED = Config(web={"password_hash": CHEAP.hash("correct horse")})
ATOM, RSS, JSON = (f"/feed/meetings.{form}" for form in ("atom", "rss", "json"))
FILES = [*(f"/export/{kind}.{form}" for kind in ("meetings", "reports") for form in ("csv", "jsonl"))]
PATHS = [ATOM, RSS, JSON, "/calendar.ics", "/export/meetings.csv", "/metrics", "/openapi.json", "/api/meetings"]


@pytest.fixture
def guest(database):
    """At pages over three meetings, the third told of last and not yet held, and a watch of what is in Almaty."""
    planned = {"status": fact("planned", "met"), "city": fact("Almaty", "Astana")}
    with database.write() as connection:
        for number, facts in enumerate(({}, {"city": fact("Baku", "Astana")}, planned)):
            told = telling(report=session(**facts), first_seen=NOW + timedelta(hours=number))
            store(connection, meeting(told, first_seen=NOW + timedelta(hours=number)))
        watches.add_watch(
            connection,
            name="In <b>Almaty</b>\u202e",
            recipients=["a@example.org"],
            channel="email",
            now=NOW,
            query=parse("city:Almaty", lambda _: None),
            delivery=Delivery(language="ru", timezone="Asia/Almaty"),
        )
    with served(database, sources={"agency": source()}) as visitor:
        yield visitor


# --- feeds ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("path", [ATOM, RSS])
def test_a_feed_has_what_was_first_told_of_last_at_its_top(guest, path):
    answer = guest.get(path)
    read = feedparser.parse(answer.body, response_headers=dict(answer.headers))
    assert not read.bozo
    assert [entry.link.rpartition("/")[2] for entry in read.entries] == ["3", "2", "1"]
    assert read.entries[0].link == "http://127.0.0.1/meetings/3"


def test_a_feed_is_of_what_is_asked_for(guest):
    assert len(feedparser.parse(guest.get(f"{ATOM}?q=city:Baku").body).entries) == 1
    assert [item["id"][-1] for item in json.loads(guest.get(f"{JSON}?q=status:planned").body)["items"]] == ["3"]
    answer = guest.get(f"{ATOM}?q=day:x")
    assert answer.status == 400
    assert "text/plain" in answer.headers["Content-Type"]


def test_a_feed_names_itself_without_the_key(guest):
    read = feedparser.parse(guest.get(f"{ATOM}?q=city:Baku&key=secret&lang=az").body)
    links = {link.rel: link.href for link in read.feed.links}
    assert links == {
        "self": "http://127.0.0.1/feed/meetings.atom?q=city%3ABaku&lang=az",
        "alternate": "http://127.0.0.1/?q=city%3ABaku",
    }
    assert read.feed.language == "az"


def test_who_has_a_feed_is_not_sent_it_again_until_it_changes(guest):
    first = guest.get(ATOM)
    assert first.headers["Last-Modified"] == "Fri, 04 Oct 2024 20:30:00 GMT"
    assert first.headers["Cache-Control"] == "private, no-cache"
    for known in (first.headers["ETag"], f'"x", W/{first.headers["ETag"]}', "*"):
        again = guest.get(ATOM, If_None_Match=known)
        assert (again.status, again.body) == (304, b"")
        assert again.headers["ETag"] == first.headers["ETag"]
    assert guest.get(ATOM, If_None_Match='"x"').status == 200
    changed = NOW + timedelta(days=1)
    with guest.site.database.write() as connection:
        add_changes(connection, 1, [Change(fact="city", before="a", after="b")], article_id=None, now=changed)
    answer = guest.get(ATOM, If_None_Match=first.headers["ETag"])
    assert answer.status == 200
    before, after = (feedparser.parse(each.body) for each in (first, answer))
    assert [entry.id for entry in before.entries] == [entry.id for entry in after.entries]
    assert after.entries[2].updated > before.entries[2].updated
    assert after.feed.updated == after.entries[2].updated == "2024-10-05T18:30:00Z"


def test_a_feed_tells_of_no_more_than_fifty(database):
    with database.write() as connection:
        for _ in range(60):
            open_told(connection, session())
    with served(database) as visitor:
        ids = [item["id"].rpartition(":")[2] for item in json.loads(visitor.get(JSON).body)["items"]]
    assert ids == [str(number) for number in range(60, 10, -1)]


def test_a_watch_is_followed_in_its_language_and_zone(guest):
    read = feedparser.parse(guest.get("/feed/watches/1.atom").body)
    assert read.feed.language == "ru"
    assert "Almaty" in read.feed.title
    (entry,) = read.entries
    assert "UTC+5" in entry.content[0].value
    assert len(Calendar.from_ical(guest.get("/feed/watches/1.ics").body).events) == 1
    for form in ("rss", "json"):
        assert guest.get(f"/feed/watches/1.{form}").status == 200
    with guest.site.database.write() as connection:
        watches.remove_watch(connection, "In <b>Almaty</b>\u202e", NOW)
    for gone in ("1.atom", "2.atom", "1.ics", "1.xml", "x.atom", f"{2**70}.atom"):
        assert guest.get(f"/feed/watches/{gone}").status in (400, 404)


def test_there_is_no_other_form(guest):
    for path in ("/feed/meetings.xml", "/feed/meetings", "/feed/", "/export/meetings.ics", "/export/x.csv", "/api/"):
        assert guest.get(path).status == 404


def test_an_empty_store_has_empty_lists(database):
    with served(database) as visitor:
        assert not feedparser.parse(visitor.get(ATOM).body).bozo
        assert json.loads(visitor.get(JSON).body)["items"] == []
        assert Calendar.from_ical(visitor.get("/calendar.ics").body).events == []
        assert visitor.get("/export/meetings.csv").body == b""
        assert visitor.get("/export/meetings.json").body == b"[]\n"
        assert json.loads(visitor.get("/api/meetings").body) == {"items": [], "next": None}
        assert visitor.get("/metrics").status == visitor.get("/healthz").status == 200


# --- calendars ------------------------------------------------------------------------------------------------------


def test_a_calendar_moves_an_event_that_changes(guest):
    first = Calendar.from_ical(guest.get("/calendar.ics").body).events
    assert [event["STATUS"] for event in first] == ["TENTATIVE", "CONFIRMED", "CONFIRMED"]
    with guest.site.database.write() as connection:
        add_changes(connection, 3, [Change(fact="city", before="a", after="b")], article_id=None, now=NOW)
    then = Calendar.from_ical(guest.get("/calendar.ics").body).events
    assert [event["UID"] for event in then] == [event["UID"] for event in first]
    assert [event["SEQUENCE"] for event in then] == [1, 0, 0]
    assert len({event["UID"] for event in then}) == 3


def test_two_stores_share_no_id(guest, tmp_path):
    from readout.storage.database import open_database

    with closing(open_database(store_url(tmp_path, "other.db"), create=True)) as other:
        with other.write() as connection:
            open_told(connection, session())
        with served(other) as stranger:
            (theirs,) = Calendar.from_ical(stranger.get("/calendar.ics").body).events
    ours = [event["UID"] for event in Calendar.from_ical(guest.get("/calendar.ics").body).events]
    assert theirs["UID"] not in ours


# --- rows -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("path", FILES)
def test_rows_are_those_that_the_command_writes(guest, path):
    kind, _, form = path.removeprefix("/export/").partition(".")
    stream = io.StringIO(newline="")
    write_rows(guest.site.database, _kind(kind), _form(form), stream)
    answer = guest.get(path)
    assert answer.html == stream.getvalue() != ""
    assert answer.headers["Content-Disposition"] == f'attachment; filename="{kind}.{form}"'


def _kind(name):
    from readout.exports import Kind

    return Kind(name)


def _form(name):
    from readout.exports import Format

    return Format(name)


def test_a_query_chooses_meetings_and_attendance_alone(guest):
    rows = list(csv.DictReader(io.StringIO(guest.get("/export/meetings.csv?q=city:Baku").html, newline="")))
    assert [row["id"] for row in rows] == ["2"]
    assert guest.get("/export/reports.csv?q=city:Baku").status == 400
    assert guest.get("/export/meetings.csv?q=body:nobody").status == 400


def test_nothing_that_a_page_says_is_a_formula_or_breaks_a_feed(database):
    stored = [payload.encode("utf-8", "replace").decode() for payload in PAYLOADS.values()]
    with database.write() as connection:
        for text in stored:
            store(connection, meeting(telling(title=text, text=text)))
    with served(database) as visitor:
        rows = list(csv.reader(io.StringIO(visitor.get("/export/reports.csv").html, newline="")))
        feeds = [feedparser.parse(visitor.get(path).body) for path in (ATOM, RSS)]
        json.loads(visitor.get(JSON).body)
        assert len(Calendar.from_ical(visitor.get("/calendar.ics").body).events) == len(stored)
    assert len(rows) == len(stored) + 1
    assert [cell for row in rows for cell in row if cell.lstrip().startswith(("=", "+", "-", "@"))] == []
    assert [(feed.bozo, len(feed.entries)) for feed in feeds] == [(False, 50)] * 2


def fill(database, *, articles, letters):
    """Reports of long texts, many more than a server should hold."""
    with database.write() as connection:
        stored = store(connection, meeting())
        row = connection.execute(schema.article.select()).mappings().first()
        report = connection.execute(schema.report.select()).mappings().first()
        rows = [dict(row) | {"id": at, "key": f"k{at}", "text": "x" * letters} for at in range(10, 10 + articles)]
        connection.execute(insert(schema.article), rows)
        told = [dict(report) | {"id": each["id"], "article_id": each["id"]} for each in rows]
        connection.execute(insert(schema.report), told)
    return stored


def test_a_long_list_is_never_held_whole(database):
    fill(database, articles=1000, letters=10_000)
    with served(database) as visitor, closing(http.client.HTTPConnection(*visitor.address, timeout=60)) as line:
        line.request("GET", "/export/articles.jsonl", headers={"Host": "127.0.0.1"})
        answer = line.getresponse()
        tracemalloc.start()
        length = 0
        while part := answer.read(100_000):
            length += len(part)
        _, peak = tracemalloc.get_traced_memory()
        tracemalloc.stop()
    assert length > 1000 * 10_000
    assert peak < length / 2


def test_so_many_lists_at_once_and_one_that_nobody_takes_makes_room(database):
    fill(database, articles=600, letters=50_000)
    with served(database) as visitor, ExitStack() as house:
        for _ in range(3):
            line = house.enter_context(closing(http.client.HTTPConnection(*visitor.address, timeout=60)))
            line.request("GET", "/export/reports.jsonl", headers={"Host": "127.0.0.1"})
            assert line.getresponse().status == 200
        busy = visitor.get("/export/reports.jsonl")
        assert (busy.status, busy.headers["Retry-After"]) == (503, "60")
        assert visitor.get("/").status == 200
        house.close()
        deadline = time.monotonic() + 60
        while visitor.get("/export/meetings.csv").status != 200:
            assert time.monotonic() < deadline


# --- health --------------------------------------------------------------------------------------------------------


def test_health_tells_nothing_but_whether(guest):
    answer = guest.get("/healthz")
    assert (answer.status, answer.body) == (200, b"ok\n")
    with guest.site.database.write() as connection:
        connection.exec_driver_sql("ALTER TABLE meeting RENAME TO elsewhere")
    answer = guest.get("/healthz")
    assert (answer.status, answer.body) == (503, b"unavailable\n")


# --- who may --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("path", PATHS)
def test_programs_show_a_key(database, path):
    with served(database, LOCKED) as visitor:
        key = visitor.site.keys.program
        refused = visitor.get(path)
        assert (refused.status, refused.headers["WWW-Authenticate"]) == (401, "Bearer")
        is_json = path.startswith(("/api/", "/openapi"))
        assert json.loads(refused.body)["detail"] if is_json else refused.body.startswith(b"A key is needed")
        assert visitor.get(f"{path}?key=wrong").status == 401
        assert visitor.get(path, Authorization="Bearer wrong").status == 401
        assert visitor.get(f"{path}?key={key}").status == 200
        assert visitor.get(path, Authorization=f"Bearer {key}").status == 200
        assert visitor.ask("POST", path, b"", Authorization=f"Bearer {key}").status in (401, 403)
        assert visitor.get("/", Authorization=f"Bearer {key}").status == 303
        assert visitor.get("/healthz").status == 200


@pytest.mark.parametrize("path", [*PATHS, *FILES, "/healthz"])
def test_a_head_is_a_get_without_its_body(guest, path):
    head, answer = guest.ask("HEAD", path), guest.get(path)
    assert (head.status, head.body) == (200, b"")
    assert head.headers["Content-Type"] == answer.headers["Content-Type"]
    assert head.headers["ETag"] == answer.headers["ETag"]
    told = head.headers["Content-Length"]
    assert told is None or path == "/metrics" or told == answer.headers["Content-Length"]  # what it counts goes on


def test_the_page_shows_the_key_to_who_may_change_things_alone(database):
    both = {"password_hash": CHEAP.hash("to change"), "reader_password_hash": CHEAP.hash("to read")}
    with served(database, Config(web=both)) as visitor:
        key = visitor.site.keys.program
        visitor.ask("POST", "/login", b"password=to+read")
        assert key not in visitor.get("/access").html
        visitor.ask("POST", "/login", b"password=to+change")
        assert key in visitor.get("/access").html
    with served(database) as visitor:
        assert visitor.site.keys.program not in visitor.get("/access").html


def test_the_page_says_where_each_watch_is_to_be_had(guest):
    html = guest.get("/access").html
    assert "<bdi>In &lt;b&gt;Almaty&lt;/b&gt;</bdi>" in html
    assert "\u202e" not in html
    assert 'href="/feed/watches/1.ics"' in html


@pytest.mark.parametrize("language", ["en", "ru", "az"])
def test_the_first_page_leads_to_what_it_shows(guest, language):
    query = 'city:Baku "<b>&"'
    html = guest.get(f"/?q={quote(query)}", Accept_Language=language).html
    from html import unescape
    from re import findall

    linked = [unescape(each) for each in findall(r'<link rel="alternate" type="[^"]+" href="([^"]+)"', html)]
    assert [urlsplit(each).path for each in linked] == [ATOM, RSS, JSON, "/calendar.ics"]
    assert html.count("/export/meetings.csv?q=") == 1
    for each in linked:
        assert guest.get(each).status == 200
    assert ("lang=" in linked[0]) is (language != "en")
    assert MEDIA_TYPE in html
    assert TEXT not in html


def test_where_a_proxy_leads_here_links_go_by_its_address(database):
    with database.write() as connection:
        open_told(connection, session())
    with served(database, Config(alerts={"public_url": "https://x.example/readout"}, web=LOCKED.web)) as visitor:
        visitor.host = "x.example"
        read = feedparser.parse(visitor.get(f"{ATOM}?key={visitor.site.keys.program}").body)
        document = json.loads(visitor.get("/openapi.json", Authorization=f"Bearer {visitor.site.keys.program}").body)
    assert read.entries[0].link == "https://x.example/readout/meetings/1"
    assert read.feed.links[0].href == "https://x.example/readout/feed/meetings.atom"
    assert document["servers"] == [{"url": "/readout"}]
